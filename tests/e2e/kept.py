# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files that a test of a page changes, and that are as before after it."""

import pathlib
import shutil

from programs import run

COPIES = pathlib.Path("/var/tmp/vmail-doc")


def keep(path, cleaning):
    """PATH is as it was after the test, with its owners."""
    copy = COPIES / path.replace("/", "_")
    if pathlib.Path(path).exists():
        run("cp", "-a", path, str(copy), check=True)

    def put_back():
        run("rm", "-rf", path, check=True)
        if copy.exists():
            run("cp", "-a", str(copy), path, check=True)

    cleaning.callback(put_back)


def keep_all(paths, empty, cleaning):
    """PATHS are as they were after the test, and so are those in EMPTY, which are missing until then."""
    cleaning.callback(shutil.rmtree, COPIES, ignore_errors=True)
    COPIES.mkdir()
    for path in (*empty, *paths):
        keep(path, cleaning)
    for path in empty:
        shutil.rmtree(path, ignore_errors=True)
