# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmailctl check asks the real Exim for its settings. Each case breaks one setting of examples/exim, in which it finds
nothing."""

import pathlib
import shutil

import pytest

import mail_setup
from check_findings import findings, only, put_back  # noqa: F401
from programs import out

EXIM = mail_setup.EXIM
MACROS = EXIM / "conf.d/main/000_localmacros"


@pytest.fixture(scope="module")
def exim(scene):
    with mail_setup.exim():
        yield


@pytest.fixture
def change_exim(exim, put_back):
    """change_exim(FILE, OLD, NEW) changes a file of conf.d; with OLD "" a macro is added."""
    paths = [path for path in (EXIM / "conf.d").glob("*/*vmail")] + [MACROS]
    put_back(*paths)

    def change(name, old, new):
        path = EXIM / "conf.d" / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new) if old else f"{text}{new}\n")
        out("/usr/sbin/update-exim4.conf")

    yield change


def test_the_example_for_exim_has_no_mistake(exim):
    out("/usr/sbin/update-exim4.conf")
    assert findings("exim") == []


@pytest.mark.parametrize("name, old, new, text", [
    ("main/000_localmacros", "", "MAIN_LOCAL_DOMAINS = @:localhost:va.example.org", "va.example.org is in local_domains"),
    ("main/000_localmacros", "= mail.example", "= vb.example", "vb.example is in primary_hostname"),
    ("main/000_localmacros", "MAIN_RELAY_NETS =", "MAIN_RELAY_NETS = *", "relay_from_hosts has *: Exim is an open relay"),
    ("main/000_localmacros", "MAIN_RELAY_NETS =", "MAIN_RELAY_NETS = 0.0.0.0/0", "relay_from_hosts has 0.0.0.0/0"),
    ("main/000_localmacros", "", "MAIN_RELAY_TO_DOMAINS = *", "relay_to_domains has *: Exim is an open relay"),
    ("main/000_localmacros", "", "VMAIL_SOCKET = /run/nothing", "the socket /run/nothing does not exist"),
    ("transport/40_vmail", "/run/dovecot/lmtp", "/run/nothing", "unix_listener /run/nothing"),
    ("auth/40_vmail", "/run/dovecot/auth-exim", "/run/nothing", "nobody can log in to send"),
    ("router/050_vmail", "transport = vmail_lmtp", "transport = remote_smtp", "goes to other hosts"),
    ("acl/40_vmail", "senders $sender_address", "sender $sender_address", "may send with anybody's address"),
])
def test_a_wrong_setting_of_exim_is_found(change_exim, name, old, new, text):
    change_exim(name, old, new)
    only("exim", "error", text)


def test_a_socket_that_exim_may_not_use_is_found(exim):
    path = pathlib.Path("/run/vmail-map")
    out("/usr/sbin/update-exim4.conf")
    shutil.chown(path, "root", "root")
    try:
        only("exim", "error", "the user Debian-exim may not use the socket /run/vmail-map")
    finally:
        shutil.chown(path, "Debian-exim")


def test_an_exim_that_does_not_serve_the_domains_is_a_note(exim):
    away = [path for path in (EXIM / "conf.d").glob("*/*vmail")]
    for path in away:
        path.rename(path.with_name(f"{path.name}.dpkg-old"))  # a name that Debian leaves out
    try:
        out("/usr/sbin/update-exim4.conf")
        only("exim", "note", "Exim does not take mail for the domains of /etc/vmail")
    finally:
        for path in away:
            path.with_name(f"{path.name}.dpkg-old").rename(path)
        out("/usr/sbin/update-exim4.conf")
