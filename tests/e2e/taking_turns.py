# SPDX-License-Identifier: LGPL-2.1-or-later
"""Several pytest processes, each in a sandbox of its own, share the files of tests out among themselves (tests/run): before a
process runs the first test of a file, it makes a file of that name in TAKEN. Whoever finds it made passes over the tests."""

import functools
import pathlib

TAKEN = pathlib.Path("/run/vmail-sandbox/results/taken")
LONGEST = ["test_threads.py", "test_growth.py", "test_booted.py"]  # come first: nobody waits for one in the end


def pytest_collection_modifyitems(items):
    if TAKEN.is_dir():
        items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


@functools.lru_cache(maxsize=None)
def is_mine(name):
    try:
        (TAKEN / name).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def pytest_runtest_protocol(item):
    """True: no other plugin runs the test."""
    return True if TAKEN.is_dir() and not is_mine(item.path.name) else None
