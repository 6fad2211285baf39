# SPDX-License-Identifier: LGPL-2.1-or-later
"""Programs in a user namespace, as of a container; see user_namespaces(7)."""

import sys

import pytest

from programs import run

NOT_ALLOWED = 99

ENTER = """
import ctypes, os, sys
ready, go = os.pipe(), os.pipe()
child = os.fork()
if child == 0:
    if ctypes.CDLL(None).unshare(0x10000000) != 0:  # CLONE_NEWUSER
        os._exit(99)  # NOT_ALLOWED
    os.write(ready[1], b"x")
    os.read(go[0], 1)
    os.execv(sys.argv[2], sys.argv[2:])
os.close(ready[1])
if os.read(ready[0], 1):
    for kind in ("uid", "gid"):
        with open(f"/proc/{child}/{kind}_map", "w") as file:
            file.write(sys.argv[1])
    os.write(go[1], b"x")
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def in_user_namespace(ids, *command):
    """COMMAND, with the map IDS, "INSIDE OUTSIDE COUNT", for users and groups."""
    done = run(sys.executable, "-c", ENTER, ids, *command)
    if done.returncode == NOT_ALLOWED:
        pytest.skip("the kernel makes no user namespaces here: the sandbox stands in a chroot or a container")
    return done
