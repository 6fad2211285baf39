# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmail-deliver, with each delivery agent of examples/vmail-deliver, and with Postfix for mail to other hosts."""

import contextlib
import os
import pathlib
import pwd
import re
import resource
import shutil
import subprocess
import threading

import pytest

import mail_setup
import scene as scenes
from daemons import program
from mail_setup import SMTP
from programs import CLOSED, EXAMPLES, out, run
from test_mail_delivery import CASES
from vmailctl import ctl

DELIVER = "/usr/sbin/vmail-deliver"
OK, USAGE, DATAERR, NOUSER, UNAVAILABLE, TEMPFAIL, NOPERM = 0, 64, 65, 67, 69, 75, 77
SENDER = "somebody@elsewhere.example"
CONF = scenes.ETC / "vmail.conf"
ALIASES = scenes.ETC / "aliases.va.example"


def agent_line(name):
    """The line of the example's vmail.conf for this agent; "": the default."""
    if name == "dovecot-lda":
        return ""
    line, = re.findall(rf"^delivery_agent = /usr/bin/{name} .*$", (EXAMPLES / f"vmail-deliver/{name}.conf").read_text(), re.M)
    return f"[vmail]\n{line}\n"


@contextlib.contextmanager
def settings_of(agent):
    """The files of the example, in place."""
    made = []
    if agent != "dovecot-lda":
        program(agent, f"/usr/bin/{agent}")
        made.append(shutil.copy(EXAMPLES / f"vmail-deliver/{agent}rc", f"/etc/{agent}rc"))
    try:
        yield
    finally:
        for path in made:
            os.unlink(path)


@contextlib.contextmanager
def text_of(path, text):
    before = path.read_bytes() if path.exists() else None
    scenes.write(path, text)
    try:
        yield
    finally:
        path.unlink()
        if before is not None:
            scenes.write(path, before)


def make_maildirs():
    """What "vmailctl user add" makes."""
    for line in out("getent", "passwd").splitlines():
        name, _, uid, gid, _, home, _ = line.split(":")
        if "@" in name:
            for part in ("", "/new", "/cur", "/tmp"):
                run("install", "-d", "-o", uid, "-g", gid, "-m", "700", f"{home}/Maildir{part}", check=True)


class Deliver(mail_setup.Mail):
    """Takes a message as a mail server would hand it over."""

    def call(self, *recipients, sender=SENDER, message=None, **options):
        """Gives the subject, and the ended process."""
        mail_setup.Mail.number += 1
        subject = f"message-{mail_setup.Mail.number}"
        if message is None:
            message = f"From: a@elsewhere.example\nSubject: {subject}\n\ntext\n"
        elif isinstance(message, str):
            message = message.replace("@subject@", subject)
        message = message if isinstance(message, bytes) else message.encode()
        done = subprocess.run([DELIVER, "-f", sender, "--", *recipients], input=message, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=300, **options)
        done.stderr = done.stderr.decode(errors="replace")
        assert done.stdout == b""
        return subject, done

    def delivered(self, *recipients, **options):
        subject, done = self.call(*recipients, **options)
        assert done.returncode == OK and done.stderr == "", done
        return self.arrived(subject)

    def status(self, *recipients, **options):
        """The exit status of a delivery that fails; then nothing has arrived anywhere."""
        subject, done = self.call(*recipients, **options)
        assert done.stderr, done
        assert self.arrived(subject) == []
        return done.returncode

    def text(self, subject, home):
        """The one message with this subject in a Maildir."""
        found, = [text for path in pathlib.Path(home).glob("Maildir/new/*")
                  if f"\nSubject: {subject}\n" in (text := path.read_text(errors="replace"))]
        return found


@pytest.fixture(scope="module")
def server(scene):
    with mail_setup.mail_scene(), mail_setup.vmail_map(), mail_setup.smtp_sink(), mail_setup.dovecot(), \
            mail_setup.postfix("postfix-dovecot-lmtp", (SMTP,)):
        make_maildirs()
        yield Deliver()


@pytest.fixture(scope="module", params=["dovecot-lda", "maildrop", "procmail"])
def mail(request, server):
    with settings_of(request.param), text_of(CONF, agent_line(request.param) + mail_setup.CONF):
        server.agent = request.param
        yield server


@pytest.fixture
def deliver(server):
    """With the default agent."""
    return server


# What arrives where, with each agent

HERE = {case: (recipient, expected) for case, (recipient, expected) in CASES.items() if "mail.example" not in recipient}


@pytest.mark.parametrize("case", HERE)
def test_mail_reaches_exactly(mail, case):
    recipient, expected = HERE[case]
    assert mail.delivered(recipient) == expected


def test_mail_without_a_sender_is_delivered(mail):
    assert mail.delivered("alice@va.example", "far@va.example", sender="") == ["Somebody@far.example", "alice@va.example"]
    assert mail.delivered("alice@va.example", sender="<>") == ["alice@va.example"]


def test_the_message_is_whole_and_names_its_way(mail, scene):
    body = "Line\nFrom here\n.\n\n\xe9 end without a newline"
    subject, done = mail.call("alice@va.example", message=f"From x@y.example Thu Jan  1 00:00:00 2026\nSubject: @subject@\n\n{body}")
    assert done.returncode == OK, done
    text = mail.text(subject, scene.va["alice"].home)
    header, _, rest = text.partition("\n\n")
    assert rest.rstrip("\n") == body
    assert f"Return-Path: <{SENDER}>\n" in header + "\n"
    assert "Delivered-To: alice@va.example\n" in header + "\n"
    assert "From x@y.example" not in header


def test_ten_megabytes_are_delivered(mail, scene):
    subject, done = mail.call("alice@va.example", message="Subject: @subject@\n\n" + "0123456789abcdef" * 64 * 1024 * 10 + "\n")
    assert done.returncode == OK, done
    assert len(mail.text(subject, scene.va["alice"].home)) > 10 << 20


def test_a_message_with_nul_bytes_is_delivered(mail):
    assert mail.delivered("alice@va.example", message="Subject: @subject@\n\na\0b\n") == ["alice@va.example"]


def test_the_agent_has_the_rights_of_the_user_and_no_more(mail, scene):
    """What it writes is the user's; a home that is somebody else's is closed to it."""
    bob = pathlib.Path(scene.vb["bob"].home)
    os.chown(bob / "Maildir/new", 0, 0)
    os.chown(bob / "Maildir/tmp", 0, 0)
    try:
        assert mail.status("bob@vb.example") == TEMPFAIL
    finally:
        os.chown(bob / "Maildir/new", 71000, 71000)
        os.chown(bob / "Maildir/tmp", 71000, 71000)
    assert mail.delivered("bob@vb.example") == ["bob@vb.example"]
