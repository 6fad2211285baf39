# SPDX-License-Identifier: LGPL-2.1-or-later
"""Postfix without vmail-map: examples/postfix-smallest."""

import pytest

import mail_setup
from mail import mail_of
from programs import SYSTEM


@pytest.fixture(scope="module", autouse=True)
def mail(scene):
    with mail_setup.postfix_smallest() as running:
        yield running


@pytest.mark.parametrize("recipient, mailbox", [
    ("alice@va.example", "alice@va.example"), ("bob@va.example", "bob@va.example"), ("bob@vb.example", "bob@vb.example"),
    ("ALICE@VA.example", "alice@va.example"), ("alice@va.example.org", "alice@va.example"), ("locked@va.example", "locked@va.example"),
    ("alice+shopping@va.example", "alice@va.example"), ("bob@mail.example", "bob")])
def test_mail_reaches_exactly(mail, recipient, mailbox):
    assert mail.delivered(recipient) == [mailbox]


@pytest.mark.parametrize("recipient", ["nosuch@va.example", "sue@va.example", "root@va.example", "info@va.example"])
def test_who_is_no_user_is_refused_at_once(mail, recipient):
    assert mail.refused(recipient) == 550


def test_mail_for_other_hosts_is_not_taken_from_strangers(mail):
    assert mail.refused("somebody@far.example") in (454, 554)


def test_what_has_arrived_is_read(mail, scene):
    subject, _ = mail.send("alice@va.example")
    mail.wait()
    assert subject in mail_of("imap", SYSTEM, "alice@va.example", scene.va["alice"].password)
