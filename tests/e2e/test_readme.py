# SPDX-License-Identifier: LGPL-2.1-or-later
"""The terminal session in README.md is what really happens."""

import contextlib
import os
import pathlib
import re
import shutil

import pytest

import mail_setup
import session
from daemons import program
from kept import keep_all
from programs import EXAMPLES, UNPACKED, out, run

README = pathlib.Path(__file__).parents[2] / "README.md"
PASSWD = pathlib.Path("/etc/passwd")
DOC = README.parent / "doc"
HEADING = "## First steps"
MOVED = ["/etc/vmail", "/vhome", "/var/cache/vmail", "/etc/pam.d"]


def put_back(path):
    shutil.rmtree(path, ignore_errors=True)
    shutil.move(path + ".away", path)


def hide_unpacked_programs(cleaning):
    """What other tests have linked to its usual path: this machine has not installed these daemons."""
    for link in pathlib.Path("/usr/sbin").iterdir():
        if link.is_symlink() and link.readlink().is_relative_to(UNPACKED):
            cleaning.callback(link.symlink_to, link.readlink())
            link.unlink()


@pytest.fixture
def empty_host():
    with contextlib.ExitStack() as cleaning:
        hide_unpacked_programs(cleaning)
        for path in MOVED:
            shutil.move(path, path + ".away")  # overlayfs does not rename what lies below
            cleaning.callback(put_back, path)
        os.mkdir("/etc/vmail", 0o755)
        os.mkdir("/etc/pam.d", 0o755)
        cleaning.callback(PASSWD.write_text, PASSWD.read_text())
        PASSWD.write_text(re.sub(r"^bob:.*\n", "", PASSWD.read_text(), flags=re.M))  # of the tests' scene
        for file in ("other", "common-auth", "common-account", "common-password",
                     "common-session"):
            shutil.copyfile(f"/etc/pam.d.away/{file}", f"/etc/pam.d/{file}")
        shutil.copyfile(EXAMPLES / "pam.d" / "dovecot", "/etc/pam.d/dovecot")
        yield


@pytest.fixture
def machine_of_the_demo():
    """Without the tests' scene."""
    program("solid-pop3d", "/usr/sbin/solid-pop3d")
    with contextlib.ExitStack() as cleaning:
        keep_all(["/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", "/etc/subuid", "/etc/subgid", "/etc/pam.d",
                  "/etc/inetd.conf", "/etc/spop3d.conf"], ["/etc/vmail", "/vhome", "/var/cache/vmail", "/home"], cleaning)
        for path in ("/etc/vmail", "/home"):
            os.mkdir(path, 0o755)
        for name in ("bob", "sue"):
            run("userdel", name)
        yield


@pytest.fixture
def mail_server(empty_host):
    """What README says is already set up."""
    with mail_setup.vmail_map(), mail_setup.dovecot(), mail_setup.postfix("postfix-dovecot-lmtp", (mail_setup.SMTP, mail_setup.SUBMISSION), "postfix"):
        yield mail_setup.Mail()


def test_the_first_steps_go_as_readme_shows_it(mail_server):
    steps = session.steps(README.read_text().split(HEADING, 1)[1].split("\n## ", 1)[0])
    assert len(steps) >= 6 and all(any(word in command for _, command, _ in steps) for word in ("check", "sendmail"))
    for _, command, shown in steps:
        answer = session.on_terminal(["sh", "-c", command], b"a long secret")
        assert session.comparable(answer) == session.comparable("\n".join(shown)), command
        mail_server.wait()


@pytest.mark.parametrize("name", sorted(path.name for path in DOC.glob("*.svg")))
def test_a_picture_is_what_its_text_makes(tmp_path, name):
    for path in (DOC / "draw", *DOC.glob("*.txt"), DOC / "costs.md"):
        shutil.copy(path, tmp_path)
    out(str(tmp_path / "draw"))
    assert (tmp_path / name).read_text() == (DOC / name).read_text()


def test_the_session_in_the_picture_is_what_the_demo_prints(machine_of_the_demo):
    command, *shown = (DOC / "session.txt").read_text().rstrip().split("\n\n")
    assert command == "$ sudo examples/demo" and len(shown) == 4
    rest = re.sub(r" +$", "", out("bash", "examples/demo.d/inside", "", ""), flags=re.M)
    for part in shown:
        _, found, rest = rest.partition(f"\n{part}\n")
        assert found, part
