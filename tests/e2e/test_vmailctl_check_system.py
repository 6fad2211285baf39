# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmailctl check about the host: nsswitch.conf, PAM, caches, addresses, name servers; --login and --connect."""

import json
import os
import pathlib
import shutil
import socket
import threading

import pytest

from daemons import Daemon, install_example, program
from programs import VA, VB
from scene import TODAY, User, hash_of, write
from vmailctl import DONE, NEGATIVE, NO_SUCH, REFUSED, UNAVAILABLE, USAGE, ctl, ctl_fails

NSSWITCH = pathlib.Path("/etc/nsswitch.conf")
RESOLVER = "127.0.0.1:5353"


def findings(area, *arguments):
    """What check finds in an area, as (severity, what) by line; and its exit code must fit."""
    done = ctl("--json", "check", f"--area={area}", *arguments)
    assert done.stderr == "", done.stderr
    rows = json.loads(done.stdout)
    bad = any(row["severity"] != "note" for row in rows)
    assert done.returncode == (NEGATIVE if bad else DONE), done.stdout
    return rows


def texts(rows, *severities):
    return [row["what"] for row in rows if row["severity"] in (severities or ("error", "warning"))]


@pytest.fixture
def nsswitch():
    """nsswitch(passwd="files vmail", ...) writes nsswitch.conf for this test; None leaves a line out."""
    before = NSSWITCH.read_text()
    right = {"passwd": "vmail files", "group": "files vmail", "shadow": "vmail files",
             "initgroups": "vmail [SUCCESS=return] files"}

    def change(**lines):
        write(NSSWITCH, "# a comment\n" + "".join(f"{name}:\t{value}\n" for name, value in {**right, **lines}.items()
                                                  if value is not None))

    yield change
    write(NSSWITCH, before)


def test_the_example_of_nsswitch_conf_is_right():
    assert findings("nsswitch") == []


@pytest.mark.parametrize("database, line, severity, number, what, to_do", [
    ("passwd", "files", "error", 2, "does not ask vmail", "passwd: vmail files"),
    ("passwd", "files systemd", "error", 2, "does not ask vmail", "passwd: vmail files systemd"),
    ("passwd", "files vmail", "warning", 2, "behind files", "passwd: vmail files"),
    ("passwd", "files [NOTFOUND=return] vmail", "error", 2, "never asked", "passwd: vmail files"),
    ("passwd", "vmail [NOTFOUND=return] files", "error", 2, "not even root", "passwd: vmail files"),
    ("passwd", "vmail [SUCCESS=continue] files", "error", 2, "does not end the search", "passwd: vmail files"),
    ("passwd", "vmail [UNAVAIL=return] files", "warning", 2, "cannot be believed", "passwd: vmail files"),
    ("passwd", "vmail [!SUCCESS=return] files", "error", 2, "not even root", "passwd: vmail files"),
    ("passwd", "vmail [NOTFOUND=sometimes] files", "error", 2, "cannot be read", "passwd: vmail files"),
    ("passwd", None, "error", None, "no line for passwd", "passwd: vmail files"),
    ("group", "files [SUCCESS=merge] systemd", "error", 3, "does not ask vmail",
     "group: files [SUCCESS=merge] systemd vmail"),
    ("shadow", "files", "error", 4, "does not ask vmail", "shadow: vmail files"),
    ("initgroups", None, "warning", None, "no line for initgroups", "initgroups: vmail [SUCCESS=return] files"),
    ("initgroups", "files", "error", 5, "does not ask vmail", "initgroups: vmail [SUCCESS=return] files"),
    ("initgroups", "vmail [SUCCESS=continue] files", "error", 5, "groups of the system's user",
     "initgroups: vmail [SUCCESS=return] files"),
])
def test_a_line_of_nsswitch_conf_that_is_wrong(nsswitch, database, line, severity, number, what, to_do):
    nsswitch(**{database: line})
    found, = findings("nsswitch")
    assert (found["severity"], found["file"], found["line"]) == (severity, str(NSSWITCH), number)
    assert what in found["what"] and database in found["what"] and found["to_do"].endswith(to_do)


@pytest.mark.parametrize("lines", [{"group": "vmail files"}, {"passwd": "vmail systemd files"},
                                   {"initgroups": "vmail files"}, {"group": "files [SUCCESS=merge] vmail"}])
def test_other_lines_that_are_right(nsswitch, lines):
    nsswitch(**lines)
    assert findings("nsswitch") == []


def test_a_library_that_is_not_there(tmp_path):
    library = next(pathlib.Path("/usr/lib").glob("*/libnss_vmail.so.2")).resolve()
    shutil.move(library, tmp_path / "kept")
    try:
        assert "cannot load libnss_vmail.so.2" in texts(findings("nsswitch"))[0]
    finally:
        shutil.move(tmp_path / "kept", library)
    assert findings("nsswitch") == []
