# SPDX-License-Identifier: LGPL-2.1-or-later
"""Limits of mailboxes: Dovecot counts and refuses, quota-status tells Postfix, vmailctl sets and shows."""

import json
import pathlib
import smtplib
import time

import pytest

import mail_setup
import scene as scenes
from daemons import PATIENCE
from mail import Imap
from mail_setup import limit, update_limits
from programs import SYSTEM, out, run

LMTP = "/var/spool/postfix/private/dovecot-lmtp"
ALICE = "alice@va.example"
FULL = (552, "5.2.2")


@pytest.fixture(scope="module", autouse=True)
def mail(scene):
    with mail_setup.postfix_dovecot_lmtp() as running:
        yield running


def shown(user):
    return json.loads(out("vmailctl", "user", "show", user, "--json"))


def bytes_in(user):
    """What is really in the files of the Maildir."""
    name, domain = user.split("@")
    folder = pathlib.Path(f"/vhome/{domain}/{name}/Maildir")
    return sum(path.stat().st_size for part in ("new", "cur") for path in (folder / part).glob("*"))


def answer(mail, recipient):
    code, text = mail.asked(recipient)
    return code, text[:5]


@pytest.fixture
def domain_limit():
    """Sets the limit of va.example, and takes it away at the end."""

    def set_limit(size):
        out("vmailctl", "domain", "set", "va.example", "mailbox_limit", size)
        update_limits()

    yield set_limit
    out("vmailctl", "domain", "set", "va.example", "--unset=mailbox_limit")
    update_limits()


def test_below_the_limit_mail_arrives_and_at_and_beyond_it_mail_is_refused_at_rcpt(mail):
    assert mail.delivered(ALICE) == [ALICE]
    used = bytes_in(ALICE)
    with limit(ALICE, str(used)):
        assert answer(mail, ALICE) == FULL
    with limit(ALICE, str(used + 1)):
        assert mail.delivered(ALICE) == [ALICE]  # the last one, which goes beyond the limit
        assert bytes_in(ALICE) > used + 1
        assert answer(mail, ALICE) == FULL


def test_every_name_of_the_user_has_the_same_limit(mail):
    with limit(ALICE, "1"):
        for name in ("ALICE@VA.Example", "alice@va.example.org", "alice+tag@va.example"):
            assert answer(mail, name) == FULL, name
        for name in ("bob@vb.example", "bob@va.example", "nobody-first-file-wins@va.example"):
            assert answer(mail, name)[0] != 552, name


def test_a_full_mailbox_refuses_a_delivery_with_552(mail):
    with limit(ALICE, "1"), smtplib.LMTP(LMTP) as client:
        client.ehlo()
        client.mail("somebody@elsewhere.example")
        assert client.rcpt(ALICE)[0] == 250
        code, text = client.data("Subject: too much\n\ntext\n")
        assert (code, text[:5]) == (552, b"5.2.2")


def test_a_raised_limit_is_in_force_at_the_next_message(mail):
    with limit(ALICE, "1"):
        assert answer(mail, ALICE) == FULL
        out("vmailctl", "user", "set", ALICE, "--mailbox-limit=1G")
        update_limits()
        assert mail.delivered(ALICE) == [ALICE]


def test_the_limit_of_the_domain_is_for_users_without_an_own_one(mail, domain_limit):
    domain_limit("1")
    assert answer(mail, ALICE) == FULL
    assert answer(mail, "bob@vb.example")[0] == 250
    with limit(ALICE, "1G"):
        assert answer(mail, ALICE)[0] == 250
    with limit(ALICE, "none"):
        assert mail.delivered(ALICE) == [ALICE]
    assert answer(mail, ALICE) == FULL
    domain_limit("0")
    assert mail.delivered(ALICE) == [ALICE]


def test_a_limit_that_is_taken_away_is_not_remembered(mail):
    with limit(ALICE, "1"):
        assert answer(mail, ALICE) == FULL
    assert mail.delivered(ALICE) == [ALICE]
    assert pathlib.Path("/vhome/va.example/alice/Maildir/maildirsize").read_text().startswith("0S\n")


def test_a_limit_that_the_user_writes_is_not_used(mail, scene):
    with limit(ALICE, "1"):
        scenes.write("/vhome/va.example/alice/Maildir/maildirsize", "1000000000S\n0 0\n")
        run("chown", str(scene.va["alice"].uid), "/vhome/va.example/alice/Maildir/maildirsize", check=True)
        assert answer(mail, ALICE) == FULL


def test_an_edit_by_hand_is_in_force_after_update_limits(mail):
    path = scenes.ETC / "passwd.va.example"
    before = path.read_bytes()
    assert before.count(b"\nalice:") == 1
    fields = next(line for line in before.decode().splitlines() if line.startswith("alice:")).split(":")
    changed = ":".join([*fields[:4], fields[4] + ",,,,mailbox_limit=1", *fields[5:]])
    scenes.write(path, before.decode().replace(":".join(fields), changed))
    try:
        update_limits()
        assert answer(mail, ALICE) == FULL
    finally:
        scenes.write(path, before)
        update_limits()


def test_while_the_users_cannot_be_read_no_limit_is_forgotten_and_nobody_is_unknown(mail):
    with limit(ALICE, "1"):
        with scenes.mode(scenes.ETC / "passwd.va.example", 0o666), smtplib.LMTP(LMTP) as client:
            client.ehlo()
            client.mail("somebody@elsewhere.example")
            assert client.rcpt(ALICE)[0] // 100 == 4
        assert answer(mail, ALICE) == FULL


def test_a_list_that_cannot_be_made_leaves_the_old_one(mail):
    limits = pathlib.Path("/etc/dovecot/vmail-limits")
    with limit(ALICE, "1"):
        before = limits.read_text()
        assert f"{ALICE}:" in before
        with scenes.mode(scenes.ETC / "passwd.va.example", 0o666):
            assert run(str(mail_setup.EXAMPLES / "dovecot/update-limits")).returncode != 0
        assert limits.read_text() == before


def test_user_list_and_user_show_say_what_is_used(mail):
    assert mail.delivered(ALICE) == [ALICE]
    used = bytes_in(ALICE)
    with limit(ALICE, "5M"):
        rows = {row["user"]: row for row in json.loads(out("vmailctl", "user", "list", "va.example", "--json"))}
        assert (rows[ALICE]["mailbox_used"], rows[ALICE]["mailbox_limit"]) == (used, 5 * 1024 * 1024)
        assert rows["bob@va.example"]["mailbox_limit"] is None
        assert str(used) in out("vmailctl", "user", "list", "va.example")
    assert (shown(ALICE)["mailbox_used"], shown(ALICE)["mailbox_limit"]) == (used, None)


@pytest.mark.parametrize("text", ["", "5S", "5S\nx 1\n", "5S\n-7 1\n", "5S\n9223372036854775807 1\n1 1\n", "5S\n" + "1 1\n" * 4096])
def test_what_a_user_writes_into_the_file_that_counts_confuses_nothing(mail, scene, text):
    counted = pathlib.Path("/vhome/va.example/alice/Maildir/maildirsize")
    before = counted.read_bytes()
    counted.write_text(text)
    try:
        assert shown(ALICE)["mailbox_used"] is None
    finally:
        counted.write_bytes(before)


def test_no_link_is_followed_to_what_is_counted(mail, tmp_path):
    counted = pathlib.Path("/vhome/va.example/alice/Maildir/maildirsize")
    before = counted.read_bytes()
    (tmp_path / "other").write_text("5S\n77 1\n")
    counted.unlink()
    counted.symlink_to(tmp_path / "other")
    try:
        assert shown(ALICE)["mailbox_used"] is None
    finally:
        counted.unlink()
        counted.write_bytes(before)
        run("chown", "--reference=/vhome/va.example/alice", str(counted), check=True)


def test_a_mail_program_sees_the_limit(mail, scene):
    with limit(ALICE, "5M"):
        client = Imap(SYSTEM)
        client.login(ALICE, scene.va["alice"].password)
        text = str(client.getquotaroot("INBOX"))
        client.close()
        assert "STORAGE" in text and " 5120)" in text


def reload_until(status):
    """Reloads Dovecot; its old processes may still answer for a moment."""
    end = time.monotonic() + PATIENCE
    run("doveadm", "reload", check=True)
    while (done := run("doveadm", "user", ALICE)).returncode != status:
        assert time.monotonic() < end, done
        time.sleep(0.05)


def test_without_the_list_of_limits_mail_waits(mail):
    limits = pathlib.Path("/etc/dovecot/vmail-limits")
    limits.rename("/etc/dovecot/away")
    try:
        reload_until(75)
    finally:
        pathlib.Path("/etc/dovecot/away").rename(limits)
        reload_until(0)


def test_check_finds_a_limit_that_dovecot_does_not_know(mail):
    check = ("vmailctl", "check", "--area=limits")
    out("vmailctl", "user", "set", ALICE, "--mailbox-limit=1G")
    try:
        done = run(*check)
        assert done.returncode == 1 and "/etc/dovecot/vmail-limits lacks them" in done.stdout
        update_limits()
        assert run(*check).stdout == "no problems found\n"
    finally:
        out("vmailctl", "user", "set", ALICE, "--mailbox-limit=default")
        update_limits()
