# SPDX-License-Identifier: LGPL-2.1-or-later
"""What needs a booted system: the units of examples/systemd, under the real systemd."""

import time

import pytest

from booted import UNITS, booted
from daemons import install_example
from scene import User, write
from vmailctl import ctl_json

UNIT = "vmail-index.service"
EDITS, SECONDS = 500, 10


@pytest.fixture
def domain(make_domain):
    install_example(f"systemd/{UNIT}", str(UNITS / UNIT))
    return make_domain("booted.example", User("bob", 77001, "bob-secret"))


def states():
    """What `index --verify` says of each index of the domain."""
    return {row["state"] for row in ctl_json("index", "--verify", "booted.example") if row["index"].endswith("booted.example")}


def wait_until_current():
    for _ in range(200):
        if states() == {"current"}:
            return
        time.sleep(0.1)
    raise AssertionError(states())


def line(number):
    return f"user{number}:x:{78000 + number}:{78000 + number}::/vhome/booted.example/user{number}:/bin/false\n"


def test_edits_by_hand_are_indexed_before_boot_while_it_runs_and_after_very_many(domain):
    text = domain.passwd.read_text()
    write(domain.passwd, text + line(0))
    assert states() == {"not used"}
    with booted(UNIT) as system:
        wait_until_current()
        for number in range(1, EDITS):
            write(domain.passwd, text + line(number))
            time.sleep(SECONDS / EDITS)
        wait_until_current()
        for number in range(3):
            write(domain.passwd, text + line(number))
            wait_until_current()
        assert system.state(UNIT) == "active"
        assert system.run("systemctl", "show", "-P", "NRestarts", UNIT).stdout == "0\n"
        assert system.run("systemctl", "--failed", "--no-legend", "--plain").stdout == ""


def test_a_directory_that_is_moved_away_is_watched_again(domain):
    with booted(UNIT) as system:
        wait_until_current()
        domain.passwd.parent.rename("/etc/vmail.away")
        (domain.passwd.parent.parent / "vmail.away").rename(domain.passwd.parent)
        write(domain.passwd, domain.passwd.read_text() + line(1))
        wait_until_current()
        assert system.state(UNIT) == "active"
