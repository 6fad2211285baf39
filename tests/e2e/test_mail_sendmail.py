# SPDX-License-Identifier: LGPL-2.1-or-later
"""What only Sendmail does: an alias file of its own, mail that is sent on the machine, addresses that name a way.
The cases that all mail servers have are in test_mail_delivery.py."""

import contextlib
import pathlib
import re
import smtplib
import socket
import time

import pytest

import mail_setup
import scene as scenes
from daemons import PATIENCE
from mail_setup import SENDMAIL_PROGRAM, SUBMISSION
from programs import SYSTEM, out, run

VMAIL_MAP = pathlib.Path(mail_setup.unit_says("sendmail/vmail-map.conf", "ListenStream"))
LMTP = pathlib.Path("/run/dovecot/lmtp")


@pytest.fixture(scope="module", autouse=True)
def mail(scene):
    with mail_setup.sendmail() as running:
        yield running


@contextlib.contextmanager
def aliases(domain, text):
    path = scenes.ETC / f"aliases.{domain}"
    before = path.read_bytes() if path.exists() else None
    scenes.write(path, text)
    try:
        yield
    finally:
        path.unlink() if before is None else scenes.write(path, before)


@contextlib.contextmanager
def moved_away(path):
    away = path.rename(path.with_suffix(".away"))
    try:
        yield
    finally:
        away.rename(path)


@contextlib.contextmanager
def nobody_listens(path):
    with moved_away(path):
        with socket.socket(socket.AF_UNIX) as gone:
            gone.bind(str(path))
        try:
            yield
        finally:
            path.unlink()


# Mail in the queue

TROUBLES = {
    "the users cannot be read": lambda: scenes.mode(scenes.ETC / "passwd.va.example", 0o666),
    "vmail.conf cannot be read": lambda: scenes.mode(scenes.ETC / "vmail.conf", 0o666),
    "vmail-map has no socket": lambda: moved_away(VMAIL_MAP),
    "vmail-map does not listen": lambda: nobody_listens(VMAIL_MAP),
}


def wait_until_deferred(mail):
    end = time.monotonic() + PATIENCE
    while not any("\nMDeferred" in text for text in mail.queue()):
        assert time.monotonic() < end, mail.queue()
        time.sleep(0.05)


def run_queue(mail):
    """Until it is empty: the daemon runs it each minute, too, and what it has locked is passed over."""
    end = time.monotonic() + PATIENCE
    while mail.queue():
        assert time.monotonic() < end, mail.queue()
        run(SENDMAIL_PROGRAM, "-Am", "-q")
        time.sleep(0.1)


@pytest.mark.parametrize("trouble", [name for name in TROUBLES if name != "the users cannot be read"])
def test_mail_in_the_queue_waits(mail, trouble):
    with contextlib.ExitStack() as until_troubled:
        until_troubled.enter_context(moved_away(LMTP))
        subject, refused = mail.send("info@va.example")
        assert not refused
        wait_until_deferred(mail)
        with TROUBLES[trouble]():
            until_troubled.close()
            run(SENDMAIL_PROGRAM, "-Am", "-q")
            assert len(mail.queue()) == 1
    run_queue(mail)
    assert mail.arrived(subject) == ["alice@va.example", "bob@vb.example"]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_nobody_is_unknown(mail, trouble):
    with TROUBLES[trouble]():
        assert mail.refused("alice@va.example") == 451
        assert mail.refused("nosuch@va.example") == 451
    assert mail.refused("nosuch@va.example") == 550


def test_the_machines_own_users_get_mail_while_vmail_conf_cannot_be_read(mail):
    with scenes.mode(scenes.ETC / "vmail.conf", 0o666):
        assert mail.delivered("sue@mail.example") == ["sue"]


# The owner of a list


def senders_of(subject):
    """The senders that the message had when it came to other hosts."""
    texts = [path.read_text() for path in mail_setup.SINK_DIRECTORY.glob("*")]
    return [re.search("^X-Mail-Args: <(.*?)>", text, re.M).group(1) for text in texts if f"Subject: {subject}\n" in text]


def test_reports_about_a_list_go_to_its_owner(mail):
    with aliases("va.example", "team: alice, friend@far.example\nowner-team: bob\n"):
        subject, refused = mail.send("team@va.example")
        assert not refused and mail.arrived(subject) == ["alice@va.example", "friend@far.example"]
    assert senders_of(subject) == ["bob@va.example"]


def test_a_fallback_is_no_owner(mail):
    with aliases("vc.example", "team: eve, friend@far.example\n"):
        subject, refused = mail.send("team@vc.example")
        assert not refused and mail.arrived(subject) == ["eve@vc.example", "friend@far.example"]
        assert mail.refused("owner-team@vc.example") == 550
    assert senders_of(subject) == ["somebody@elsewhere.example"]


# Addresses


def answer_to(recipient):
    """smtplib would change such an address."""
    with smtplib.SMTP(SYSTEM, mail_setup.SMTP, local_hostname="client.example", source_address=(SYSTEM, 0)) as client:
        client.ehlo()
        client.mail("somebody@elsewhere.example")
        return client.docmd("RCPT", f"TO:<{recipient}>")[0]


@pytest.mark.parametrize("recipient", [
    "alice%far.example@va.example", "far.example!alice@va.example", '"alice@far.example"@va.example', "alice@far.example@va.example",
    "@va.example:alice@far.example", "alice%far.example%va.example", "alice@va.example@far.example", "alice@va.example.far.example"])
def test_no_address_leads_a_stranger_through_a_domain_to_another_host(recipient):
    assert answer_to(recipient) // 100 == 5


@pytest.mark.parametrize("recipient", ['"|/bin/sh"@va.example', "/etc/passwd@va.example", '":include:/etc/passwd"@va.example',
                                       "\\alice@far.example@va.example", "alice,bob@va.example", "@va.example"])
def test_no_program_and_no_file_is_an_address(recipient):
    assert answer_to(recipient) // 100 == 5


def test_a_quoted_name_is_the_same_name(mail):
    assert mail.delivered('"alice"@va.example') == ["alice@va.example"]


def test_where_mail_goes_is_shown(mail):
    assert "mailer vmail" in out(SENDMAIL_PROGRAM, "-Am", "-bv", "alice@va.example")
    assert "mailer relay, host [192.0.2.9]" in out(SENDMAIL_PROGRAM, "-Am", "-bv", "joe@partner.example")


def test_nobody_is_told_who_is_on_a_list():
    with smtplib.SMTP(SYSTEM, mail_setup.SMTP, local_hostname="client.example", source_address=(SYSTEM, 0)) as client:
        client.ehlo()
        assert client.expn("info@va.example")[0] == 502
        assert client.verify("alice@va.example") == client.verify("nosuch@va.example")


# Log-ins


def test_capitals_in_a_log_in_do_not_matter(mail, scene):
    alice = scene.va["alice"]
    assert mail.refused("friend@far.example", sender=alice.login, login=(alice.login.upper(), alice.password), port=SUBMISSION) == 250


@pytest.mark.parametrize("sender", ["ann.b@vh.example", "b.ann@vh.example", "ann@vh.example.far.example", '"a(x)nn"@vh.example'])
def test_a_log_in_gets_no_addresses_of_a_name_that_contains_its_own(mail, make_domain, sender):
    domain = make_domain("vh.example", scenes.User("ann", 77101, "ann-secret"), scenes.User("ann.b", 77102, "b-secret"),
                         scenes.User("b.ann", 77103, "b-secret"), scenes.User("a(x)nn", 77104, "b-secret"))
    login = (domain["ann"].login, "ann-secret")
    assert mail.refused("friend@far.example", sender="ann@vh.example", login=login, port=SUBMISSION) == 250
    assert mail.refused("friend@far.example", sender=sender, login=login, port=SUBMISSION) == 553


def test_port_25_takes_no_log_in():
    with smtplib.SMTP(SYSTEM, mail_setup.SMTP, local_hostname="client.example", source_address=(SYSTEM, 0)) as client:
        client.ehlo()
        assert client.has_extn("starttls") and not client.has_extn("auth")


def test_port_587_takes_no_log_in_without_tls():
    with smtplib.SMTP(SYSTEM, SUBMISSION, local_hostname="client.example", source_address=(SYSTEM, 0)) as client:
        client.ehlo()
        assert client.has_extn("starttls") and not client.has_extn("auth")
