# SPDX-License-Identifier: LGPL-2.1-or-later
"""OpenSMTPD hands each message to vmail-deliver, by the files of examples/opensmtpd."""

import contextlib
import pathlib
import shutil
import smtplib
import time

import pytest

import mail_setup
import scene as scenes
from daemons import PATIENCE, Daemon, add_daemon_account, program
from mail_setup import Mail
from programs import EXAMPLES, SYSTEM, UNPACKED, out, run
from test_vmail_deliver import CONF, agent_line, make_maildirs, settings_of, text_of

PORT = 2526
SUDOERS = pathlib.Path("/etc/sudoers.d/vmail-mda")
SETTINGS = pathlib.Path("/etc/smtpd.conf")
LOG = pathlib.Path("/var/log/daemon-smtpd.log")


def install_opensmtpd():
    """What the installation of its package makes, and the user of the README."""
    binary = program("opensmtpd", "/usr/sbin/smtpd")
    shutil.copytree(UNPACKED / "opensmtpd/usr/libexec/opensmtpd", "/usr/libexec/opensmtpd", dirs_exist_ok=True)
    for name in ("opensmtpd", "opensmtpq"):
        add_daemon_account(name, "/run/opensmtpd")
    shutil.copy(UNPACKED / "opensmtpd/usr/sbin/smtpctl", "/usr/sbin/smtpctl")
    shutil.chown("/usr/sbin/smtpctl", "root", "opensmtpq")
    pathlib.Path("/usr/sbin/smtpctl").chmod(0o2755)
    for path in ("/var/spool/smtpd", "/var/lib/opensmtpd/empty"):
        pathlib.Path(path).mkdir(parents=True, exist_ok=True)
    pathlib.Path("/var/spool/smtpd").chmod(0o711)
    if run("id", "vmail-mda").returncode:
        run("useradd", "--system", "--home-dir", "/var/lib/vmail-mda", "--create-home", "--shell", "/usr/sbin/nologin", "vmail-mda", check=True)
    shutil.copy(EXAMPLES / "opensmtpd/sudoers", SUDOERS)
    SUDOERS.chmod(0o440)
    SETTINGS.write_text(f"listen on {SYSTEM} port {PORT}\n" + (EXAMPLES / "opensmtpd/smtpd.conf").read_text())
    return binary


def queue():
    return out("smtpctl", "show", "queue").splitlines()


@pytest.fixture(scope="module")
def mail(scene):
    binary = install_opensmtpd()
    run(program("postfix", "/usr/sbin/postfix"), "check", check=True)  # makes the queue of sendmail(1), which is Postfix's here
    with contextlib.ExitStack() as running:
        running.enter_context(mail_setup.mail_scene())
        running.enter_context(settings_of("maildrop"))
        running.enter_context(text_of(CONF, agent_line("maildrop") + mail_setup.CONF))
        make_maildirs()
        running.enter_context(Daemon(binary, "-d", ports=[(SYSTEM, PORT)]))
        yield Mail(queue=queue)
    SUDOERS.unlink()
    SETTINGS.unlink()


def send(mail, recipient):
    """Gives the subject of a message that OpenSMTPD has taken. Its reports have nowhere to go."""
    Mail.number += 1
    subject = f"message-{Mail.number}"
    with smtplib.SMTP(SYSTEM, PORT, timeout=60) as client:
        client.sendmail("somebody@elsewhere.example", [recipient], f"Subject: {subject}\n\ntext\n")
    return subject


def log_says(text):
    end = time.monotonic() + PATIENCE
    while text not in LOG.read_text(errors="replace"):
        assert time.monotonic() < end, LOG.read_text(errors="replace")[-3000:]
        time.sleep(0.05)


@pytest.mark.parametrize("recipient, whose", [
    ("bob@va.example", ["bob@va.example"]),
    ("Bob@VB.example", ["bob@vb.example"]),
    ("info@va.example", ["alice@va.example", "bob@vb.example"]),
    ("alice@vb.example", ["alice@va.example"]),
])
def test_a_message_reaches_exactly(mail, recipient, whose):
    assert mail.arrived(send(mail, recipient)) == whose


def test_an_unknown_recipient_gets_nothing_and_the_sender_a_report(mail):
    subject = send(mail, "nosuch@va.example")
    log_says("to=<nosuch@va.example> rcpt=<nosuch@va.example> user=vmail-mda delay=0s result=PermFail")
    assert mail.arrived(subject) == []


def test_a_message_waits_while_the_users_cannot_be_read(mail, scene):
    with scenes.mode(scene.va.passwd, 0o666):
        subject = send(mail, "bob@va.example")
        log_says("result=TempFail")
        assert len(queue()) == 1
    run("smtpctl", "schedule", "all", check=True)
    assert mail.arrived(subject) == ["bob@va.example"]


def test_a_name_with_a_character_for_a_shell_is_nobodys(mail):
    subject = send(mail, "bob'`id`@va.example")
    mail.wait()
    assert mail.arrived(subject) == []
