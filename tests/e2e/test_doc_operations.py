# SPDX-License-Identifier: LGPL-2.1-or-later
"""doc/operations.md: each of its commands runs, in its order, and prints what the page shows. Commands after "#" are one
machine's, those after "$" another's: the same one with other files below DIRECTORIES."""

import contextlib
import os
import pathlib

import pytest

import session
from kept import keep_all
from programs import SOURCE, run
from vmailctl import ctl, ctl_out

PAGE = SOURCE / "doc/operations.md"
DIRECTORIES = ["/etc/vmail", "/vhome", "/var/cache/vmail"]
WRITTEN = ["/root/vmail.tgz", "/root/va.json", "/root/va.tgz", "/etc/cron.d/vmail-check"]


class TwoMachines:
    """The files of the machine that is not in use are at the same path with its prompt behind it."""

    def __init__(self):
        self.current = "#"
        for path in DIRECTORIES:
            os.mkdir(path + "$", 0o755)

    def show(self, where, command):
        """What a shell of that machine shows."""
        if where != self.current:
            for path in DIRECTORIES:
                run("mv", path, path + self.current, check=True)
                run("mv", path + where, path, check=True)
            self.current = where
        return session.on_terminal(["timeout", "--foreground", "60", "sh", "-c", command], b"")


@pytest.fixture
def machines():
    with contextlib.ExitStack() as cleaning:
        keep_all(WRITTEN, DIRECTORIES, cleaning)
        cleaning.callback(run, "rm", "-rf", *(path + prompt for path in DIRECTORIES for prompt in "#$"))
        for path in DIRECTORIES:
            os.mkdir(path, 0o755)
        ctl_out("domain", "add", "va.example", "--address=127.0.0.2")
        ctl_out("domain", "add", "vb.example")
        for name in ("bob@va.example", "alice@va.example", "bob@vb.example"):
            ctl("user", "add", name, "--generate", check=True)  # warns of the system's bob
        ctl_out("alias", "set", "info@va.example", "alice", "bob")
        message = pathlib.Path("/vhome/va.example/alice/Maildir/new/1.one.sandbox")
        message.write_text("Subject: hello\n\nHello Alice.\n")
        os.chown(message, 70001, 70001)
        yield TwoMachines()


def test_the_page_goes_as_it_says(machines):
    commands = session.steps(PAGE.read_text())
    assert len(commands) > 30 and {where for where, *_ in commands} == {"#", "$"}
    hashes = pathlib.Path("/etc/vmail/shadow.va.example").read_text()
    wrong = []
    for where, command, shown in commands:
        answer = machines.show(where, command)
        if session.comparable(answer) != session.comparable("\n".join(shown)):
            wrong.append(f"{where} {command}\n{answer}")
        if command.startswith("vmailctl import"):
            assert pathlib.Path("/etc/vmail/shadow.va.example").read_text() == hashes
    assert not wrong, "\n".join(wrong)
