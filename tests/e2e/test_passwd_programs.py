# SPDX-License-Identifier: LGPL-2.1-or-later
"""The programs that Debian ships for changing passwords, as they are: passwd, chpasswd, poppassd."""

import contextlib
import pathlib
import socket
import time

import pytest

import scene as scenes
from daemons import Daemon, install_example, program
from programs import SYSTEM, VA, out, run
from scene import ETC, TODAY, User, hash_of
from vmailctl import ctl

pexpect = pytest.importorskip("pexpect", reason="this Debian has no package python3-pexpect")

OLD, NEW = "old-secret-of-tom", "n3w-Secret-of-Tom"


@pytest.fixture(scope="module", autouse=True)
def stacks():
    for name in ("passwd", "chpasswd", "poppassd"):
        install_example(f"pam.d/{name}", f"/etc/pam.d/{name}")


@pytest.fixture
def tom(make_domain):
    make_domain("vc.example", User("tom", 77001, OLD, lstchg=TODAY - 10),
                User("forced", 77002, OLD, lstchg=0), User("locked", 77003, hash="!" + hash_of(OLD)))
    return "tom@vc.example"


def fields(login):
    """The shadow fields of a user: a system user's by NSS, a virtual user's from the domain's file."""
    name, _, domain = login.lower().partition("@")
    if not domain:
        return out("getent", "shadow", login).split(":")
    lines = (ETC / f"shadow.{domain}").read_text().splitlines()
    return next(line.split(":") for line in lines if line.startswith(f"{name}:"))


def has_password(login, password):
    stored = fields(login)[1]
    return hash_of(password, stored) == stored


class Terminal:
    """A program on a terminal, as root or as the user with a uid."""

    def __init__(self, *argv, uid=None):
        if uid is not None:
            argv = ("setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups", *argv)
        self.child = pexpect.spawn(argv[0], list(argv[1:]), encoding="utf-8", timeout=60, echo=False)

    def answer(self, prompt, line):
        self.child.expect(prompt)
        self.child.sendline(line)

    def status(self):
        self.child.expect(pexpect.EOF)
        self.text = self.child.before
        self.child.close()
        return self.child.exitstatus


# passwd


@pytest.fixture
def takes_domains(tom):
    """Newer ones (Debian 13) do not, not even from root; chpasswd still does."""
    if "not a valid name" in run("passwd", "--status", tom).stderr:
        pytest.skip("this passwd takes no name with a domain")


@pytest.mark.parametrize("name", ["tom@vc.example", "TOM@vc.example"])
def test_root_sets_the_password_of_a_virtual_user(takes_domains, tom, name):
    terminal = Terminal("passwd", name)
    terminal.answer("New password:", NEW)
    terminal.answer("Retype new password:", NEW)
    assert terminal.status() == 0, terminal.text
    assert has_password(tom, NEW) and fields(tom)[2] == str(TODAY)


def test_the_user_himself_changes_his_password_through_the_set_id_program(tom):
    terminal = Terminal("passwd", uid=77001)
    terminal.answer("(?i)current password:", OLD)
    terminal.answer("New password:", NEW)
    terminal.answer("Retype new password:", NEW)
    assert terminal.status() == 0, terminal.text
    assert has_password(tom, NEW) and fields(tom)[2] == str(TODAY)


def test_the_user_himself_is_refused_without_the_old_password(tom):
    terminal = Terminal("passwd", uid=77001)
    terminal.answer("(?i)current password:", "wrong")
    assert terminal.status() == 10  # PAM said no
    assert has_password(tom, OLD) and fields(tom)[2] == str(TODAY - 10)


@pytest.mark.parametrize("victim", ["bob@va.example", "bob", "root"])
def test_a_virtual_user_cannot_change_the_password_of_somebody_else(tom, victim):
    before = fields(victim)
    assert Terminal("passwd", victim, uid=77001).status() == 1
    assert fields(victim) == before


def test_root_gets_an_error_for_a_user_who_is_not_there(tom):
    assert Terminal("passwd", "nobody-here@vc.example").status() == 1


def test_the_password_of_a_system_user_goes_where_it_ever_went(scene, tom):
    before = fields("sue")
    terminal = Terminal("passwd", "sue")
    terminal.answer("New password:", NEW)
    terminal.answer("Retype new password:", NEW)
    assert terminal.status() == 0, terminal.text
    try:
        assert has_password("sue", NEW) and has_password("bob", scene.system_password["bob"])
    finally:
        run("chpasswd", "--encrypted", input=f"sue:{before[1]}\n", check=True)


# a user who stops the program while it holds the lock

AS_TOM = ("setpriv", "--reuid", "77001", "--regid", "77001", "--clear-groups")


def wait_for_the_lock(domain):
    """Returns when somebody holds the lock of the domain."""
    path = scenes.lock_file(domain)
    for _ in range(6000):
        if path.exists() and f":{path.stat().st_ino} " in pathlib.Path("/proc/locks").read_text():
            return
        time.sleep(0.01)
    raise AssertionError("nobody took the lock")


@contextlib.contextmanager
def shell_where_a_change_takes_time(tmp_path):
    """A shell of tom's on a terminal; whatever runs in it spends a while in fsync(2), with the lock held."""
    shell = Terminal("strace", "-f", "-qq", "-o", str(tmp_path / "log"), "-e", "inject=fsync:delay_enter=2000000:when=1",
                     *AS_TOM, "bash", "--norc", "--noprofile", "-i")
    try:
        shell.child.expect(r"\$ ")
        yield shell
    finally:
        run(*AS_TOM, "python3", "-c", "import os; os.kill(-1, 9)")
        shell.child.close(force=True)


def test_a_user_who_stops_passwd_while_it_holds_the_lock_can_still_be_locked(tom, tmp_path):
    with shell_where_a_change_takes_time(tmp_path) as shell:
        shell.child.sendline("passwd")
        shell.answer("(?i)current password:", OLD)
        shell.answer("New password:", NEW)
        shell.answer("Retype new password:", NEW)
        wait_for_the_lock("vc.example")
        run(*AS_TOM, "python3", "-c", "import os, signal; os.kill(-1, signal.SIGSTOP)", check=True)
        locked = ctl("user", "lock", tom)
        if "try again" in locked.stderr:  # the change came first
            locked = ctl("user", "lock", tom)
        assert locked.returncode == 0, locked.stderr
        stored = fields(tom)[1]
        assert stored[0] == "!" and hash_of(NEW, stored[1:]) == stored[1:]


# chpasswd


def test_chpasswd_sets_the_passwords_of_virtual_and_system_users_together(tom, scene):
    before = fields("sue")[1]
    done = run("chpasswd", input=f"{tom}:{NEW}\nsue:{NEW}\nforced@vc.example:{NEW}\n")
    try:
        assert done.returncode == 0, done.stderr
        assert [has_password(name, NEW) for name in (tom, "sue", "forced@vc.example")] == [True, True, True]
        assert fields("forced@vc.example")[2] == str(TODAY)
    finally:
        run("chpasswd", "--encrypted", input=f"sue:{before}\n", check=True)


def test_chpasswd_tells_which_line_names_a_user_who_is_not_there(tom):
    done = run("chpasswd", input=f"nobody-here@vc.example:{NEW}\n{tom}:{NEW}\n")
    assert done.returncode != 0 and "line 1" in done.stderr
    assert has_password(tom, NEW)


# poppassd


@pytest.fixture(scope="module")
def poppassd(tmp_path_factory):
    program("poppassd", "/usr/sbin/poppassd")
    inetd = program("openbsd-inetd", "/usr/sbin/inetd")
    conf = install_example("inetd/poppassd.conf", tmp_path_factory.mktemp("inetd") / "inetd.conf")
    with Daemon(inetd, "-i", str(conf), ports=[(SYSTEM, 106)]) as daemon:
        yield daemon


def change(user, old, new):
    """The codes of poppassd's answers, up to the first refusal."""
    codes = []
    with socket.create_connection((SYSTEM, 106), timeout=60, source_address=(SYSTEM, 0)) as connection:
        with connection.makefile("rw", newline="\r\n") as lines:
            codes.append(lines.readline()[:3])
            for command in (f"user {user}", f"pass {old}", f"newpass {new}", "quit"):
                lines.write(command + "\r\n")
                lines.flush()
                codes.append(lines.readline()[:3])
                if codes[-1] != "200":
                    break
    return codes


def test_poppassd_changes_the_password_of_a_virtual_user_who_knows_the_old_one(poppassd, tom):
    assert change(tom, OLD, NEW) == ["200"] * 5
    assert has_password(tom, NEW) and fields(tom)[2] == str(TODAY)


def test_poppassd_changes_a_password_that_must_be_changed(poppassd, tom):
    assert change("forced@vc.example", OLD, NEW)[3] == "200"
    assert has_password("forced@vc.example", NEW) and fields("forced@vc.example")[2] == str(TODAY)


def test_poppassd_refuses_a_wrong_old_password(poppassd, tom):
    assert change(tom, "wrong", NEW)[-1] == "500"
    assert has_password(tom, OLD)


def test_poppassd_refuses_the_old_password_of_another_bob(poppassd, scene):
    before = fields("bob@va.example"), fields("bob@vb.example"), fields("bob")
    assert change("bob@va.example", scene.vb["bob"].password, NEW)[-1] == "500"
    assert change("bob", scene.va["bob"].password, NEW)[-1] == "500"
    assert (fields("bob@va.example"), fields("bob@vb.example"), fields("bob")) == before


@pytest.mark.parametrize("user", ["locked@vc.example", "nobody-here@vc.example", "tom@elsewhere.example"])
def test_poppassd_refuses_a_locked_and_an_unknown_user(poppassd, tom, user):
    assert change(user, OLD, NEW)[-1] == "500"


def test_poppassd_changes_the_password_of_a_system_user_as_ever(poppassd, scene):
    before = fields("sue")[1]
    assert change("sue", scene.system_password["sue"], NEW)[3] == "200"
    try:
        assert has_password("sue", NEW)
    finally:
        run("chpasswd", "--encrypted", input=f"sue:{before}\n", check=True)
