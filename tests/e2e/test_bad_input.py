# SPDX-License-Identifier: LGPL-2.1-or-later
"""Broken files, hostile names, and every kind of descriptor 0, through the C library and through PAM."""

import contextlib
import os
import socket

import pytest

import scene as scenes
from programs import CLOSED, VA, connection_to, out, run
from scene import User

STACK = ["auth [success=done ignore=ignore default=die] pam_vmail.so", "auth requisite pam_debug.so auth=maxtries"]
TOM = User("tom", 77001, "tom-secret")
LINE = b"tom:x:77001:77001::/vhome/vc.example/tom:/bin/false"


@pytest.fixture
def vc(make_domain):
    return make_domain("vc.example", User("tom", 77001, "tom-secret"))


def found(name="tom@vc.example"):
    done = run("getent", "passwd", name)
    assert done.returncode == (0 if done.stdout else 2), f"getent ended with {done.returncode}: {done.stderr}"
    return done.stdout.rstrip("\n")


# Files


@pytest.mark.parametrize("text", [
    LINE,
    LINE + b"\r\n",
    b"\r\n\r\n" + LINE + b"\r\n",
    b"\n\n" + LINE + b"\n",
    b"# a comment\n" + LINE + b"\n",
    b"broken\n" + LINE + b"\nbroken:too\n",
    b"a:b:c:d:e:f:g:h:i\n:::::::\n" + LINE + b"\n",
    b"nul\0byte:x:77002:77002::/:/bin/false\n" + LINE + b"\n",
    b"\0" * 5000 + b"\n" + LINE + b"\n",
    b"long:x:77002:77002:" + b"x" * 3_000_000 + b":/:/bin/false\n" + LINE + b"\n",
    b"\xff\xfe\xfd:x:77002:77002::/:/bin/false\n" + LINE + b"\n",
    b"evil:x:0:0::/root:/bin/sh\n" + LINE + b"\n",
], ids=["no final newline", "CRLF", "empty CRLF lines", "empty lines", "a comment", "too few fields", "too many fields", "a NUL in a line",
        "a line of NULs", "a line of 3 MB", "bytes that are no text", "uid 0 in front"])
def test_a_good_line_is_found_whatever_stands_around_it(vc, text):
    scenes.write(vc.passwd, text)
    assert found() == "tom@vc.example:x:77001:77001::/vhome/vc.example/tom:/bin/false"
    assert found("77001").startswith("tom@vc.example:")


@pytest.mark.parametrize("text", [b"", b"\n", b"\0", b"\r\n", b"tom", b"tom:x:77001", LINE[:-11] + b"\n", b":x:77001:77001::/:/bin/sh\n"],
                         ids=["empty", "a newline", "a NUL", "a CRLF", "a word", "half a line", "a field short", "no name"])
def test_a_file_without_a_good_line_has_no_user(vc, text):
    scenes.write(vc.passwd, text)
    assert found() == ""
    assert found("77001") == ""


@pytest.mark.parametrize("uid", ["0", "-1", "999", "65535", "100000", "4294967295", "4294967296", "4295034297", "", " 77001", "71465x",
                                 "0x105b9", "18446744073709618617"])
def test_an_id_out_of_range_is_never_given_out(vc, uid):
    scenes.write(vc.passwd, f"tom:x:{uid}:77001::/:/bin/sh\nann:x:77002:{uid}::/:/bin/sh\n")
    assert found() == ""
    assert found("ann@vc.example") == ""
    assert "vc.example" not in out("getent", "passwd")


def test_of_two_lines_with_one_name_the_first_counts_everywhere(vc, pam, pam_service):
    scenes.write(vc.passwd, b"tom:x:77001:77001::/first:/bin/false\ntom:x:77002:77002::/second:/bin/false\n")
    assert found().split(":")[2] == "77001"
    assert pam(pam_service(*STACK), "tom@vc.example", "tom-secret").auth == "PAM_SUCCESS"


def test_a_domain_whose_passwd_file_is_gone_is_gone(vc):
    vc.passwd.unlink()
    assert found() == ""


def test_an_edit_is_in_force_at_the_next_look_up(vc):
    assert found().split(":")[2] == "77001"
    scenes.write(vc.passwd, b"tom:x:77009:77009::/:/bin/false\n")
    assert found().split(":")[2] == "77009"


def not_trusted(path, how):
    elsewhere = path.parent.parent / "vmail-elsewhere"
    if how == "group-writable":
        path.chmod(0o664)
    elif how == "world-writable":
        path.chmod(0o646)
    elif how == "owned by a user":
        os.chown(path, 1002, 1002)
    elif how == "a link to a user's file":
        target = scenes.write("/home/sue/passwd", path.read_bytes())
        os.chown(target, 1002, 1002)
        path.unlink()
        path.symlink_to(target)
    elif how == "a link into a directory of a user":
        target = scenes.write("/home/sue/passwd", path.read_bytes())
        path.unlink()
        path.symlink_to(target)
    elif how == "a link to nothing":
        path.unlink()
        path.symlink_to(elsewhere)
    elif how == "a link to itself":
        path.unlink()
        path.symlink_to(path.name)
    elif how == "a directory":
        path.unlink()
        path.mkdir()
    elif how == "a FIFO":
        path.unlink()
        os.mkfifo(path)
    elif how == "a device":
        path.unlink()
        path.symlink_to("/dev/zero")


@pytest.mark.parametrize("how", ["group-writable", "world-writable", "owned by a user", "a link to a user's file",
                                 "a link into a directory of a user", "a link to nothing", "a link to itself", "a directory", "a FIFO",
                                 "a device"])
def test_a_passwd_file_that_is_not_to_be_trusted_has_no_user_and_lets_nobody_in(vc, pam, pam_service, how):
    not_trusted(vc.passwd, how)
    assert found() == ""
    assert "vc.example" not in out("getent", "passwd")
    assert pam(pam_service(*STACK), "tom@vc.example", "tom-secret").auth != "PAM_SUCCESS"


def test_a_link_to_a_file_of_root_is_trusted(vc, pam, pam_service):
    target = scenes.write("/etc/vmail-people-elsewhere", vc.passwd.read_bytes())
    vc.passwd.unlink()
    vc.passwd.symlink_to(target)
    try:
        assert found().startswith("tom@vc.example:")
        assert pam(pam_service(*STACK), "tom@vc.example", "tom-secret").auth == "PAM_SUCCESS"
    finally:
        target.unlink()


# Names

NAMES = ["../etc/passwd", "../../root@vc.example", "tom@../vc.example", "tom@vc.example/../vc.example", "tom@/etc/passwd", "/@vc.example",
         "tom:x@vc.example", "tom\n@vc.example", "tom\x01@vc.example", "tom\x7f@vc.example", "tom @vc.example", " tom@vc.example",
         "t" * 300 + "@vc.example", "tom@" + "d" * 300, "tom@" + "d." * 150 + "example", "@", "tom@", "@vc.example", "tom@vc@example",
         "tom@vc.example@vc.example", "tom@.", "tom@..", "tom@vc..example", "tom@.vc.example", "tom@vc.example.", "-tom@vc.example",
         ".tom@vc.example", "tom@[", "tom@[]", "tom@[127.0.0.2", "tom@127.0.0.2]", "tom@[127.0.0.2]x", "tom@[999.0.0.1]", "tom@[../etc]",
         "t\u00f6m@vc.example", "tom@v\u00e7.example", "%s%n@vc.example", "tom@vc.example\r", "tom,ann@vc.example", "tom@vc.example "]


@pytest.mark.parametrize("name", NAMES, ids=[ascii(name)[:40] for name in NAMES])
def test_a_hostile_name_is_nobody(vc, pam, pam_service, name):
    for database in ("passwd", "shadow", "group"):
        done = run("getent", database, "--", name)
        assert (done.returncode, done.stdout) == (2, ""), f"{database}: {done.stdout}{done.stderr}"
    assert run("getent", "initgroups", "--", name).returncode == 0
    is_of_the_domain = name.partition("@")[2] == "vc.example"
    assert pam(pam_service(*STACK), name, "tom-secret").auth == ("PAM_USER_UNKNOWN" if is_of_the_domain else "PAM_MAXTRIES")


@pytest.mark.parametrize("name", ["TOM@VC.EXAMPLE", "Tom@vc.example", "tom@Vc.Example"])
def test_capitals_are_folded(vc, name):
    assert found(name).startswith("tom@vc.example:")


def test_a_copy_of_a_passwd_file_that_an_editor_leaves_is_no_domain(vc):
    for suffix in ("~", ".bak", ".dpkg-old"):
        (vc.passwd.parent / (vc.passwd.name + suffix)).write_bytes(vc.passwd.read_bytes())
    try:
        assert [line for line in out("getent", "passwd").splitlines() if line.startswith("tom@")] == [found()]
    finally:
        for suffix in ("~", ".bak", ".dpkg-old"):
            (vc.passwd.parent / (vc.passwd.name + suffix)).unlink()


# Descriptor 0


@contextlib.contextmanager
def descriptor(kind, tmp_path):
    with contextlib.ExitStack() as keep:
        if kind == "closed":
            yield CLOSED
        elif kind == "a file":
            yield keep.enter_context(open("/etc/hostname", encoding="utf-8"))
        elif kind == "a directory":
            number = os.open("/", os.O_RDONLY)
            keep.callback(os.close, number)
            yield number
        elif kind == "a pipe":
            ends = os.pipe()
            for end in ends:
                keep.callback(os.close, end)
            yield ends[0]
        elif kind == "a UNIX socket":
            pair = socket.socketpair()
            for end in pair:
                keep.enter_context(end)
            yield pair[0]
        else:
            family = socket.AF_INET
            udp = keep.enter_context(socket.socket(family, socket.SOCK_DGRAM if "UDP" in kind else socket.SOCK_STREAM))
            if kind != "a TCP socket without an address":
                udp.bind((VA, 0))
            if kind == "a listening socket":
                udp.listen()
            yield udp


KINDS = ["closed", "a file", "a directory", "a pipe", "a UNIX socket", "a UDP socket", "a listening socket", "a TCP socket without an address",
         "a bound TCP socket"]


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_connection_makes_a_plain_name_a_virtual_one(pam, pam_service, tmp_path, kind):
    with descriptor(kind, tmp_path) as zero:
        assert out("getent", "passwd", "bob", stdin=zero).startswith("bob:x:1001:")
        assert run("getent", "passwd", "alice", stdin=zero).returncode == 2
        answer = pam(pam_service(*STACK), "alice", "x", stdin=zero)
        assert (answer.auth, answer.prompts) == ("PAM_MAXTRIES", 0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_name_counts_whatever_descriptor_0_is(pam, pam_service, scene, tmp_path, kind):
    with descriptor(kind, tmp_path) as zero:
        assert out("getent", "passwd", "bob@va.example", stdin=zero).startswith("bob@va.example:x:70000:")
        assert pam(pam_service(*STACK), "bob@va.example", scene.va["bob"].password, stdin=zero).auth == "PAM_SUCCESS"


def test_no_environment_variable_changes_who_is_who():
    hostile = {"TCPLOCALIP": VA, "SERVER_ADDR": VA, "LC_ALL": "xx_XX.UTF-8", "VMAIL_CONF": "/home/sue/vmail.conf", "HOME": "/home/sue",
               "NSS_VMAIL_DIR": "/home/sue"}
    assert out("getent", "passwd", "bob", env=hostile).startswith("bob:x:1001:")
    assert out("getent", "passwd", "bob@va.example", env=hostile).startswith("bob@va.example:x:70000:")


def test_a_look_up_leaves_no_descriptor_open_and_none_changed():
    script = ("import os, pwd\n"
              "before = sorted(os.listdir('/proc/self/fd'))\n"
              "pwd.getpwnam('bob@va.example'), pwd.getpwuid(71000), pwd.getpwall()\n"
              "assert sorted(os.listdir('/proc/self/fd')) == before\n")
    with connection_to(VA) as connection:
        out("/usr/bin/python3", "-c", script, stdin=connection)


def test_a_program_that_has_closed_every_descriptor_gets_its_answers():
    script = ("import os, pwd\n"
              "assert pwd.getpwnam('bob@va.example').pw_uid == 70000\n"
              "keep = os.dup2(1, 100)\n"
              "os.closerange(0, 100)\n"
              "ok = pwd.getpwnam('bob@vb.example').pw_uid == 71000 and pwd.getpwnam('root').pw_uid == 0\n"
              "os.write(keep, b'good' if ok else b'bad')\n"
              "os._exit(0)\n")
    assert out("/usr/bin/python3", "-c", script) == "good"


def test_a_wrong_line_of_vmail_conf_is_logged_once_for_a_login(scene, pam_service, vmail_conf, syslog):
    vmail_conf((scenes.ETC / "vmail.conf").read_text() + "[vmail]\ncolour = blue\n")
    service = pam_service("auth required pam_vmail.so nodelay", "account required pam_vmail.so", "session required pam_vmail.so")
    run("pamtester", service, "bob@va.example", "authenticate", "acct_mgmt", "open_session", input=scene.va["bob"].password + "\n", check=True)
    syslog.wait_for("colour")
    assert len(syslog.lines("colour")) == 1
