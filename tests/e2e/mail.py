# SPDX-License-Identifier: LGPL-2.1-or-later
"""POP3 and IMAP as a mail program speaks them. A client connects from the very address that it connects to: such a
connection counts as local, and plain-text log-ins are allowed without touching a daemon's settings."""

import email
import imaplib
import poplib
import socket


def _connect(address, port, source=None):
    return socket.create_connection((address, port), timeout=60, source_address=(source or address, 0))


class Pop3(poplib.POP3):
    def __init__(self, address, port=110, source=None):
        self._source = source
        super().__init__(address, port, timeout=60)

    def _create_socket(self, timeout):
        return _connect(self.host, self.port, self._source)

    def login(self, user, password):
        self.user(user)
        return self.pass_(password)

    def subjects(self):
        count = len(self.list()[1])
        texts = [b"\n".join(self.retr(number)[1]) for number in range(1, count + 1)]
        return [email.message_from_bytes(text)["Subject"] for text in texts]

    def close(self):
        try:
            self.quit()
        except (poplib.error_proto, OSError):
            super().close()


class Imap(imaplib.IMAP4):
    def __init__(self, address, port=143, source=None):
        self._source = source
        super().__init__(address, port, timeout=60)

    def _create_socket(self, timeout):
        return _connect(self.host, self.port, self._source)

    def subjects(self):
        self.select("INBOX", readonly=True)
        _, numbers = self.search(None, "ALL")
        return [email.message_from_bytes(self.fetch(number, "(BODY.PEEK[HEADER])")[1][0][1])["Subject"]
                for number in numbers[0].split()]

    def close(self):
        try:
            self.logout()
        except (imaplib.IMAP4.error, OSError):
            self.shutdown()


PROTOCOLS = {"pop3": Pop3, "imap": Imap}
REFUSED = (poplib.error_proto, imaplib.IMAP4.error)


def mail_of(protocol, address, user, password, **options):
    """Logs in and gives the subjects of all messages there are."""
    client = PROTOCOLS[protocol](address, **options)
    try:
        client.login(user, password)
        return client.subjects()
    finally:
        client.close()


def refusal(protocol, address, user, password, **options):
    """The server's answer to a log-in that must fail, as text; the assertion fails where it lets one in."""
    client = PROTOCOLS[protocol](address, **options)
    try:
        try:
            client.login(user, password)
        except REFUSED as error:
            return str(error)
        raise AssertionError(f"{protocol} on {address} let {user} in")
    finally:
        client.close()
