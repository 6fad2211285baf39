# SPDX-License-Identifier: LGPL-2.1-or-later
"""What only Dovecot does: plain names by address, reading what has arrived, and users' filters."""

import base64
import socket
import ssl

import pytest

import mail_setup
import scene as scenes
from mail import mail_of
from mail_setup import SINK_DIRECTORY, SUBMISSION
from programs import SYSTEM, VA, out, run


@pytest.fixture(scope="module", autouse=True)
def mail(scene):
    with mail_setup.postfix_dovecot_lmtp() as running:
        yield running


def test_a_plain_name_is_enough_at_the_domains_own_address(mail, scene):
    bob = scene.va["bob"]
    assert mail.delivered("friend@far.example", sender=bob.login, login=("bob", bob.password), port=SUBMISSION,
                          address=VA) == ["friend@far.example"]


@pytest.mark.parametrize("protocol", ["pop3", "imap"])
def test_what_has_arrived_is_read(mail, scene, protocol):
    subject, _ = mail.send("alice@va.example")
    mail.wait()
    assert subject in mail_of(protocol, SYSTEM, "alice@va.example", scene.va["alice"].password)


def test_a_filter_of_the_user_is_obeyed(mail, scene):
    alice = scene.va["alice"]
    script = f"{alice.home}/.dovecot.sieve"
    scenes.write(script, 'require ["fileinto", "mailbox"];\nfileinto :create "Filtered";\n')
    run("chown", f"{alice.uid}:{alice.gid}", script, check=True)
    try:
        subject, _ = mail.send("alice@va.example")
        mail.wait()
        folder = f"{alice.home}/Maildir/.Filtered"
        assert subject in out("sh", "-c", f"cat {folder}/new/* {folder}/cur/* 2>/dev/null; true")
    finally:
        run("rm", "-rf", script, f"{alice.home}/Maildir/.Filtered", f"{alice.home}/.dovecot.svbin")


class ManageSieve:
    """A client of RFC 5804, after STARTTLS and a log-in."""

    def __init__(self, user):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        plain = socket.create_connection((SYSTEM, 4190), timeout=30, source_address=(SYSTEM, 0))
        self.file = plain.makefile("rwb", buffering=0)
        self.answer()
        self.ask(b"STARTTLS\r\n")
        self.file = context.wrap_socket(plain).makefile("rwb", buffering=0)
        self.answer()
        token = base64.b64encode(f"\0{user.login}\0{user.password}".encode())
        self.ask(b'AUTHENTICATE "PLAIN" "%s"\r\n' % token)

    def answer(self):
        while True:
            line = self.file.readline()
            assert line and not line.startswith((b"NO", b"BYE")), line
            if line.startswith(b"OK"):
                return

    def ask(self, text):
        self.file.write(text)
        self.answer()


def test_users_edit_their_filters_by_managesieve_and_forward_and_answer_mail(mail, scene):
    alice = scene.va["alice"]
    script = b'require ["vacation", "copy"];\r\nredirect :copy "friend@far.example";\r\nvacation "I am away.";\r\n'
    client = ManageSieve(alice)
    try:
        client.ask(b'PUTSCRIPT "away" {%d+}\r\n%s\r\n' % (len(script), script))
        client.ask(b'SETACTIVE "away"\r\n')
        subject, _ = mail.send(alice.login, text="To whom it may concern", to=alice.login)
        assert mail.arrived(subject) == [alice.login, "friend@far.example"]
        replies = [path.read_text() for path in SINK_DIRECTORY.glob("*") if f"Subject: Auto: {subject}\n" in path.read_text()]
        assert len(replies) == 1 and "I am away." in replies[0] and "X-Rcpt-Args: <somebody@elsewhere.example>" in replies[0]
        client.ask(b'SETACTIVE ""\r\n')
        client.ask(b'DELETESCRIPT "away"\r\n')
        assert mail.delivered(alice.login) == [alice.login]
    finally:
        run("rm", "-rf", f"{alice.home}/sieve", f"{alice.home}/.dovecot.sieve", f"{alice.home}/.dovecot.lda-dupes")
