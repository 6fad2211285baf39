# SPDX-License-Identifier: LGPL-2.1-or-later
"""The terminal session in README.md is what really happens."""

import contextlib
import os
import pathlib
import pty
import re
import shutil

import pytest

from programs import EXAMPLES

README = pathlib.Path(__file__).parents[2] / "README.md"
PASSWD = pathlib.Path("/etc/passwd")
HEADING = "## First steps"
MOVED = ["/etc/vmail", "/vhome", "/var/cache/vmail", "/etc/pam.d"]
# What differs each time: a password that was made up, and how many milliseconds a step took.
CHANGING = [(re.compile(r"\b(?:[a-z0-9]{5}-){3}[a-z0-9]{5}\b"), "(password)"),
            (re.compile(r"^((?:resolve|user|password|account|get\w+) .*) \d+ *$", re.M), r"\1 (time)")]


def session():
    """The commands of the session, each with what README shows below it."""
    text = README.read_text().split(HEADING, 1)[1].split("\n## ", 1)[0]
    steps = []
    for line in re.findall(r"^    (.*)$", text, re.M):
        if line.startswith("# "):
            steps.append((line[2:], []))
        else:
            steps[-1][1].append(line)
    return steps


def on_terminal(command, answer):
    """What COMMAND shows on a terminal where every password that it asks for is ANSWER."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execvpe("sh", ["sh", "-c", command], {**os.environ, "NO_COLOR": "1", "TERM": "xterm"})
    shown = b""
    try:
        while chunk := os.read(fd, 4096):
            shown += chunk
            if shown.endswith(b": "):
                os.write(fd, answer + b"\n")
    except OSError:  # the terminal is gone with the program
        pass
    os.close(fd)
    os.waitpid(pid, 0)
    return shown.decode().replace("\r", "")


def comparable(text):
    for pattern, word in CHANGING:
        text = pattern.sub(word, text)
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


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


def test_the_first_steps_go_as_readme_shows_it(empty_host):
    steps = session()
    assert len(steps) >= 6 and any("check" in command for command, _ in steps)
    for command, shown in steps:
        assert comparable(on_terminal(command, b"a long secret")) == comparable("\n".join(shown)), command
