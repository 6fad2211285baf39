/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmailctl check: what the programs of mail servers say of their settings. The programs print files
 * of the scratch; each row breaks one. The first of two lines with the same key wins. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "dovecot_format.h"
#include "exit_code.h"
#include "well_host.h"

static int listen_at(const char *path)
{
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    snprintf(name.sun_path, sizeof name.sun_path, "%s", path);
    assert_int_equal(bind(fd, (const struct sockaddr *)&name, sizeof name), 0);
    assert_int_equal(listen(fd, 64), 0);
    return fd;
}

#define MAP "socketmap:unix:private/vmail-map:"
#define MAIN                                                                                       \
    "mail_owner = ada\nqueue_directory = /var/spool/postfix\n"                                     \
    "mydestination = mail.example, localhost\nmynetworks = 127.0.0.0/8 [::1]/128\n"                \
    "virtual_mailbox_domains = " MAP "domains\nvirtual_mailbox_maps = " MAP "mailboxes\n"          \
    "virtual_alias_maps = " MAP "aliases\nvirtual_transport = lmtp:unix:private/lmtp\n"            \
    "smtpd_relay_restrictions = permit_mynetworks, defer_unauth_destination\n"                     \
    "smtpd_sasl_auth_enable = no\nsmtpd_sasl_type = dovecot\nsmtpd_sasl_path = private/auth\n"     \
    "smtpd_tls_auth_only = yes\nsmtpd_sender_login_maps = " MAP "senders\n"
#define SERVICES                                                                                   \
    "smtp/inet/chroot = y\nsmtp/inet/command = smtpd\nsubmission/inet/command = smtpd -o x=y\n"    \
    "lmtp/unix/command = lmtp\nlocal/unix/command = local\nvirtual/unix/command = virtual\n"
#define OVERRIDES                                                                                  \
    "submission/inet/smtpd_sasl_auth_enable = yes\n"                                               \
    "submission/inet/smtpd_sender_restrictions = reject_authenticated_sender_login_mismatch\n"     \
    "submission/inet/smtpd_relay_restrictions = permit_sasl_authenticated,reject\n"

static int sockets[3];

static int postfix_setup(void **state)
{
    static const char *const names[] = { "vmail-map", "lmtp", "auth" };
    char path[64];
    if (well_host_setup(state) != 0)
        return -1;
    put_program("usr/sbin/postconf", "#!/bin/sh\ncat postfix\"$1\"\n");
    put_file("postfix-x", MAIN);
    put_file("postfix-F", SERVICES);
    put_file("postfix-Px", OVERRIDES);
    put_file("var/spool/postfix/private/README", "");
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "var/spool/postfix/private/%s", names[i]);
        sockets[i] = listen_at(path);
        assert_int_equal(chmod(path, 0666), 0);
    }
    return 0;
}

static int postfix_teardown(void **state)
{
    for (size_t i = 0; i < 3; i++)
        close(sockets[i]);
    return host_teardown(state);
}

#define ON_POSTFIX(test) cmocka_unit_test_setup_teardown(test, postfix_setup, postfix_teardown)

static void a_postfix_without_mistakes_has_no_finding(void **state)
{
    (void)state;
    check_ctl("check --dns=no --area=postfix", EXIT_DONE, "no problems found");
}

static void settings_of_postfix_are_judged(void **state)
{
    static const struct fault faults[] = {
        { "postfix-x", MAIN "mydestination = x, VA.example.org\n",
          "VA.example.org is in mydestination" },
        { "postfix-x", MAIN "virtual_alias_domains = vb.example\n",
          "vb.example is in virtual_alias_domains" },
        { "postfix-x", MAIN "relay_domains = vb.example\n", "vb.example is in relay_domains" },
        { "postfix-x", MAIN "virtual_transport = local\n", "does not reach the mailboxes" },
        { "postfix-x", MAIN "virtual_mailbox_maps =\n", "takes mail for users who do not exist" },
        { "postfix-x", MAIN "virtual_alias_maps =\n", "aliases and fallbacks" },
        { "postfix-x", MAIN "virtual_transport = virtual\n", "virtual_uid_maps = " },
        { "postfix-x", MAIN "virtual_transport = virtual\nvirtual_minimum_uid = 70000\n",
          "virtual_minimum_uid = 70000" },
        { "postfix-x", MAIN "virtual_mailbox_maps = unix:passwd.byname\n", "write proxy:unix" },
        { "postfix-x", MAIN "virtual_alias_maps = socketmap:unix:/run/x:aliases\n",
          "in a chroot, where this path" },
        { "postfix-x", MAIN "virtual_alias_maps = proxy:socketmap:unix:/run/x:aliases\n",
          "the socket /run/x does not exist" },
        { "postfix-x", MAIN "mynetworks = !192.0.2.0/24 0.0.0.0/0\n", "open relay" },
        { "postfix-x", MAIN "smtpd_relay_restrictions = permit, reject\n", "open relay" },
        { "postfix-x", MAIN "smtpd_sender_login_maps =\n", "with anybody's address" },
        { "postfix-x", MAIN "smtpd_tls_auth_only = no\n", "without encryption" },
        { "postfix-x", MAIN "smtpd_sasl_path = private/nothing\n", "nobody can log in to send" },
        { "postfix-x", "mail_owner = ada\n", "Postfix does not take mail" },
        { "postfix-Px",
          OVERRIDES "submission/inet/smtpd_sender_restrictions = permit_sasl_authenticated "
                    "reject_sender_login_mismatch\n",
          "with anybody's address" },
        { "postfix-F", NULL, "cannot ask Postfix" },
        { "vmail/vmail.conf", CONF "[relay r.example]\nprimary = 192.0.2.7\n",
          "mail for the relays in vmail.conf is refused" },
        { "vmail/vmail.conf", CONF "[relay r.example]\nprimary = 192.0.2.7\n",
          "primary hosts of relays" },
        { "vmail/vmail.conf", CONF "[relay r.example]\nrecipients = /etc/vmail/r\n",
          "recipients of relays who do not exist" },
    };
    (void)state;
    FINDS("check --dns=no --area=postfix", faults);
}

static void sockets_of_postfix_are_judged(void **state)
{
    (void)state;
    assert_int_equal(chmod("var/spool/postfix/private/vmail-map", 0600), 0);
    check_ctl("check --dns=no --area=postfix", EXIT_NEGATIVE, "the user ada may not use");
    assert_int_equal(chmod("var/spool/postfix/private/vmail-map", 0666), 0);
    close(sockets[1]);
    check_ctl("check --dns=no --area=postfix", EXIT_NEGATIVE, "no program listens");
    assert_int_equal(unlink("var/spool/postfix/private/lmtp"), 0);
    put_file("var/spool/postfix/private/lmtp", "");
    check_ctl("check --dns=no --area=postfix", EXIT_NEGATIVE, "is not a socket");
    check_ctl("check --dns=no --area=postfix va.example", EXIT_DONE, "no problems found");
    sockets[1] = -1;
}

#define DOVECOT                                                                                    \
    "auth_username_chars = abc@\nauth_username_format = %Lu%{if;%d;eq;;@[%{real_lip}];}\n"         \
    "first_valid_uid = 500\nlast_valid_uid = 0\nmail_location = maildir:~/Maildir:INDEX=/x\n"      \
    "passdb {\n  args = \n  driver = pam\n}\nuserdb {\n  args = \n  driver = passwd\n}\n"
#define UNWRAP "auth [success=done ignore=ignore default=die] pam_vmail.so unwrap_address\n"

static void put_dovecot(void)
{
    put_program("usr/bin/doveconf", "#!/bin/sh\ncat dovecot\"$1\"\n");
    put_file("dovecot-a", DOVECOT);
    put_file("dovecot-f", "auth_username_format = %Lu\n");
    put_file("etc/pam.d/dovecot", UNWRAP UNIX_AUTH ACCOUNT UNIX_ACCOUNT);
}

static void settings_of_dovecot_are_judged(void **state)
{
    static const struct fault faults[] = {
        { "dovecot-a", DOVECOT "first_valid_uid = 90000\n", "lower uids cannot log in" },
        { "dovecot-a", DOVECOT "last_valid_uid = 65537\n", "higher uids cannot log in" },
        { "dovecot-a", DOVECOT "first_valid_gid = 90000\n", "lower gids cannot log in" },
        { "dovecot-a", DOVECOT "last_valid_gid = 65537\n", "higher gids cannot log in" },
        { "dovecot-a", DOVECOT "auth_username_format = %Ln\n", "it removes the domain" },
        { "dovecot-a", DOVECOT "auth_username_format = %Lu\n", "needs no option unwrap_address" },
        { "dovecot-a", DOVECOT "auth_username_chars =\n", "choose the domain" },
        { "dovecot-a", DOVECOT "mail_location = mbox:~/Maildir\n", "but in vmail.conf it is in" },
        { "dovecot-a", DOVECOT "mail_location = maildir:/var/mail/%u\n", "maildir:/var/mail/%u" },
        { "dovecot-a", DOVECOT "mail_driver = maildir\nmail_path = ~/x\nmail_home = /y\n",
          "homes of passwd" },
        { "dovecot-a", "mail_location = x\npassdb {\n driver = pam\n}\n", "no userdb has" },
        { "dovecot-a", "userdb passwd {\n}\nuserdb {\n  driver = pam\n}\n", "no passdb has" },
        { "dovecot-f", "auth_username_format = %{user | username | lower}\n",
          "protocol lmtp: auth_username_format" },
        { "dovecot-f", NULL, "cannot ask Dovecot" },
        { "etc/pam.d/dovecot", STACK, "has no option unwrap_address" },
    };
    (void)state;
    put_dovecot();
    check_ctl("check --dns=no --area=dovecot", EXIT_DONE, "no problems found");
    FINDS("check --dns=no --area=dovecot", faults);
    put_file("etc/pam.d/dovecot", STACK);
    put_file("dovecot-a", DOVECOT "auth_username_format = %Lu\n");
    check_ctl("check --dns=no --area=dovecot", EXIT_DONE, "a plain name is a system user's");
    put_file("etc/pam.d/dovecot", UNIX_AUTH);
    check_ctl("check --dns=no --area=dovecot", EXIT_DONE, "no problems found");
}

static void names_keep_their_domain_or_lose_it(void **state)
{
    static const char *const keep[] = { "",
                                        "%u",
                                        "%Lu",
                                        "%n@%d",
                                        "%{user}",
                                        "%{user | lower}",
                                        "%{user | username}@%{user|domain}",
                                        "%{if;%d;eq;;%Ln@[%{real_lip}];%Lu}" };
    static const char *const lose[] = {
        "%n", "%Ln", "%{username}", "%{user | username | lower}",
        "x",  "%",   "%{",          "%{user | domain | if('eq', '', 'a', 'b')}"
    };
    (void)state;
    for (size_t i = 0; i < sizeof keep / sizeof *keep; i++)
        if (!dovecot_format_keeps_domain(keep[i]))
            fail_msg("%s keeps the domain", keep[i]);
    for (size_t i = 0; i < sizeof lose / sizeof *lose; i++)
        if (dovecot_format_keeps_domain(lose[i]))
            fail_msg("%s loses the domain", lose[i]);
}

static void variables_of_both_versions_are_expanded(void **state)
{
    static const struct dovecot_user bob = { "bob", "va.example", "/home" };
    static const char *const cases[][2] = {
        { "~/Maildir", "/home/Maildir" },
        { "%h/x~", "/home/x~" },
        { "/s/%Ld/%n:%u", "/s/va.example/bob:bob@va.example" },
        { "/s/%{user | domain}/%{user | username}", "/s/va.example/bob" },
        { "", "" },
    };
    char out[DOVECOT_PATH_MAX], wide[DOVECOT_PATH_MAX + 8];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(dovecot_format_expand(cases[i][0], &bob, out));
        check_text(out, cases[i][1], cases[i][0]);
    }
    assert_false(dovecot_format_expand("%{unknown}", &bob, out));
    assert_false(dovecot_format_expand("%", &bob, out));
    assert_false(dovecot_format_expand("%{u", &bob, out) && strcmp(out, "bob@va.example") != 0);
    memset(wide, 'x', sizeof wide - 1);
    wide[sizeof wide - 1] = '\0';
    assert_false(dovecot_format_expand(wide, &bob, out));
}

#define EXIM                                                                                       \
    "domainlist local_domains = @:localhost:mail.example\n"                                        \
    "domainlist relay_to_domains = +vmail_domains\nhostlist relay_from_hosts = : 127.0.0.1 : "     \
    "::::1\nacl_smtp_mail = a\nbegin acl\n    set x = ${readsocket{/run/vmail-map}{senders "       \
    "$sender_address,}}\nbegin routers\n"
#define ROUTER     "  v:\n    domains = +vmail_domains\n    transport = t\n"
#define TRANSPORTS "begin transports\n  t:\n    driver = lmtp\n    socket = /run/lmtp\n"
#define LOG_INS    "begin authenticators\n  p:\n    server_socket = /run/auth\n"

static void settings_of_exim_are_judged(void **state)
{
    static const struct fault faults[] = {
        { "exim", EXIM "domainlist local_domains = vb.example\n" ROUTER TRANSPORTS LOG_INS,
          "vb.example is in local_domains" },
        { "exim", EXIM "hostlist relay_from_hosts = *\n" ROUTER TRANSPORTS LOG_INS, "open relay" },
        { "exim", EXIM "domainlist relay_to_domains = *\n" ROUTER TRANSPORTS LOG_INS,
          "open relay" },
        { "exim", EXIM ROUTER "begin transports\n  t:\n    driver = smtp\n", "to other hosts" },
        { "exim", EXIM "x = ${readsocket{/run/none}{x}}\n" ROUTER TRANSPORTS,
          "/run/none does not" },
        { "exim", "domainlist relay_to_domains = +vmail_domains\n" LOG_INS,
          "with anybody's address" },
        { "exim", EXIM ROUTER TRANSPORTS "  u:\n    socket = /run/none\n", "mail waits" },
        { "exim", EXIM ROUTER TRANSPORTS "begin authenticators\n    server_socket = /run/none\n",
          "nobody can log in" },
        { "exim", "x = y\n", "Exim does not take mail" },
        { "exim", NULL, "cannot ask Exim" },
        { "built", "exim_user = ada\nprimary_hostname = va.example\n",
          "va.example is in primary_hostname" },
    };
    static const char *const paths[] = { "run/vmail-map", "run/lmtp", "run/auth" };
    int fd[3];
    (void)state;
    put_program("usr/sbin/exim4",
                "#!/bin/sh\nif [ \"$2\" = config ]; then cat exim; else cat built; fi\n");
    put_file("exim", EXIM ROUTER TRANSPORTS LOG_INS);
    put_file("built", "exim_user = ada\nprimary_hostname = mail.example\n");
    put_file("run/README", "");
    for (size_t i = 0; i < 3; i++) {
        fd[i] = listen_at(paths[i]);
        assert_int_equal(chmod(paths[i], 0666), 0);
    }
    check_ctl("check --dns=no --area=exim", EXIT_DONE, "no problems found");
    FINDS("check --dns=no --area=exim", faults);
    for (size_t i = 0; i < 3; i++)
        close(fd[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_POSTFIX(a_postfix_without_mistakes_has_no_finding),
        ON_POSTFIX(settings_of_postfix_are_judged),
        ON_POSTFIX(sockets_of_postfix_are_judged),
        ON_WELL(settings_of_dovecot_are_judged),
        cmocka_unit_test(names_keep_their_domain_or_lose_it),
        cmocka_unit_test(variables_of_both_versions_are_expanded),
        ON_WELL(settings_of_exim_are_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
