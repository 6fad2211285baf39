divert(-1)
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Sendmail: the domains of /etc/vmail, by vmail-map. README in this directory says how to install this file as
# /etc/mail/vmail.m4 and how to include it in sendmail.mc.
divert(0)dnl
dnl
dnl Names of domains stay as they are; a name server is not asked whether one is an alias (CNAME) of another.
FEATURE(`nocanonify')dnl
dnl
dnl Else all mail waits half an hour if Dovecot was stopped for a moment.
undefine(`confHOST_STATUS_DIRECTORY')dnl
dnl
dnl Nobody is told who is on a list.
define(`confPRIVACY_FLAGS', defn(`confPRIVACY_FLAGS')`,noexpn,novrfy')dnl
dnl
dnl Port 25 is for other hosts: no log-in. Port 587 is for the users' mail programs: TLS, then a log-in at saslauthd.
dnl With inet6 in place of inet, both also take connections of IPv6.
DAEMON_OPTIONS(`Family=inet, Name=MTA, Port=smtp, M=A')dnl
DAEMON_OPTIONS(`Family=inet, Name=MSA, Port=submission, M=Ea')dnl
define(`confAUTH_MECHANISMS', `PLAIN LOGIN')dnl
define(`confAUTH_OPTIONS', `A p y')dnl
TRUST_AUTH_MECH(`PLAIN LOGIN')dnl
ifdef(`confSERVER_CERT', `', `include(`/etc/mail/tls/starttls.m4')')dnl

LOCAL_CONFIG
# What vmail-map is asked. A question that cannot be answered now has <TMPF> in its result.
Kvmail_domains socket -f -m -T<TMPF> unix:/run/vmail-map
Kvmail_sendmail_recipients socket -f -m -T<TMPF> unix:/run/vmail-map
Kvmail_sendmail_aliases socket -f unix:/run/vmail-map
Kvmail_sendmail_senders socket -f -T<TMPF> unix:/run/vmail-map
Kvmail_relays socket -f -m -T<TMPF> unix:/run/vmail-map
Kvmail_relay_recipients socket -f -m -T<TMPF> unix:/run/vmail-map
Kvmail_transports socket -f -T<TMPF> unix:/run/vmail-map
# The same two without <TMPF>: then Sendmail keeps the message in its queue and asks again.
Kvmail_later_domains sequence vmail_domains
Kvmail_later_transports sequence vmail_transports
# Aliases, beside those of the machine in /etc/mail/aliases. Only the mailer "vmail" has addresses with a domain here.
O AliasFile=sequence:vmail_sendmail_aliases

LOCAL_RULE_0
R$+ < @ $+ . >		$: $>vmail_route $1 < @ $2 . >

LOCAL_RULESETS
# Where mail goes. The domains in class w are the machine's own.
Svmail_route
R$+ < @ $=w . >		$@ $1 < @ $2 . >
R$+ < @ $+ . >		$: < $(vmail_later_domains $2 $: ? $) > $1 < @ $2 . >
R< ? > $+ < @ $+ . >	$: < $(vmail_later_transports $2 $: ? $) > $1 < @ $2 . >
R< relay : $+ > $+ < @ $+ . >	$#relay $@ $1 $: $2 < @ $3 . >
R< ? > $+		$@ $1
R< $+ > $+ < @ $+ . >	$#vmail $@ vmail $: $2 < @ $3 . >

SLocal_check_rcpt
R$*			$: $1 $| $>vmail_check_sender
R$* $| $#$*		$#$2
R$* $| $*		$: $>CanonAddr $1
R$+ < @ $=w . >		$@ ok
R$+ < @ $+ . >		$: < $(vmail_domains $2 $: ? $) > $1 @ $2
R< $* < TMPF > > $*	$#error $@ 4.3.0 $: "451 Cannot tell now whether this address exists"
R< ? > $+ @ $+		$: $>vmail_check_relay $1 @ $2
R< $+ > $+		$: < $(vmail_sendmail_recipients $2 $: ? $) >
R< $* < TMPF > >	$#error $@ 4.3.0 $: "451 Cannot tell now whether this address exists"
R< ? >			$#error $@ 5.1.1 $: "550 User unknown"
R$*			$@ ok

# The [relay] sections: refuses recipients who are not in the section's list, if it has one.
Svmail_check_relay
R$+ @ $+		$: < $(vmail_relays $2 $: ? $) > $1 @ $2
R< $* < TMPF > > $*	$#error $@ 4.3.0 $: "451 Cannot tell now whether this address exists"
R< ? > $*		$@ ok
R< $+ > $+		$: < $(vmail_relay_recipients $2 $: ? $) >
R< $* < TMPF > >	$#error $@ 4.3.0 $: "451 Cannot tell now whether this address exists"
R< ? >			$#error $@ 5.1.1 $: "550 User unknown"
R$*			$@ ok

# Users who are logged in send with one of their own addresses, or with none (a report).
Svmail_check_sender
R$*			$: $&{auth_type} $| $&f
R $| $*			$@ ok
R$* $|			$@ ok
R$* $| <>		$@ ok
R$* $| $+		$: < $(vmail_sendmail_senders $2 $: ? $) >
R< $* < TMPF > >	$#error $@ 4.3.0 $: "451 Cannot tell now whose address this is"
R< $+ >			$: , $1 ,
R$* , $&{auth_authen} , $*	$@ ok
R$*			$#error $@ 5.7.1 $: "553 " $&f " is not an address of " $&{auth_authen}

# Mail for our domains and for the [relay] sections may come in from everywhere; the rules above have checked it.
SRcpt_ok
R$+ < @ $+ >		$: < $(vmail_domains $2 $: ? $) > $1 < @ $2 >
R< ? > $+ < @ $+ >	$: < $(vmail_relays $2 $: ? $) > $1 < @ $2 >
R< $* < TMPF > > $*	$#TEMP $@ 4.3.0 $: "451 Cannot tell now whether this address exists"
R< ? > $+		$: $1
R< $+ > $+		$@ RELAY

MAILER_DEFINITIONS
# Dovecot writes the mailboxes, as the users. Its package dovecot-lmtpd makes this socket.
Mvmail,	P=[IPC], F=lsDFMnqXzAmu, S=EnvFromSMTP/HdrFromSMTP, R=EnvToSMTP, E=\r\n,
	T=DNS/RFC822/SMTP, A=FILE /run/dovecot/lmtp
