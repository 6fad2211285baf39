# SPDX-License-Identifier: LGPL-2.1-or-later
"""FTP as a client program speaks it."""

import contextlib
import ftplib
import io
import os
import stat

REFUSED = (ftplib.error_perm, ftplib.error_temp)


@contextlib.contextmanager
def connected(address):
    """A connection, not logged in. The client's address is the one that it connects to."""
    client = ftplib.FTP(source_address=(address, 0), timeout=60)
    client.connect(address)
    try:
        yield client
    finally:
        client.close()


@contextlib.contextmanager
def session(address, user, password):
    """A client that has logged in; a refusal is an exception."""
    with connected(address) as client:
        client.login(user, password)
        yield client
        client.quit()


def answer_to_login(address, user, password):
    """The server's last answer to a log-in: its text, which starts with 2 where it let one in."""
    with connected(address) as client:
        try:
            return client.login(user, password)
        except REFUSED as error:
            return f"{error} "


def download(client, path):
    content = io.BytesIO()
    client.retrbinary(f"RETR {path}", content.write)
    return content.getvalue().decode()


def upload(client, path, text):
    client.storbinary(f"STOR {path}", io.BytesIO(text.encode()))


def whose_home(address, user, password):
    """Logs in and gives what is in the file "whose" of the directory where the client lands."""
    with session(address, user, password) as client:
        return download(client, "whose")


def owner(path):
    found = os.stat(path)
    assert stat.S_ISREG(found.st_mode)
    return found.st_uid, found.st_gid
