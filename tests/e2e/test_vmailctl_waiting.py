# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmailctl waits as long as its caller likes: for a password, for a reader of its messages. Meanwhile the world changes."""

import contextlib
import os
import pathlib
import subprocess
import time

import pytest

import scene as scenes
from programs import run
from scene import ETC, User
from vmailctl import EXISTS, NO_SUCH, REFUSED, UNAVAILABLE, VMAILCTL, VMAIL_ADMIN, ctl, ctl_out

CONF = """[domain vc.example]
ids = 67536-67635
admins = sue
[domain vd.example]
ids = 67636-67735
"""
READ, WRITE = 0, 1  # system calls


@pytest.fixture
def vc(make_domain, vmail_conf):
    vmail_conf(CONF)
    return make_domain("vc.example", User("tom", 67536, "x"), groups="staff:x:67538:tom\n")


def wait_for(process, call, descriptor):
    """Until the process sits in a system call on this descriptor."""
    for _ in range(500):
        words = pathlib.Path(f"/proc/{process.pid}/syscall").read_text().split()
        if words[0] == str(call) and int(words[1], 16) == descriptor:
            return
        time.sleep(0.01)
    raise AssertionError(f"{process.args} does not wait: {words}")


@contextlib.contextmanager
def waiting(*arguments, uid=None):
    """vmailctl that waits for a password on standard input, of root, or as vmail-admin of the uid that called sudo."""
    environment = {"PATH": "/usr/sbin:/usr/bin"} | ({} if uid is None else {"SUDO_UID": uid})
    program = VMAILCTL if uid is None else VMAIL_ADMIN
    process = subprocess.Popen([program, *arguments, "--password-stdin"], env=environment, text=True, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        wait_for(process, READ, 0)
        yield process
    finally:
        process.kill()
        process.communicate()


def uid_of(name):
    return run("id", "-u", name).stdout.strip()


def answer(process):
    """Types the password; gives the exit code and what was said."""
    _, errors = process.communicate("a long secret\n", timeout=30)
    return process.returncode, errors


def files():
    return {path.name: path.read_bytes() for path in ETC.iterdir() if not path.name.startswith(".")}


@pytest.mark.parametrize("command", [("user", "passwd", "tom@vc.example"), ("user", "add", "new@vc.example")])
def test_who_was_dismissed_meanwhile_changes_nothing(vc, command):
    with waiting(*command, uid=uid_of("sue")) as process:
        ctl_out("domain", "set", "vc.example", "--unset=admins")
        before = files()
        code, errors = answer(process)
    assert code == UNAVAILABLE and "vmail.conf has changed since this command started" in errors
    assert files() == before


@pytest.mark.parametrize("command", [("user", "passwd", "tom@vc.example"), ("user", "add", "new@vc.example")])
def test_who_was_not_dismissed_does(vc, command):
    with waiting(*command, uid=uid_of("sue")) as process:
        before = files()
        assert answer(process) == (0, "")
    assert files() != before


def has_open(process, path):
    for fd in pathlib.Path(f"/proc/{process.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            if os.readlink(fd) == str(path):
                return True
    return False


@contextlib.contextmanager
def waiting_for_lock(*arguments):
    """vmail-admin, run by sue, that waits for the lock of vc.example; it gets the lock at the end of the block."""
    with contextlib.ExitStack() as stack:
        lock = stack.enter_context(scenes.held("vc.example"))
        process = subprocess.Popen([VMAIL_ADMIN, "-y", *arguments], env={"PATH": "/usr/sbin:/usr/bin", "SUDO_UID": uid_of("sue")},
                                   text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            for _ in range(500):
                if has_open(process, lock):
                    break
                time.sleep(0.01)
            else:
                raise AssertionError(f"{arguments} does not wait for the lock")
            yield process
            stack.close()
            process.out, process.errors = process.communicate(timeout=30)
        finally:
            process.kill()
            process.wait()


@pytest.mark.parametrize("command", [
    ("user", "passwd", "tom@vc.example", "--generate"), ("user", "lock", "tom@vc.example"), ("user", "unlock", "ann@vc.example"),
    ("user", "set", "tom@vc.example", "--comment=x"), ("user", "expire", "tom@vc.example", "2030-01-01"),
    ("user", "add", "new@vc.example", "--no-password"), ("user", "del", "tom@vc.example"), ("user", "rename", "tom@vc.example", "tim"),
    ("group", "add", "sales@vc.example"), ("group", "set", "staff@vc.example", "--name=crew"), ("group", "del", "staff@vc.example"),
    ("group", "member", "add", "staff@vc.example", "ann"), ("group", "member", "del", "staff@vc.example", "tom"),
    ("alias", "set", "info@vc.example", "tom"), ("alias", "add", "info@vc.example", "tom"), ("alias", "del", "list@vc.example"),
], ids=" ".join)
def test_who_is_dismissed_while_a_command_waits_for_the_lock_changes_nothing(vc, command):
    (ETC / "aliases.vc.example").write_text("list: tom\n")
    ctl_out("user", "add", "ann@vc.example", "--no-password")
    ctl_out("user", "passwd", "ann@vc.example", "--generate")
    ctl_out("user", "lock", "ann@vc.example")
    try:
        with waiting_for_lock(*command) as process:
            (ETC / "vmail.conf").write_text(CONF.replace("admins = sue", "admins = bob"))
            before = files()
        assert process.returncode == UNAVAILABLE and "vmail.conf has changed since this command started" in process.errors
        assert files() == before
    finally:
        (ETC / "aliases.vc.example").unlink()


def test_a_gid_is_that_of_the_group_once_the_lock_is_there(vc):
    with waiting_for_lock("user", "set", "tom@vc.example", "--gid=staff") as process:
        vc.group.write_text("staff:x:67600:tom\n")
    assert (process.returncode, process.errors) == (0, "")
    assert vc.passwd.read_text().split(":")[3] == "67600"


def test_a_group_that_becomes_a_primary_one_meanwhile_is_not_deleted(vc):
    with waiting_for_lock("group", "del", "staff@vc.example") as process:
        vc.group.write_text("staff:x:67600:tom\n")
        vc.passwd.write_text(vc.passwd.read_text().replace(":67536:67536:", ":67536:67600:"))
    assert process.returncode == REFUSED and vc.group.read_text() == "staff:x:67600:tom\n"


def test_a_user_who_is_deleted_meanwhile_does_not_become_a_member(vc):
    ctl_out("user", "add", "ann@vc.example", "--no-password")
    with waiting_for_lock("group", "member", "add", "staff@vc.example", "ann") as process:
        vc.passwd.write_text("".join(line for line in vc.passwd.read_text().splitlines(True) if not line.startswith("ann:")))
    assert process.returncode == NO_SUCH and "ann" not in vc.group.read_text()


def test_the_home_that_goes_is_the_one_that_the_user_has_once_the_lock_is_there(vc):
    old, new = pathlib.Path("/vhome/vc.example/tom"), pathlib.Path("/vhome/vc.example/tom-moved")
    for home in (old, new):
        home.mkdir(parents=True, exist_ok=True)
        os.chown(home, 67536, 67536)
    with waiting_for_lock("user", "del", "tom@vc.example", "--purge") as process:
        vc.passwd.write_text(vc.passwd.read_text().replace(f":{old}:", f":{new}:"))
    assert process.returncode == 0, process.errors
    assert old.exists() and not new.exists()
    old.rmdir()


def test_a_domain_that_is_deleted_meanwhile_does_not_come_back(vc):
    with waiting("user", "add", "new@vc.example") as process:
        ctl_out("--yes", "domain", "del", "--force", "vc.example")
        code, errors = answer(process)
    assert code == NO_SUCH and "the domain vc.example no longer exists" in errors
    assert not [name for name in files() if "vc.example" in name]


def test_a_new_user_gets_an_id_of_the_block_as_it_is_when_he_is_added(vc):
    with waiting("user", "add", "new@vc.example") as process:
        (ETC / "vmail.conf").write_text(CONF.replace("67536-67635", "67800-67899"))
        assert answer(process) == (0, "")
    assert 67800 <= int(run("getent", "passwd", "new@vc.example").stdout.split(":")[2]) <= 67899


def test_whoever_reads_no_messages_keeps_no_lock(vc):
    """A full pipe as standard error: the message that there is such a group is not read."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(write, b"x" * 4096)
    os.set_blocking(write, True)
    process = subprocess.Popen([VMAILCTL, "group", "add", "staff@vc.example"], stderr=write)
    os.close(write)
    try:
        wait_for(process, WRITE, 2)
        ctl_out("user", "add", "new@vc.example", "--no-password")
        process.terminate()
        assert process.wait(timeout=10) == -15
    finally:
        process.kill()
        process.wait()
        os.close(read)


def test_messages_that_waited_are_all_said(vc):
    done = ctl("--json", "group", "add", "staff@vc.example")
    assert done.returncode == EXISTS and done.stderr.count('"error"') == 1
