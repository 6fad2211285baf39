# SPDX-License-Identifier: LGPL-2.1-or-later
"""Several pytest processes, each in a sandbox of its own, share the tests out among themselves (tests/run), a part at a time: a
file of tests, or the tests of a file on one set-up of a mail server (the fixture "mail"). Before a process runs the first
test of a part, it makes a file of the part's name in TAKEN. Whoever finds that file passes over the tests."""

import functools
import pathlib

from _pytest.runner import runtestprotocol

TAKEN = pathlib.Path("/run/vmail-sandbox/results/taken")
LONGEST = ["test_threads.py", "test_mail_delivery.py", "test_growth.py", "test_booted.py"]  # first: nobody waits for one in the end


def pytest_collection_modifyitems(items):
    if TAKEN.is_dir():
        items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


def part_of(item):
    set_up = item.callspec.params.get("mail", "") if hasattr(item, "callspec") else ""
    return f"{item.path.name} {set_up}".strip()


@functools.lru_cache(maxsize=None)
def is_mine(part):
    try:
        (TAKEN / part).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def pytest_runtest_protocol(item, nextitem):
    """True: no other plugin runs the test. Who runs the part that follows is not known yet, so the last test of a part tears
    down all but what is for the whole session."""
    if not TAKEN.is_dir():
        return None
    if not is_mine(part_of(item)):
        return True
    if nextitem is None or part_of(nextitem) == part_of(item):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    runtestprotocol(item, nextitem=item.session)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
