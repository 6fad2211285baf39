# SPDX-License-Identifier: LGPL-2.1-or-later
"""doc/operations.md: each of its commands runs, in its order, and prints what the page shows. Commands after "#" are one
machine's, those after "$" another's: two booted systems with the mail server of doc/mail.md, each with its own network and its
own files below APART."""

import contextlib
import imaplib
import os
import pathlib
import re
import shutil
import smtplib
import socket
import ssl

import pytest

import scene as scenes
import session
import test_doc_mail
from booted import booted
from daemons import PATIENCE, openssh_server, wait_until
from kept import keep_all
from mail_setup import Mail, make_dovecot_startable, version_of_dovecot
from programs import SOURCE, SYSTEM, VB, run
from test_doc_mail import CHANGED, EMPTY, INTERNET, make_certificate
from vmailctl import ctl, ctl_out

PAGE = SOURCE / "doc/operations.md"
APART = ["/etc/vmail", "/etc/postfix", "/vhome", "/var/cache/vmail", "/var/lib/dovecot", "/var/lib/postfix", "/var/spool/postfix"]
OTHERS = pathlib.Path("/var/tmp/vmail-doc-other")
WRITTEN = ["/root/vmail.tgz", "/root/va.json", "/root/.ssh", "/etc/cron.d/vmail-check", "/var/lib/vmail", "/var/spool/postfix",
           "/var/lib/dovecot"]
ALICE, PASSWORD = "alice@va.example", "a long secret"
OLD, NEW = "192.0.2.1", "192.0.2.9"
NAMES = ["certbot", "-d", "mail.example"]
HOOK = "/etc/letsencrypt/renewal-hooks/deploy/mail"
FIRST_COPY = "rsync -aH --numeric-ids /vhome/va.example new.example:/vhome/"
STOP, START = "systemctl stop postfix dovecot", "systemctl start dovecot postfix"
REFUSED_LOG_IN = "journalctl --no-pager -q -o cat --grep 'pam_vmail.*bob@vb.example'"
TLS = ssl.create_default_context()
TLS.check_hostname, TLS.verify_mode = False, ssl.CERT_NONE


def make_domains():
    ctl_out("domain", "add", "va.example", "--address=127.0.0.2")
    ctl_out("domain", "add", "vb.example", f"--address={VB}")
    for name in ("bob@va.example", ALICE, "bob@vb.example"):
        ctl("user", "add", name, "--password-stdin", input=PASSWORD + "\n", check=True)
    ctl_out("alias", "set", "info@va.example", "alice", "bob")
    message = pathlib.Path("/vhome/va.example/alice/Maildir/new/1.one.sandbox")
    message.write_text("Subject: hello\n\nHello Alice.\n")
    os.chown(message, 70001, 70001)


def set_up_mail(show):
    """What doc/mail.md says of the certificate, Dovecot and Postfix."""
    make_certificate(NAMES)
    make_dovecot_startable()
    page = test_doc_mail.PAGE.read_text()
    for _, command, _ in session.steps(page[page.index("## 4."):page.index("## 7.")]):
        if not command.endswith(INTERNET):
            if version_of_dovecot() == "2.4":
                command = re.sub(r"ssl_(cert|key) = <", r"ssl_server_\1_file = ", command)
            show(command)


def make_network(cleaning):
    """A network of the second machine, and keys with which the first one can log in there."""
    for words in ("netns add new", "link add new0 type veth peer name new1 netns new", "link set new0 up",
                  f"route add {NEW} dev new0 src {OLD}", f"-n new address add {NEW}/24 dev new1", "-n new link set lo up",
                  "-n new link set new1 up"):
        run("ip", *words.split(), check=True)
        if words == "netns add new":
            cleaning.callback(run, "ip", "netns", "delete", "new")
    scenes.write("/etc/hosts", f"127.0.0.1 localhost\n{NEW} new.example\n")
    shutil.rmtree("/root/.ssh", ignore_errors=True)
    os.mkdir("/root/.ssh", 0o700)
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/root/.ssh/id_ed25519", check=True)
    shutil.copy("/root/.ssh/id_ed25519.pub", "/root/.ssh/authorized_keys")
    scenes.write("/root/.ssh/config", "StrictHostKeyChecking no\nLogLevel ERROR\n", mode=0o600)


def start_sshd(system):
    system.run("systemd-run", "-q", "-p", "RuntimeDirectory=sshd", openssh_server(), "-D", "-f", "/dev/null",
               "-h", "/root/.ssh/id_ed25519", "-o", "Subsystem=sftp internal-sftp")
    wait_until(lambda: run("ssh", "new.example", "true").returncode == 0)


class TwoMachines:
    def __init__(self, old, new):
        self.system = {"#": old, "$": new}
        self.old = test_doc_mail.Machines(old)

    def show(self, where, command):
        """What a shell of that machine shows."""
        return session.on_terminal([*self.system[where].enter("--wd"), "timeout", "--foreground", "60", "sh", "-c", command], b"")

    def send(self, recipient=ALICE):
        subject, refused = Mail().send(recipient)
        assert not refused
        self.old.wait()
        return subject


@contextlib.contextmanager
def inbox(host, user=ALICE):
    with imaplib.IMAP4_SSL(host, 993, ssl_context=TLS, timeout=PATIENCE) as client:
        client.login(user, PASSWORD)
        client.select("INBOX")
        yield client


def mailbox(host):
    """What Alice's mail program knows: the mailbox's UIDVALIDITY; and of each message its UID, whether it was read, and the
    subject."""
    with inbox(host) as client:
        validity = client.response("UIDVALIDITY")[1]
        answers = client.uid("fetch", "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
        return validity, [(int(re.search(rb"UID (\d+)", answer[0])[1]), b"\\Seen" in answer[0], answer[1].decode().split()[1])
                          for answer in answers if answer != b")"]


def certificate(port):
    """The one that a client sees."""
    if port == 587:
        with smtplib.SMTP(SYSTEM, port, timeout=PATIENCE) as client:
            client.starttls(context=TLS)
            return client.sock.getpeercert(binary_form=True)
    with socket.create_connection((SYSTEM, port), timeout=PATIENCE) as connection, TLS.wrap_socket(connection) as client:
        return client.getpeercert(binary_form=True)


@pytest.fixture
def machines():
    with contextlib.ExitStack() as cleaning:
        kept = {*CHANGED, *WRITTEN}
        keep_all(kept, {*APART, *EMPTY} - kept, cleaning)
        cleaning.callback(shutil.rmtree, OTHERS, ignore_errors=True)
        for path in ("/etc/vmail", "/vhome", "/var/cache/vmail"):
            os.mkdir(path, 0o755)
        for name in ("bob", "sue"):  # of the tests' scene
            run("userdel", name)
        run("postfix", "check")  # makes its directories
        run("postsuper", "-d", "ALL")
        make_network(cleaning)
        old = cleaning.enter_context(booted())
        old.journal_is_the_log()
        set_up_mail(lambda command: session.on_terminal([*old.enter(f"--wd={SOURCE}"), "sh", "-c", command], b""))
        for path in APART:
            (OTHERS / path[1:]).parent.mkdir(parents=True, exist_ok=True)
            run("cp", "-a", path, OTHERS / path[1:], check=True)
        make_domains()
        new = cleaning.enter_context(booted(apart={path: OTHERS / path[1:] for path in APART}, network="new"))
        new.run("postconf", "-e", "myhostname=new.example")
        new.run("systemctl", "restart", "vmail-map.socket", "dovecot", "postfix")
        start_sshd(new)
        yield TwoMachines(old, new)


class Users:
    """What they do, and see, while an administrator follows the page."""

    def __init__(self, machines):
        self.machines = machines
        self.hashes = pathlib.Path("/etc/vmail/shadow.va.example").read_text()

    def before(self, command):
        if command == FIRST_COPY:
            for _ in range(3):
                self.machines.send()
            self.known = mailbox(OLD)
        elif command == STOP:
            with inbox(OLD) as client:
                client.store("1", "+FLAGS", "\\Deleted")
                client.store("2", "+FLAGS", "\\Seen")
                client.expunge()
            self.machines.send()
            at_first_copy, self.known = self.known, mailbox(OLD)
            assert [uid for uid, *_ in at_first_copy[1]] == [1, 2, 3, 4] and [uid for uid, *_ in self.known[1]] == [2, 3, 4, 5]
        elif command == HOOK:
            self.certificates = certificate(993), certificate(587)
            make_certificate(NAMES, days="90")
            assert (certificate(993), certificate(587)) == self.certificates
        elif command == REFUSED_LOG_IN:
            with imaplib.IMAP4_SSL(VB, 993, ssl_context=TLS, timeout=PATIENCE) as client, pytest.raises(client.error):
                client.login("bob", "wrong")

    def after(self, command):
        if command.startswith("vmailctl import"):
            assert (OTHERS / "etc/vmail/shadow.va.example").read_text() == self.hashes
        elif command == START:
            assert mailbox(NEW) == self.known
            subject = self.machines.send()
            wait_until(lambda: len(mailbox(NEW)[1]) > len(self.known[1]))
            assert mailbox(NEW) == (self.known[0], [*self.known[1], (6, False, subject)])
        elif command == HOOK:
            wait_until(lambda: certificate(993) != self.certificates[0] and certificate(587) != self.certificates[1])


def test_the_page_goes_as_it_says(machines):
    commands = session.steps(PAGE.read_text())
    assert {FIRST_COPY, STOP, START, HOOK, REFUSED_LOG_IN} <= {command for _, command, _ in commands}
    assert len(commands) > 30 and {where for where, *_ in commands} == {"#", "$"}
    users, wrong = Users(machines), []
    for where, command, shown in commands:
        users.before(command)
        answer = machines.show(where, command)
        if session.comparable(answer) != session.comparable("\n".join(shown)):
            wrong.append(f"{where} {command}\n{answer}")
        users.after(command)
    assert not wrong, "\n".join(wrong)
