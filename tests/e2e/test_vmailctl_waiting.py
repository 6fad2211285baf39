# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmailctl waits as long as its caller likes: for a password, for a reader of its messages. Meanwhile the world changes."""

import contextlib
import os
import pathlib
import subprocess
import time

import pytest

from programs import run
from scene import ETC, User
from vmailctl import EXISTS, NO_SUCH, UNAVAILABLE, VMAILCTL, VMAIL_ADMIN, ctl, ctl_out

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
    assert code == UNAVAILABLE and "vmail.conf has changed since this command began" in errors
    assert files() == before


@pytest.mark.parametrize("command", [("user", "passwd", "tom@vc.example"), ("user", "add", "new@vc.example")])
def test_who_was_not_dismissed_does(vc, command):
    with waiting(*command, uid=uid_of("sue")) as process:
        before = files()
        assert answer(process) == (0, "")
    assert files() != before


def test_a_domain_that_is_deleted_meanwhile_does_not_come_back(vc):
    with waiting("user", "add", "new@vc.example") as process:
        ctl_out("--yes", "domain", "del", "--force", "vc.example")
        code, errors = answer(process)
    assert code == NO_SUCH and "there is no domain vc.example any more" in errors
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
