# SPDX-License-Identifier: LGPL-2.1-or-later
"""A mail server of examples/, as its README says; what it is sent, and where that arrives."""

import contextlib
import email
import json
import pathlib
import pwd
import re
import shlex
import shutil
import signal
import smtplib
import ssl
import time

import scene as scenes
from daemons import PATIENCE, Daemon, add_daemon_account, dovecot_daemon, install_example, program
from programs import EXAMPLES, SYSTEM, UNPACKED, VA, VB, out, run

SINK = ("127.0.0.9", 2525)  # all other hosts
SMTP, SUBMISSION = 25, 587
POSTFIX = pathlib.Path("/etc/postfix")
EXIM = pathlib.Path("/etc/exim4")
SENDMAIL = pathlib.Path("/etc/mail")
SENDMAIL_PROGRAM = "/usr/libexec/sendmail/sendmail"
QUEUE = pathlib.Path("/var/spool/postfix")
SINK_DIRECTORY = pathlib.Path("/var/lib/vmail-test-sink")

# Another test needs Dovecot's own submission service, which is on Postfix's port.
NO_SUBMISSION = """service submission-login {
  inet_listener submission {
    port = 0
  }
}
"""

CONF = """[domain va.example]
aliases = va.example.org
address = 127.0.0.2 ::2
match_full_name = yes
alias_files = /etc/vmail/aliases.common

[domain vb.example]
address = 127.0.0.3 ::3
fallback = @va.example

[domain vc.example]
fallback = bob@va.example

[domain vd.example]
fallback = boss

[domain ve.example]
fallback = @vf.example

[domain vf.example]
fallback = @ve.example

[relay partner.example]
recipients = /etc/vmail/partner
primary = 192.0.2.9
"""
ALIASES = """info: alice, bob@vb.example
sales: Bob, info
far: Somebody@far.example
list: :include:/etc/vmail/list
bob: bob, archive@far.example
nowhere: nosuch
here: there
there: here
"""
LIST = "alice\nbob@vb.example, member@far.example\n"


def make_certificate(certificate, key):
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=mail.example", "-days", "2", "-keyout",
        str(key), "-out", str(certificate), check=True)


def certificate():
    make_certificate(POSTFIX / "cert.pem", POSTFIX / "key.pem")
    return [f"smtpd_tls_cert_file = {POSTFIX}/cert.pem", f"smtpd_tls_key_file = {POSTFIX}/key.pem"]


def unit_says(unit, key):
    return re.search(rf"^{key}=(.+)$", (EXAMPLES / unit).read_text(), re.M).group(1)


@contextlib.contextmanager
def vmail_map(unit="systemd/vmail-map.socket"):
    """The program behind its socket, as its units start it, without rights."""
    activate = program("systemd", "/usr/bin/systemd-socket-activate")
    path = pathlib.Path(unit_says(unit, "ListenStream"))
    path.unlink(missing_ok=True)
    if path.is_relative_to(QUEUE):
        run("postfix", "check", check=True)  # makes the directory, for postfix
    nobody = pwd.getpwnam("nobody")
    with Daemon(activate, "-l", str(path), "/usr/bin/setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}",
                "--clear-groups", "/usr/sbin/vmail-map", unix=path) as daemon:
        shutil.chown(path, unit_says(unit, "SocketUser"))
        path.chmod(0o600)
        yield daemon


@contextlib.contextmanager
def smtp_sink():
    """Takes mail for all other hosts, a file for each message."""
    binary = program("postfix", "/usr/sbin/smtp-sink")
    shutil.rmtree(SINK_DIRECTORY, ignore_errors=True)
    SINK_DIRECTORY.mkdir(mode=0o777)
    SINK_DIRECTORY.chmod(0o777)
    with Daemon(binary, "-u", "nobody", "-d", f"{SINK_DIRECTORY}/%s.", "%s:%d" % SINK, "100", ports=[SINK]) as daemon:
        yield daemon


def make_spool(domain, users):
    """What "vmailctl user add" makes of a mailbox outside of the home."""
    spool = pathlib.Path("/var/spool/vmail") / domain
    spool.mkdir(parents=True, exist_ok=True)
    for name, uid in users:
        (spool / name).touch(mode=0o600)
        shutil.chown(spool / name, uid, uid)


IDN = "xn--mnchen-3ya.example"  # münchen.example
DOMAINS = ("vc.example", "vd.example", "ve.example", "vf.example", IDN)


def forget_mail():
    """Other tests count the messages of the standard scene, and have no limits."""
    for folder in (*pathlib.Path("/vhome").glob("*/*/Maildir"), *pathlib.Path("/home").glob("*/Maildir")):
        for path in (*folder.glob("new/*"), *folder.glob("cur/*")):
            if "\nSubject: message-" in path.read_text(errors="replace"):
                path.unlink()
        (folder / "maildirsize").unlink(missing_ok=True)  # maildrop obeys the limit in it
    shutil.rmtree("/var/spool/vmail", ignore_errors=True)


@contextlib.contextmanager
def mail_scene(mailbox=""):
    """The standard scene with aliases and five more domains, meanwhile. MAILBOX: a line for each section of a domain."""
    files = {"vmail.conf": re.sub(r"^(\[domain .*\]\n)", rf"\1{mailbox}", CONF, flags=re.M), "aliases.va.example": ALIASES,
             "aliases.common": "postmaster: alice\nabuse: alice\ninfo: nobody-first-file-wins\n",
             "aliases.vd.example": "boss: eve\n", "list": LIST, "partner": "joe\n"}
    before = (scenes.ETC / "vmail.conf").read_bytes()
    spools = {path: path.read_bytes() for path in pathlib.Path("/var/mail").glob("*")}
    for name, text in files.items():
        scenes.write(scenes.ETC / name, text)
    more = [scenes.Domain(name, scenes.User("eve", 72000 + number, "eve-secret", gecos="Eve of Mail")).write()
            for number, name in enumerate(DOMAINS)]
    for domain in more:
        run("install", "-d", "-o", str(domain["eve"].uid), "-g", str(domain["eve"].uid), domain["eve"].home, check=True)
    if mailbox:
        for line in out("getent", "passwd").splitlines():
            name, _, uid = line.split(":")[:3]
            if "@" in name:
                make_spool(name.partition("@")[2], [(name.partition("@")[0], int(uid))])
    try:
        yield
    finally:
        for domain in more:
            domain.remove()
        for name in files:
            (scenes.ETC / name).unlink()
        scenes.write(scenes.ETC / "vmail.conf", before)
        forget_mail()
        for path, text in spools.items():
            path.write_bytes(text)


def postfix_queue():
    return [json.loads(line) for line in run("postqueue", "-j").stdout.splitlines()]


def exim_queue():
    return out("/usr/sbin/exim4", "-bp")


def sendmail_queue():
    """Sendmail renames a file while it is looked at: then all are looked at again."""
    while True:
        with contextlib.suppress(FileNotFoundError):
            return [path.read_text(errors="replace") for path in pathlib.Path("/var/spool/mqueue").glob("[qQt]f*")]


class Mail:
    """A running set-up. update: what its unit does after a change of a user. queue: gives the messages on their way.
    not_taken: the codes for a recipient on another host. limits: whether a full mailbox takes no more.
    area: the one of "vmailctl check"."""

    number = 0

    def __init__(self, update=lambda: None, queue=postfix_queue, not_taken=(454, 554), limits=False, area="postfix"):
        self.update, self.queue, self.not_taken, self.limits, self.area = update, queue, not_taken, limits, area

    def send(self, *recipients, sender="somebody@elsewhere.example", login=None, port=SMTP, address=SYSTEM, text="text",
             to="list@elsewhere.example"):
        """Sends a message. Gives its subject, and the code of each recipient who was refused."""
        Mail.number += 1
        subject = f"message-{Mail.number}"
        message = f"From: {sender or 'MAILER-DAEMON@elsewhere.example'}\nTo: {to}\nSubject: {subject}\n\n{text}\n"
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with smtplib.SMTP(address, port, local_hostname="client.example", timeout=60, source_address=(address, 0)) as client:
            if login:
                client.starttls(context=context)
                client.login(*login)
            client.ehlo_or_helo_if_needed()
            code, reply = client.mail(sender)
            if code != 250:
                return subject, {sender: code}
            refused = {}
            for recipient in recipients:
                code, reply = client.rcpt(recipient)
                if code != 250:
                    refused[recipient] = code
            if len(refused) < len(recipients):
                code, reply = client.data(message)
                assert code == 250, reply
            return subject, refused

    def refused(self, recipient, **options):
        """The code with which a recipient, or the sender, is refused; 250 if they are not."""
        _, refused = self.send(recipient, **options)
        return next(iter(refused.values()), 250)

    def asked(self, recipient):
        """The code and the text with which a recipient is answered; no message follows."""
        with smtplib.SMTP(SYSTEM, SMTP, local_hostname="client.example", timeout=60, source_address=(SYSTEM, 0)) as client:
            client.ehlo()
            client.mail("somebody@elsewhere.example")
            code, text = client.rcpt(recipient)
            return code, text.decode()

    def wait(self):
        """Waits until nothing is on its way."""
        end = time.monotonic() + PATIENCE
        while True:
            waiting = self.queue()
            if not waiting:
                return
            assert time.monotonic() < end, f"mail is stuck: {waiting}"
            time.sleep(0.05)

    def arrived(self, subject):
        """Who has got it: mailboxes, and addresses of other hosts. Somebody with two copies is there twice."""
        self.wait()
        found = []
        for folder in (*pathlib.Path("/vhome").glob("*/*/Maildir"), *pathlib.Path("/home").glob("*/Maildir")):
            for path in (*folder.glob("new/*"), *folder.glob("cur/*")):
                message = email.message_from_bytes(path.read_bytes())
                if message["Subject"] == subject:
                    home = path.parents[2]
                    assert path.stat().st_uid == home.stat().st_uid
                    found.append(home.name if home.parent.name == "home" else f"{home.name}@{home.parent.name}")
        for path in pathlib.Path("/var/mail").glob("*"):
            found += [path.name] * path.read_text(errors="replace").count(f"Subject: {subject}\n")
        for path in pathlib.Path("/var/spool/vmail").glob("*/*"):
            found += [f"{path.name}@{path.parent.name}"] * path.read_text(errors="replace").count(f"Subject: {subject}\n")
        for path in SINK_DIRECTORY.glob("*"):
            text = path.read_text(errors="replace")
            if f"Subject: {subject}\n" in text:
                found += re.findall(r"^X-Rcpt-Args: <(.*?)>", text, re.M)
        return sorted(found)

    def delivered(self, *recipients, **options):
        subject, refused = self.send(*recipients, **options)
        assert not refused, refused
        return self.arrived(subject)


def version_of_dovecot():
    return re.match(r"\d+\.\d+", out(program("dovecot-core", "/usr/sbin/dovecot"), "--version")).group()


def update_limits():
    out(str(EXAMPLES / "dovecot/update-limits"))
    time.sleep(1.1)  # Dovecot looks once in a second whether the file is a new one


@contextlib.contextmanager
def limit(user, size):
    """An own limit for a user, meanwhile."""
    out("vmailctl", "user", "set", user, f"--mailbox-limit={size}")
    update_limits()
    try:
        yield
    finally:
        out("vmailctl", "user", "set", user, "--mailbox-limit=default")
        update_limits()


def make_dovecot_startable():
    """The certificate that the installation of the package makes; and a file, which is given, without the port of Postfix."""
    test = pathlib.Path("/etc/dovecot/conf.d/99-test.conf")
    test.write_text(NO_SUBMISSION)
    if not pathlib.Path("/etc/dovecot/private/dovecot.pem").exists():
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=va.example",
            "-keyout", "/etc/dovecot/private/dovecot.key", "-out", "/etc/dovecot/private/dovecot.pem", check=True)
    return test


@contextlib.contextmanager
def dovecot(example="postfix-dovecot-lmtp/dovecot-{}.conf"):
    """What examples/dovecot and EXAMPLE, if any, say; and what its package makes of an own certificate."""
    program("dovecot-lmtpd", "/usr/lib/dovecot/lmtp")
    version = version_of_dovecot()
    install_example("pam.d/dovecot", "/etc/pam.d/dovecot")
    install_example(f"dovecot/{version}/vmail.conf", "/etc/dovecot/conf.d/90-vmail.conf")
    ours = pathlib.Path("/etc/dovecot/conf.d/95-vmail-mail.conf")
    if example:
        install_example(example.format(version), ours)
    limits = install_example(f"dovecot/{version}/limits.conf", "/etc/dovecot/conf.d/05-vmail-limits.conf")
    update_limits()
    test = make_dovecot_startable()
    with dovecot_daemon([(SYSTEM, 143)]) as daemon:
        yield daemon
    for path in (ours, limits, test):
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def postfix(directory, ports, part=None):
    """Debian's settings, and those that "vmailctl setup PART" makes; without a PART those of main.cf in a directory of examples/.
    On top of them: a certificate, another port for other hosts, and no host that may send anything."""
    binary = program("postfix", "/usr/sbin/postfix")
    for name in ("main.cf", "master.cf"):
        shutil.copy(POSTFIX / name, POSTFIX / f"{name}.before")
    if part:
        out("vmailctl", "--yes", "setup", part)
    else:
        run("sh", "-ec", f"cd {EXAMPLES / directory}; sed '/^#/d; /^$/d' main.cf | xargs -d '\\n' postconf -e", check=True)
    run("postconf", "-e", *certificate(), "mynetworks =", f"relayhost = [{SINK[0]}]:{SINK[1]}", "myhostname = mail.example",
        "mydestination = mail.example, localhost", "inet_interfaces = all", check=True)
    run(binary, "check", check=True)
    with Daemon(out("postconf", "-h", "daemon_directory") + "/master", "-d",
                ports=[(address, port) for address in (SYSTEM, VA, VB) for port in ports]) as daemon:
        yield daemon
    for name in ("main.cf", "master.cf"):
        shutil.move(POSTFIX / f"{name}.before", POSTFIX / name)
    forget_setup()


def forget_setup():
    """No file is left that "vmailctl setup" has made or changed."""
    run("vmailctl", "--yes", "setup", "--undo")
    shutil.rmtree("/var/lib/vmail/setup", ignore_errors=True)


def install_exim():
    """What the installation of Debian's packages makes, with the answers "internet site" and "mail.example"."""
    program("exim4-daemon-heavy", "/usr/sbin/exim4")
    update = program("exim4-config", "/usr/sbin/update-exim4.conf")
    add_daemon_account("Debian-exim", "/var/spool/exim4")
    for path in ("/var/log/exim4", "/run/exim4", "/var/spool/exim4", "/var/lib/exim4"):
        run("install", "-d", "-o", "Debian-exim", "-g", "Debian-exim", "-m", "750", path, check=True)
    shutil.rmtree(EXIM, ignore_errors=True)
    shutil.copytree(UNPACKED / "exim4-config/etc/exim4", EXIM)
    pathlib.Path("/etc/mailname").write_text("mail.example\n")
    (EXIM / "update-exim4.conf.conf").write_text(
        "dc_eximconfig_configtype='internet'\ndc_other_hostnames='mail.example'\ndc_local_interfaces=''\n"
        "dc_use_split_config='false'\n")
    return update


@contextlib.contextmanager
def exim_daemon():
    """Debian's settings, and those that "vmailctl setup exim" makes. On top of them: a certificate, another host for all other
    domains, and no host that may send anything."""
    update = install_exim()
    out("vmailctl", "--yes", "setup", "exim")
    make_certificate(EXIM / "exim.crt", EXIM / "exim.key")
    shutil.chown(EXIM / "exim.key", "root", "Debian-exim")
    (EXIM / "exim.key").chmod(0o640)
    (EXIM / "conf.d/main/000_localmacros").write_text("MAIN_RELAY_NETS =\nMAIN_HARDCODE_PRIMARY_HOSTNAME = mail.example\n")
    (EXIM / "conf.d/router/060_test").write_text(
        "test_sink:\n  driver = manualroute\n  domains = ! +local_domains\n  transport = remote_smtp\n  self = send\n"
        "  route_list = * %s::%d byname\n  no_more\n" % SINK)
    run(update, check=True)
    with Daemon("/usr/sbin/exim4", "-bdf",
                ports=[(address, port) for address in (SYSTEM, VA, VB) for port in (SMTP, SUBMISSION)]) as daemon:
        yield daemon


def install_sendmail():
    """What the installation of Debian's packages makes."""
    for package in ("sendmail-base", "sendmail-bin", "sendmail-cf"):
        for directory in ("etc/mail", "usr/share/sendmail", "usr/libexec/sendmail"):
            if (UNPACKED / package / directory).exists():
                pathlib.Path("/", directory).mkdir(exist_ok=True)
                run("cp", "-a", f"{UNPACKED / package / directory}/.", f"/{directory}", check=True)
    program("sendmail-bin", SENDMAIL_PROGRAM)
    program("sensible-mda", "/usr/sbin/sensible-mda")
    for name in ("smmta", "smmsp"):
        add_daemon_account(name, "/var/lib/sendmail")
    pathlib.Path("/etc/mailname").write_text("mail.example\n")
    shared = pathlib.Path("/usr/share/sendmail")
    shutil.copy(shared / "cf/debian/sendmail.mc", SENDMAIL)
    shutil.copy(shared / "examples/db/access", SENDMAIL)
    for name in ("m4/dialup.m4", "m4/provider.m4"):
        (SENDMAIL / name).touch()
    (SENDMAIL / "local-host-names").write_text("localhost\nmail.example\n")
    for part in ("conf", "sys", "smrsh", "auth", "tls"):
        run(str(shared / f"update_{part}"))
    (SENDMAIL / "aliases").unlink(missing_ok=True)
    (SENDMAIL / "aliases").symlink_to("../aliases")


SENDMAIL_ON_TOP = """define(`confDOMAIN_NAME', `mail.example')dnl
define(`SMART_HOST', `relay:[%s]')dnl
define(`RELAY_MAILER_ARGS', `TCP $h %d')dnl
FEATURE(`accept_unresolvable_domains')dnl
""" % SINK


@contextlib.contextmanager
def sendmail_machine():
    """The installed packages, and a name of the machine with a domain, for which Sendmail waits."""
    hosts, spool = pathlib.Path("/etc/hosts"), pathlib.Path("/var/mail")
    before, mode = hosts.read_text(), spool.stat().st_mode
    hosts.write_text(f"127.0.0.1 mail.example {out('hostname')}\n{before}")
    install_sendmail()
    yield
    hosts.write_text(before)
    spool.chmod(mode)


@contextlib.contextmanager
def sendmail_daemon():
    """Debian's settings, and those of examples/sendmail as its README says. On top of them: another host for all other
    domains, which no name server knows here, and no host that may send anything."""
    install_example("sendmail/vmail.m4", SENDMAIL / "vmail.m4")
    install_example("sendmail/Sendmail.conf", SENDMAIL / "sasl/Sendmail.conf.2")
    run("sed", "-i", "/^DAEMON_OPTIONS/d; /^MAILER_DEFINITIONS/i include(`/etc/mail/vmail.m4')dnl", str(SENDMAIL / "sendmail.mc"),
        check=True)
    text = (SENDMAIL / "sendmail.mc").read_text()
    (SENDMAIL / "sendmail.mc").write_text(text.replace("MAILER_DEFINITIONS\n", f"{SENDMAIL_ON_TOP}MAILER_DEFINITIONS\n"))
    run("sed", "-i", "/^Connect:127/d", str(SENDMAIL / "access"), check=True)
    run("sh", "-ec", "cd /etc/mail; m4 sendmail.mc >sendmail.cf; /usr/libexec/sendmail/makemap hash access <access; "
        r"sed -i '/^SRelay_ok/a R$*\t\t\t$@ NO' sendmail.cf", check=True)
    run(SENDMAIL_PROGRAM, "-bi", check=True)
    with Daemon(SENDMAIL_PROGRAM, "-bD", "-q1m", ports=[(address, port) for address in (SYSTEM, VA, VB) for port in (SMTP, SUBMISSION)]) as daemon:
        yield daemon


@contextlib.contextmanager
def saslauthd():
    binary = program("sasl2-bin", "/usr/sbin/saslauthd")
    install_example("pam.d/smtp", "/etc/pam.d/smtp")
    install_example("postfix/sasl-smtpd.conf", POSTFIX / "sasl/smtpd.conf")
    run("adduser", "--quiet", "postfix", "sasl", check=True)
    defaults = install_example("sasl/saslauthd", "/etc/default/saslauthd").read_text()
    values = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', defaults, re.M))
    # As the package's start script makes it.
    directory = pathlib.Path("/run/saslauthd")
    directory.mkdir(mode=0o710, exist_ok=True)
    run("chgrp", "sasl", str(directory), check=True)
    # On SIGTERM the one of Debian 13 waits for its children, which nobody tells.
    with Daemon(binary, "-d", "-a", values["MECHANISMS"], "-n", values["THREADS"], *shlex.split(values["OPTIONS"]),
                unix=directory / "mux", stop_signal=signal.SIGKILL) as daemon:
        yield daemon


@contextlib.contextmanager
def postfix_dovecot_lmtp():
    with mail_scene(), vmail_map(), smtp_sink(), dovecot(), postfix("postfix-dovecot-lmtp", (SMTP, SUBMISSION), "postfix"):
        yield Mail(limits=True)


@contextlib.contextmanager
def postfix_virtual(mailbox=""):
    def update():
        out(str(EXAMPLES / "postfix-virtual/update-maps"))

    with mail_scene(mailbox):
        update()
        with vmail_map(), smtp_sink(), saslauthd(), postfix("postfix-virtual", (SMTP, SUBMISSION), "postfix-virtual"):
            yield Mail(update=update)


@contextlib.contextmanager
def postfix_virtual_with_spool():
    """The same, for a POP3 daemon that reads mbox files; vmailctl makes them."""
    with postfix_virtual("mailbox = mbox:/var/spool/vmail/%d/%u\n") as running:
        yield running


@contextlib.contextmanager
def postfix_smallest():
    with mail_scene():
        run("sh", "-ec", "vmailctl export postfix-domains >/etc/postfix/vmail-domains", check=True)
        run("postfix", "check", check=True)  # makes the directory of Dovecot's sockets
        with smtp_sink(), dovecot(), postfix("postfix-smallest", (SMTP,)):
            yield Mail()


@contextlib.contextmanager
def exim():
    install_exim()
    try:
        yield from running_exim()
    finally:  # other tests ask "vmailctl check", which asks each mail server that is installed
        forget_setup()
        pathlib.Path("/usr/sbin/exim4").unlink()
        shutil.rmtree(EXIM)


def running_exim():
    with mail_scene(), vmail_map("exim/vmail-map.conf"), smtp_sink(), dovecot("exim/dovecot.conf"), exim_daemon():
        # A domain literal is not an address at all for Debian's Exim: 501.
        yield Mail(queue=exim_queue, not_taken=(501, 550), limits=True, area="exim")


@contextlib.contextmanager
def sendmail():
    with mail_scene(), sendmail_machine(), vmail_map("sendmail/vmail-map.conf"), smtp_sink(), saslauthd(), dovecot(None), \
            sendmail_daemon():
        yield Mail(queue=sendmail_queue, not_taken=(550, 553), area="dovecot")  # check does not ask Sendmail


SETUPS = {"postfix-dovecot-lmtp": postfix_dovecot_lmtp, "postfix-virtual": postfix_virtual,
          "postfix-virtual, mbox": postfix_virtual_with_spool, "exim": exim,
          "sendmail": sendmail}
