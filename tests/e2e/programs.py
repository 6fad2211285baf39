# SPDX-License-Identifier: LGPL-2.1-or-later
"""Running programs: as whom, with what on descriptor 0."""

import contextlib
import os
import pathlib
import socket
import subprocess

SOURCE = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = SOURCE / "examples"
UNPACKED = pathlib.Path("/opt/vmail-test")
CLOSED = object()

SYSTEM = "127.0.0.1"  # the main address, no domain's
RESOLVER = "127.0.0.1:5353"  # a name server of the tests' own
VA = "127.0.0.2"
VB = "127.0.0.3"
VA6 = "::2"
VB6 = "::3"


def run(*argv, user=None, as_user=None, stdin=subprocess.DEVNULL, input=None, env=None, check=False):
    """Runs argv, gives the CompletedProcess (text). user (or as_user): a name to become. stdin: a file, a socket, CLOSED."""
    options = {}
    user = user or as_user
    if user:
        options = {"user": user, "group": "nogroup", "extra_groups": []}
    if input is not None:
        options["input"] = input
    elif stdin is CLOSED:
        options["preexec_fn"] = lambda: os.close(0)
    else:
        options["stdin"] = stdin
    return subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", timeout=120,
                          env=None if env is None else {**os.environ, **env}, check=check, **options)


def out(*argv, **options):
    """Standard output of a program that must succeed, without the last newline."""
    done = run(*argv, **options)
    assert done.returncode == 0, f"{argv} ended with {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout.rstrip("\n")


@contextlib.contextmanager
def connection_to(address):
    """The server's end of a TCP connection that was made to address: what inetd gives a daemon as descriptor 0."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as listener:
        listener.bind((address, 0))
        listener.listen()
        with socket.create_connection(listener.getsockname()[:2], timeout=10):
            accepted, _ = listener.accept()
            with accepted:
                yield accepted


@contextlib.contextmanager
def mapped_connection_to(address):
    """The same for an IPv4 address, on an IPv6 socket that takes both kinds (the local address is ::ffff:a.b.c.d)."""
    with socket.socket(socket.AF_INET6) as listener:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind(("::", 0))
        listener.listen()
        with socket.create_connection((address, listener.getsockname()[1]), timeout=10):
            accepted, _ = listener.accept()
            with accepted:
                yield accepted
