# SPDX-License-Identifier: LGPL-2.1-or-later
"""What vmailctl check finds in one of its areas."""

import json

import pytest

from vmailctl import DONE, NEGATIVE, ctl


def findings(area, *arguments):
    """(severity, what and to_do) of all that check finds in an area; its exit code must fit."""
    done = ctl("--json", "check", f"--area={area}", *arguments)
    assert done.stderr == "", done.stderr
    rows = json.loads(done.stdout)
    assert all(row["what"] and (row["to_do"] or "cannot ask" in row["what"]) for row in rows), rows
    bad = any(row["severity"] != "note" for row in rows)
    assert done.returncode == (NEGATIVE if bad else DONE), done.stdout
    return [(row["severity"], f"{row['what']}\n{row['to_do']}") for row in rows]


def only(area, severity, text):
    """The one finding must be this."""
    found = findings(area)
    assert len(found) == 1 and found[0][0] == severity and text in found[0][1], f"not only '{text}': {found}"


@pytest.fixture
def put_back():
    """put_back(PATH...) keeps files as they are after the test."""
    before = {}

    def keep(*paths):
        before.update({path: (path.read_bytes(), path.stat().st_mode & 0o777) for path in paths})

    yield keep
    for path, (text, mode) in before.items():
        path.write_bytes(text)
        path.chmod(mode)
