# SPDX-License-Identifier: LGPL-2.1-or-later
"""Nothing is lost: changes of a password that are cut short, that fail, or that come all at once."""

import collections
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import time

import pytest

import scene as scenes
from pam_stack import QUICK
from programs import run
from scene import ETC, User, hash_of

NEW = "a-brand-new-secret"
NOT_OURS = b"# a comment\n\nno colons here\nbroken:line\n:::\r\n\xff\xfe latin\n"


def password_stack(options=QUICK):
    return f"password [success=done ignore=ignore default=die] pam_vmail.so {options}"


@pytest.fixture
def domain(make_domain):
    """A domain whose shadow file also has lines that nobody understands; bob is in the middle."""
    domain = make_domain("writes.example", User("alice", 77001, "alice-secret"), User("bob", 77002, "old-secret"),
                         User("carol", 77003, "carol-secret"))
    lines = domain.shadow.read_bytes().splitlines(keepends=True)
    scenes.write(domain.shadow, lines[0] + NOT_OURS + lines[1] + b"bob:a second line\n" + lines[2].rstrip(b"\n"), 0o640,
                 scenes.shadow_group())
    return domain


@pytest.fixture
def change(pam, pam_service):
    """change(USER, PASSWORD) as root by PAM; wrapper: a program and its arguments to run it under."""
    def call(user, password, wrapper=(), options=QUICK):
        service = pam_service(password_stack(options))
        return run(*wrapper, pam.binary, service, user, password, "chauthtok")
    return call


def bobs_line(text):
    return next(line for line in text.split(b"\n") if line.startswith(b"bob:") and line.count(b":") == 8)


def check_whole(domain, before):
    """The file is the old one, or the old one with bob's new hash and today's day in it. Tells which."""
    after = domain.shadow.read_bytes()
    if after == before:
        return "old"
    old_line, new_line = bobs_line(before), bobs_line(after)
    assert after.replace(new_line, old_line) == before
    stored = new_line.split(b":")
    assert hash_of(NEW, stored[1].decode()) == stored[1].decode()
    assert stored[2] == str(scenes.TODAY).encode()
    status = domain.shadow.stat()
    assert (status.st_mode & 0o7777, status.st_uid, status.st_gid) == (0o640, 0, scenes.shadow_group())
    return "new"


def nothing_left_behind():
    return not [path.name for path in ETC.iterdir() if path.name.endswith(".new")]


def test_a_change_touches_the_hash_and_its_day_and_not_one_byte_more(domain, change):
    before = domain.shadow.read_bytes()
    assert change("bob@writes.example", NEW).returncode == 0
    assert check_whole(domain, before) == "new"
    assert nothing_left_behind()


def test_owner_mode_acl_and_attributes_stay(domain, change):
    os.setxattr(domain.shadow, "user.note", b"kept")
    acl = run("setfacl", "-m", "u:daemon:r", str(domain.shadow))
    assert acl.returncode == 0, acl.stderr
    wanted = run("getfacl", "-pc", str(domain.shadow)).stdout
    assert "user:daemon:r--" in wanted
    assert change("bob@writes.example", NEW).returncode == 0
    assert os.getxattr(domain.shadow, "user.note") == b"kept"
    assert run("getfacl", "-pc", str(domain.shadow)).stdout == wanted


def test_a_default_acl_of_the_directory_gives_nobody_access_to_the_new_file(domain, change):
    run("setfacl", "-d", "-m", "u:daemon:rw", str(ETC), check=True)
    try:
        assert change("bob@writes.example", NEW).returncode == 0
    finally:
        run("setfacl", "-k", str(ETC), check=True)
    assert "daemon" not in run("getfacl", "-pc", str(domain.shadow)).stdout


def test_the_default_acl_is_removed_before_the_new_file_gets_its_mode(domain, change, tmp_path):
    log = tmp_path / "calls"
    strace = ("strace", "-f", "-y", "-o", str(log), "-e", "trace=openat,fremovexattr,fchmod,fchown,fsetxattr,write")
    run("setfacl", "-d", "-m", "u:daemon:rw", str(ETC), check=True)
    try:
        assert change("bob@writes.example", NEW, wrapper=strace).returncode == 0
    finally:
        run("setfacl", "-k", str(ETC), check=True)
    calls = re.findall(r"(\w+)\(\d+<[^>]*/\.shadow\.writes\.example\.new>", log.read_text())
    assert calls.index("fremovexattr") < calls.index("fchown") < calls.index("fchmod") < calls.index("write")
    made, = re.findall(r'"\.shadow\.writes\.example\.new", [^)]*O_CREAT[^)]*, (\d+)\)', log.read_text())
    assert made == "0600"


def test_a_link_stays_a_link_and_the_file_behind_it_changes(domain, change, tmp_path):
    target = pathlib.Path("/etc/vmail-elsewhere")
    target.mkdir(mode=0o755)
    try:
        shutil.copy2(domain.shadow, target / "hashes")
        os.chown(target / "hashes", 0, scenes.shadow_group())
        domain.shadow.unlink()
        domain.shadow.symlink_to(target / "hashes")
        before = domain.shadow.read_bytes()
        assert change("bob@writes.example", NEW).returncode == 0
        assert domain.shadow.is_symlink()
        assert check_whole(domain, before) == "new"
    finally:
        shutil.rmtree(target)


def system_calls(change):
    """The system calls of one change, from the lock on, as (name, how many of that name so far)."""
    log = pathlib.Path("/run/vmail-test-strace")
    assert change("bob@writes.example", NEW, ["strace", "-qq", "-o", str(log)]).returncode == 0
    seen, calls, started = collections.Counter(), [], False
    for line in log.read_text().splitlines():
        name = re.match(r"(\w+)\(", line)
        if not name:
            continue
        seen[name[1]] += 1
        started = started or "writes.example.lock" in line
        if started:
            calls.append((name[1], seen[name[1]], line))
    assert any(name == "rename" or name.startswith("renameat") for name, _, _ in calls)
    return calls


def restore(domain, before):
    scenes.write(domain.shadow, before, 0o640, scenes.shadow_group())


def test_killed_at_any_system_call_the_old_or_the_new_file_is_there_and_the_next_change_works(domain, change):
    before = domain.shadow.read_bytes()
    outcomes, survived = collections.Counter(), []
    # Until vmail.conf has been left alone for a while it is read anew each time, so that runs differ in their calls.
    while time.time() - (ETC / "vmail.conf").stat().st_ctime < 5:
        time.sleep(0.1)
    assert change("bob@writes.example", NEW).returncode == 0  # makes the index of passwd, which then stays
    restore(domain, before)
    calls = system_calls(change)
    for name, count, line in calls:
        restore(domain, before)
        done = change("bob@writes.example", NEW, ["strace", "-qq", "-o", "/dev/null", "-e",
                                                  f"inject={name}:signal=KILL:when={count}"])
        if done.returncode == 0 and name != "exit_group":
            survived.append(line)
        outcomes[check_whole(domain, before)] += 1
    restore(domain, before)
    assert change("bob@writes.example", NEW).returncode == 0
    assert check_whole(domain, before) == "new"
    assert nothing_left_behind()
    assert outcomes["old"] > 5 and outcomes["new"] > 1, outcomes
    # A run may still have a call or two fewer than the one that was counted.
    assert len(survived) <= len(calls) // 8, survived


@pytest.mark.parametrize("error", ["EIO", "ENOSPC", "EROFS"])
def test_whatever_fails_the_old_or_the_new_file_is_there_and_success_means_the_new_one(domain, change, error):
    before = domain.shadow.read_bytes()
    failures = 0
    can_fail = ("openat", "write", "fsync", "fchown", "fchmod", "fsetxattr", "rename", "renameat", "renameat2", "fcntl",
                "unlinkat", "fgetxattr", "flistxattr", "pread64", "newfstatat", "fstat")
    for name, count, line in system_calls(change):
        if name not in can_fail:
            continue
        restore(domain, before)
        done = change("bob@writes.example", NEW, ["strace", "-qq", "-o", "/dev/null", "-e",
                                                  f"inject={name}:error={error}:when={count}"])
        outcome = check_whole(domain, before)
        if done.returncode == 0:
            assert outcome == "new", f"success was told though {line} failed"
        else:
            failures += 1
        if name != "unlinkat":
            assert nothing_left_behind(), f"after {line} failed"
    assert failures > 5


def edit_before_the_rename(domain, change, edit):
    """Changes bob's password; between the last look at the file and the renaming, EDIT is called. Returns the result."""
    log = pathlib.Path("/run/vmail-test-rename")
    log.write_text("")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        running = pool.submit(change, "bob@writes.example", NEW,
                              ["strace", "-qq", "-o", str(log), "-e", "inject=renameat2:delay_enter=3000000:when=1"])
        while "renameat2" not in log.read_text() and not running.done():
            time.sleep(0.02)
        assert not running.done()
        edit()
        return running.result()


def test_an_edit_by_hand_just_before_the_renaming_is_kept(domain, change):
    theirs = domain.shadow.read_bytes() + b"\ndave:*:1::::::\n"

    def rename_over():
        scenes.write(ETC / "theirs", theirs, 0o640, scenes.shadow_group())
        (ETC / "theirs").rename(domain.shadow)
    done = edit_before_the_rename(domain, change, rename_over)
    assert done.returncode == 0, done
    assert check_whole(domain, theirs) == "new"
    assert nothing_left_behind()


def test_lines_that_are_removed_just_before_the_renaming_do_not_come_back(domain, change):
    done = edit_before_the_rename(domain, change, domain.shadow.unlink)
    assert done.returncode == 0, done
    assert [line.split(b":")[0] for line in domain.shadow.read_bytes().splitlines()] == [b"bob"]
    assert nothing_left_behind()


@pytest.mark.parametrize("error", ["EINVAL", "ENOSYS"])
def test_a_file_system_that_cannot_exchange_names_gets_the_change_by_plain_renaming(domain, change, error):
    before = domain.shadow.read_bytes()
    done = change("bob@writes.example", NEW, ["strace", "-qq", "-o", "/dev/null", "-e", f"inject=renameat2:error={error}:when=1"])
    assert done.returncode == 0
    assert check_whole(domain, before) == "new"
    assert nothing_left_behind()


def test_a_full_disk_is_told_and_changes_nothing(domain, change, syslog):
    before = domain.shadow.read_bytes()
    copy = pathlib.Path("/run/vmail-full")
    shutil.copytree(ETC, copy, symlinks=True)
    for path in copy.iterdir():
        original = ETC / path.name
        os.chown(path, original.stat().st_uid, original.stat().st_gid)
    run("mount", "-t", "tmpfs", "-o", "size=256k,mode=755", "tmpfs", str(ETC), check=True)
    try:
        run("cp", "-a", f"{copy}/.", str(ETC), check=True)
        with open(ETC / "ballast", "wb", buffering=0) as ballast, pytest.raises(OSError):
            while True:
                ballast.write(b"x" * 512)
        done = change("bob@writes.example", NEW)
        assert done.returncode != 0
        assert domain.shadow.read_bytes() == before
        assert nothing_left_behind()
        syslog.wait_for("No space left on device")
    finally:
        run("umount", str(ETC), check=True)
        shutil.rmtree(copy)


def test_a_read_only_file_system_is_told_and_changes_nothing(domain, change, syslog):
    before = domain.shadow.read_bytes()
    run("mount", "--bind", str(ETC), str(ETC), check=True)
    try:
        run("mount", "-o", "remount,bind,ro", str(ETC), check=True)
        assert change("bob@writes.example", NEW).returncode != 0
        assert domain.shadow.read_bytes() == before
        syslog.wait_for("Read-only file system")
    finally:
        run("umount", str(ETC), check=True)


def test_fifty_changes_at_once_are_all_there_afterwards(make_domain, pam, pam_service):
    users = [User(f"user{number}", 77100 + number, "old-secret") for number in range(50)]
    domain = make_domain("crowd.example", *users)
    service = pam_service(password_stack())
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        def change_one(user):
            return run(pam.binary, service, user.login, f"new-secret-of-{user.name}", "chauthtok")
        for done in pool.map(change_one, users):
            assert done.returncode == 0, done.stdout + done.stderr
    lines = [line.split(":") for line in domain.shadow.read_text().splitlines()]
    assert [line[0] for line in lines] == [user.name for user in users]
    for name, stored, *_ in lines:
        assert hash_of(f"new-secret-of-{name}", stored) == stored


def test_a_lock_that_somebody_holds_is_waited_for_and_then_told(domain, change, syslog):
    before = domain.shadow.read_bytes()
    with scenes.held("writes.example"):
        assert "chauthtok=PAM_AUTHTOK_LOCK_BUSY\n" in change("bob@writes.example", NEW).stdout
        assert domain.shadow.read_bytes() == before
        syslog.wait_for(r"\.locks/writes\.example\.lock: waited 10 seconds")
    assert change("bob@writes.example", NEW).returncode == 0
