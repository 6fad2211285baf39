# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmailctl user del: what is cut short or fails in the middle, and the same command again."""

import os
import pathlib
import shutil

import pytest

import scene as scenes
from programs import run
from scene import RETIRED
from test_vmailctl_user import LINK, add, lines, mutations, names_in, reset, vc  # noqa: F401 (vc is a fixture)
from vmailctl import DONE, NO_SUCH, REFUSED, UNAVAILABLE, VMAILCTL, ctl, ctl_fails, ctl_out

HOME = pathlib.Path("/vhome/vc.example/elsewhere/tom")  # not the usual one: only the user's line has it
UID = 67541
COMMANDS = {"purge": ("-y", "user", "del", "tom@vc.example", "--purge"), "keep": ("-y", "user", "del", "tom@vc.example")}
AGAIN = "tom@vc.example was deleted, but not everything was removed (see above); run the same command again"


def start(domain):
    """ann and tom, who is in a group and has mail."""
    reset(domain)
    add("tom@vc.example", f"--home={HOME}", f"--uid={UID}", "--no-password")
    scenes.write(domain.group, "staff:x:67545:ann,tom\n")
    (HOME / "mail").write_text("x")
    shutil.chown(HOME / "mail", UID, UID)


def check_finished(domain, what, where):
    assert names_in(domain) == (["ann"], ["ann"]), where
    assert lines(domain.group) == ["staff:x:67545:ann"], where
    assert "#purge" not in domain.passwd.read_text(), where
    assert HOME.exists() == (what == "keep"), where
    assert str(UID) in RETIRED.read_text(), where


def again(domain, what, where):
    """The same command, which finds something to do, or that all is done."""
    done = ctl(*COMMANDS[what])
    if done.returncode == NO_SUCH:
        assert "vc.example has no user tom" in done.stderr, where
    else:
        assert (done.returncode, done.stderr) == (DONE, ""), where
    check_finished(domain, what, where)


@pytest.mark.parametrize("what", COMMANDS)
def test_killed_at_any_change_the_same_command_finishes_it(vc, what, tmp_path):
    log = tmp_path / "log"
    start(vc)
    assert run("strace", "-qq", "-o", str(log), VMAILCTL, *COMMANDS[what]).returncode == DONE
    check_finished(vc, what, "at once")
    seen = set()
    for name, count in mutations(log):
        start(vc)
        run("strace", "-qq", "-o", "/dev/null", "-e", f"inject={name}:signal=KILL:when={count}", VMAILCTL, *COMMANDS[what])
        seen.add("tom" in names_in(vc)[0])
        again(vc, what, (name, count))
    assert seen == {True, False}


@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("what", COMMANDS)
def test_whatever_fails_the_message_says_what_is_left_and_the_same_command_finishes_it(vc, what, error, tmp_path):
    log = tmp_path / "log"
    start(vc)
    assert run("strace", "-qq", "-o", str(log), VMAILCTL, *COMMANDS[what]).returncode == DONE
    told = 0
    for name, count in mutations(log):
        start(vc)
        done = run("strace", "-qq", "-o", "/dev/null", "-e", f"inject={name}:error={error}:when={count}", VMAILCTL, *COMMANDS[what])
        where = (name, count, done.stderr)
        if done.returncode == DONE:
            check_finished(vc, what, where)
            continue
        assert "tom" in names_in(vc)[0] or AGAIN in done.stderr, where
        told += AGAIN in done.stderr
        again(vc, what, where)
    assert told >= 3


def test_with_what_is_not_the_users_left_check_names_the_command_and_it_finishes(vc):
    start(vc)
    (HOME / "roots").write_text("not theirs")
    error = ctl_fails(UNAVAILABLE, *COMMANDS["purge"])
    assert f"{HOME}: 1 not removed, for example 'roots': not owned by the user" in error and AGAIN in error
    assert f"tom:x:{UID}:" in vc.passwd.read_text() and run("getent", "passwd", "tom@vc.example").returncode == 2
    shown = ctl("check", "--area=files", "vc.example").stdout
    assert "the deletion of tom was interrupted" in shown and "run vmailctl user del tom@vc.example --purge" in shown
    os.chown(HOME / "roots", UID, UID)
    ctl_out("-y", "user", "del", "tom@vc.example", "--purge")
    check_finished(vc, "purge", "again")
    assert "interrupted" not in ctl("check", "--area=files", "vc.example").stdout


def test_without_purge_the_second_time_what_is_left_stays(vc):
    start(vc)
    (HOME / "roots").write_text("not theirs")
    ctl_fails(UNAVAILABLE, *COMMANDS["purge"])
    ctl_out(*COMMANDS["keep"])
    check_finished(vc, "keep", "again")


def test_files_that_another_user_has_by_the_same_uid_stay_for_good(vc):
    start(vc)
    scenes.write(vc.passwd, vc.passwd.read_text() + f"tim:x:{UID}:{UID}::{HOME}:/bin/false\n")
    assert f"tim@vc.example also has uid {UID}" in ctl_fails(REFUSED, *COMMANDS["purge"])
    assert (HOME / "mail").exists() and names_in(vc)[0] == ["ann", "tim"] and "#purge" not in vc.passwd.read_text()


def test_a_hash_in_the_passwd_file_does_not_stay_in_the_comment(vc):
    start(vc)
    (HOME / "roots").write_text("not theirs")
    scenes.write(vc.passwd, vc.passwd.read_text().replace("tom:x:", "tom:$5$salt$hash:"))
    ctl_fails(UNAVAILABLE, *COMMANDS["purge"])
    assert f"#purge: tom:x:{UID}:{UID}:" in vc.passwd.read_text() and "$5$" not in vc.passwd.read_text()
