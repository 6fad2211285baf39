# SPDX-License-Identifier: LGPL-2.1-or-later
"""Mail in and out through each set-up of examples/: one table of cases for all."""

import contextlib
import smtplib

import pytest

import mail_setup
import scene as scenes
from check_findings import findings
from mail_setup import IDN, SUBMISSION
from programs import SYSTEM, run

ALIASES = scenes.ETC / "aliases.va.example"


@pytest.fixture(scope="module", params=mail_setup.SETUPS)
def mail(request, scene):
    with mail_setup.SETUPS[request.param]() as running:
        yield running


@contextlib.contextmanager
def text_of(path, text):
    before = path.read_bytes()
    scenes.write(path, text)
    try:
        yield
    finally:
        scenes.write(path, before)


# What arrives where

CASES = {
    "a user": ("alice@va.example", ["alice@va.example"]),
    "a user of the same name in another domain": ("bob@vb.example", ["bob@vb.example"]),
    "an alias with a user and another domain": ("info@va.example", ["alice@va.example", "bob@vb.example"]),
    "an alias of aliases": ("sales@va.example", ["alice@va.example", "archive@far.example", "bob@va.example", "bob@vb.example"]),
    "another host": ("far@va.example", ["Somebody@far.example"]),
    "a list in a file": ("list@va.example", ["alice@va.example", "bob@vb.example", "member@far.example"]),
    "a user who keeps a copy": ("bob@va.example", ["archive@far.example", "bob@va.example"]),
    "a domain's other name": ("alice@va.example.org", ["alice@va.example"]),
    "an alias under the other name": ("info@va.example.org", ["alice@va.example", "bob@vb.example"]),
    "capitals": ("ALICE@VA.Example", ["alice@va.example"]),
    "an alias in capitals": ("Info@va.example", ["alice@va.example", "bob@vb.example"]),
    "a tag": ("alice+shopping@va.example", ["alice@va.example"]),
    "an alias with a tag": ("info+x@va.example", ["alice@va.example", "bob@vb.example"]),
    "a full name": ("Bob.of.VA@va.example", ["archive@far.example", "bob@va.example"]),
    "a locked user": ("locked@va.example", ["locked@va.example"]),
    "an expired user": ("expired@va.example", ["expired@va.example"]),
    "a file for several domains": ("postmaster@va.example", ["alice@va.example"]),
    "the fallback to the same name elsewhere": ("alice@vb.example", ["alice@va.example"]),
    "the fallback to an address": ("nosuch@vc.example", ["archive@far.example", "bob@va.example"]),
    "the fallback to an alias": ("nosuch@vd.example", ["eve@vd.example"]),
    "a user before the fallback": ("eve@vd.example", ["eve@vd.example"]),
    "a domain whose name has other letters": (f"eve@{IDN}", [f"eve@{IDN}"]),
    "the same in capitals": (f"Eve@{IDN.upper()}", [f"eve@{IDN}"]),
    "the machine's own user": ("bob@mail.example", ["bob"]),
    "the machine's own user who is no virtual one": ("sue@mail.example", ["sue"]),
}


@pytest.fixture(scope="module")
def sent(mail):
    """What became of a message to each of CASES: they are on their way together, so the tests wait only once."""
    return {case: mail.send(recipient) for case, (recipient, _) in CASES.items()}


@pytest.mark.parametrize("case", CASES)
def test_mail_reaches_exactly(mail, sent, case):
    subject, refused = sent[case]
    assert (refused, mail.arrived(subject)) == ({}, CASES[case][1])


def test_two_recipients_of_one_message_get_one_copy_each(mail):
    assert mail.delivered("alice@va.example", "bob@vb.example") == ["alice@va.example", "bob@vb.example"]


def test_mail_without_a_sender_is_delivered(mail):
    assert mail.delivered("alice@va.example", sender="") == ["alice@va.example"]


# Who is refused, and when


@pytest.mark.parametrize("recipient", ["nosuch@va.example", "nosuch@va.example.org", "sue@va.example", "root@va.example",
                                       "nosuch@vb.example", "nowhere@va.example", "nosuch+x@va.example", "eve@va.example",
                                       "Eve.of.Nothing@va.example"])
def test_who_does_not_exist_is_refused_at_once(mail, recipient):
    assert mail.refused(recipient) == 550


@pytest.mark.parametrize("recipient", ["somebody@far.example", "bob@[127.0.0.77]", "alice%far.example@elsewhere.example"])
def test_mail_for_other_hosts_is_not_taken_from_strangers(mail, recipient):
    assert mail.refused(recipient) in mail.not_taken


@pytest.mark.parametrize("recipient", ["here@va.example", "nosuch@ve.example"])
def test_a_loop_is_answered_with_try_again(mail, recipient):
    assert mail.refused(recipient) in (450, 451)


def test_an_address_of_255_characters_is_refused_or_delivered(mail):
    assert mail.refused("x" * 243 + "@va.example") in (501, 550, 553)
    assert mail.refused("x" * 63 + "@" + ".".join(["x" * 60] * 3) + ".example") in mail.not_taken


def test_an_address_in_other_letters_is_refused(mail):
    with smtplib.SMTP(SYSTEM, mail_setup.SMTP, local_hostname="client.example", source_address=(SYSTEM, 0)) as client:
        client.ehlo()
        client.command_encoding = "utf-8"
        client.mail("x@elsewhere.example", ["SMTPUTF8"] if client.has_extn("smtputf8") else [])
        code, _ = client.rcpt("eve@münchen.example")
        assert code in mail.not_taken or code // 100 == 5
        assert client.rcpt("jürgen@va.example")[0] // 100 == 5


# Edits


def test_an_edit_is_in_force_for_the_next_recipient(mail):
    assert mail.refused("new@va.example") == 550
    with text_of(ALIASES, "new: alice\n"):
        assert mail.delivered("new@va.example") == ["alice@va.example"]
        assert mail.refused("far@va.example") == 550
    assert mail.refused("new@va.example") == 550


def test_a_new_user_is_one_for_the_next_recipient(mail, make_domain):
    assert mail.refused("tom@vg.example") in mail.not_taken
    domain = make_domain("vg.example", scenes.User("tom", 77001, "tom-secret"))
    mail.update()
    for name, uid in (("tom", "77001"), ("ann", "77002")):
        run("install", "-d", "-o", uid, "-g", uid, f"/vhome/vg.example/{name}", check=True)
    assert mail.delivered("tom@vg.example") == ["tom@vg.example"]
    domain.add(scenes.User("ann", 77002, "ann-secret"))
    assert mail.refused("ann@vg.example") == 550
    domain.write()
    mail.update()
    assert mail.delivered("ann@vg.example") == ["ann@vg.example"]


@pytest.mark.parametrize("file", ["passwd.va.example", "aliases.va.example", "aliases.common", "vmail.conf"])
def test_while_a_file_cannot_be_read_nobody_is_unknown(mail, file):
    path = scenes.ETC / file
    for bits in (0o600, 0o666):
        with scenes.mode(path, bits):
            for recipient in ("alice@va.example", "nosuch@va.example"):
                assert mail.refused(recipient) // 100 == 4, (recipient, oct(bits))
    assert mail.refused("nosuch@va.example") == 550
    assert mail.delivered("alice@va.example") == ["alice@va.example"]


def test_the_peer_is_not_told_why_a_file_cannot_be_read(mail):
    with scenes.mode(scenes.ETC / "vmail.conf", 0o666):
        code, text = mail.asked("alice@va.example")
    assert code // 100 == 4 and str(scenes.ETC) not in text


# Limits


def test_a_full_mailbox_refuses_mail_at_once_and_takes_it_when_the_limit_is_raised(mail):
    if not mail.limits:
        pytest.skip("this mail server does not ask for limits before it takes a message")
    with mail_setup.limit("alice@va.example", "1"):
        code, text = mail.asked("alice@va.example")
        assert (code, text[:5]) == (552, "5.2.2")
        assert mail.delivered("bob@vb.example") == ["bob@vb.example"]
    with mail_setup.limit("alice@va.example", "1G"):
        assert mail.delivered("alice@va.example") == ["alice@va.example"]


# Mail for others comes in


def test_a_backup_mx_takes_mail_for_the_recipients_in_its_list(mail):
    assert mail.asked("joe@partner.example")[0] == 250
    assert mail.asked("jim@partner.example")[0] == 550
    assert mail.asked("joe@sub.partner.example")[0] in mail.not_taken


# Mail goes out


def test_who_is_logged_in_sends_to_all_the_world(mail, scene):
    alice = scene.va["alice"]
    assert mail.delivered("friend@far.example", "bob@vb.example", sender=alice.login, login=(alice.login, alice.password),
                          port=SUBMISSION) == ["bob@vb.example", "friend@far.example"]


@pytest.mark.parametrize("sender", ["alice@va.example", "ALICE@va.example.org", "alice+x@va.example", "info@va.example",
                                    "postmaster@va.example", "list@va.example"])
def test_the_senders_own_addresses_are_theirs(mail, scene, sender):
    alice = scene.va["alice"]
    assert mail.refused("friend@far.example", sender=sender, login=(alice.login, alice.password), port=SUBMISSION) == 250


@pytest.mark.parametrize("sender", ["bob@va.example", "bob@vb.example", "nosuch@va.example", "far@va.example", "root@mail.example",
                                    "somebody@far.example", "alice@vb.example"])
def test_an_address_of_somebody_else_is_refused_after_the_log_in(mail, scene, sender):
    alice = scene.va["alice"]
    assert mail.refused("friend@far.example", sender=sender, login=(alice.login, alice.password), port=SUBMISSION) == 553


def test_a_report_without_a_sender_is_taken_after_the_log_in(mail, scene):
    alice = scene.va["alice"]
    assert mail.refused("friend@far.example", sender="", login=(alice.login, alice.password), port=SUBMISSION) == 250


def test_without_a_log_in_port_587_takes_nothing(mail):
    assert mail.refused("alice@va.example", port=SUBMISSION) in (530, 554)


def test_a_wrong_password_is_refused(mail, scene):
    with pytest.raises(smtplib.SMTPAuthenticationError):
        mail.send("friend@far.example", login=("alice@va.example", scene.vb["bob"].password), port=SUBMISSION)


def test_vmailctl_check_finds_no_mistake_in_the_set_up(mail):
    assert [text for severity, text in findings(mail.area) if severity != "note"] == []
