# SPDX-License-Identifier: LGPL-2.1-or-later
"""What only Dovecot does: plain names by address, reading what has arrived, and users' filters."""

import pytest

import mail_setup
import scene as scenes
from mail import mail_of
from mail_setup import SUBMISSION
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
