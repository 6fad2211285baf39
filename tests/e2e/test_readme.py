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
from programs import EXAMPLES, out

README = pathlib.Path(__file__).parents[2] / "README.md"
PASSWD = pathlib.Path("/etc/passwd")
DOC = README.parent / "doc"
HEADING = "## First steps"
MOVED = ["/etc/vmail", "/vhome", "/var/cache/vmail", "/etc/pam.d"]


def put_back(path):
    shutil.rmtree(path, ignore_errors=True)
    shutil.move(path + ".away", path)


@pytest.fixture
def empty_host():
    with contextlib.ExitStack() as cleaning:
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


def test_the_picture_is_what_its_text_makes(tmp_path):
    for name in ("draw", "picture.txt"):
        shutil.copy(DOC / name, tmp_path)
    out(str(tmp_path / "draw"))
    assert (tmp_path / "picture.svg").read_text() == (DOC / "picture.svg").read_text()
