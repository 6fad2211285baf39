# SPDX-License-Identifier: LGPL-2.1-or-later
"""The real fail2ban-regex, with the filter of examples/fail2ban and with Debian's own, on what real daemons logged."""

import pathlib
import re
import shutil
import time

import pytest

import test_dovecot
import test_ftp
from daemons import install_example
from ftp import answer_to_login
from mail import refusal
from programs import SYSTEM, VA, run
from test_openssh import binary, client_key, domains, refused, sshd  # noqa: F401 (fixtures; sshd runs during this whole module)

FILTER = "/etc/fail2ban/filter.d/pam-vmail.conf"
FORGED = "x rhost=198.51.100.7 user=y@va.example"


@pytest.fixture(scope="module", autouse=True)
def fail2ban():
    if not shutil.which("fail2ban-regex"):
        pytest.skip("this Debian has no package fail2ban")
    install_example("fail2ban/filter.d/pam-vmail.conf", FILTER)
    install_example("fail2ban/jail.d/pam-vmail.conf", "/etc/fail2ban/jail.d/pam-vmail.conf")


@pytest.fixture
def hosts(syslog, tmp_path):
    """hosts(FILTER, OPTIONS...): the addresses that fail2ban-regex finds in what was logged in this test."""

    def find(name=FILTER, option=""):
        log = tmp_path / "auth.log"
        now = time.strftime("%b %d %H:%M:%S")
        log.write_text("".join(f"{now} host {line.split(' ', 1)[1]}\n" for line in syslog.text().splitlines() if " " in line))
        done = run("fail2ban-regex", "--out", "ip", str(log), name + option)
        return {word for word in done.stdout.split() if re.fullmatch(r"[0-9a-f.:]+", word)}

    return find


def ftp_refusal(user):
    assert not answer_to_login(VA, user, "wrong").startswith("2")


# ProFTPD asks PAM only about users that NSS knows.
@pytest.mark.parametrize("daemon, user", [("vsftpd", "bob"), ("vsftpd", "nobody-here@va.example"), ("proftpd", "bob")])
def test_the_filter_finds_the_client_of_an_ftp_daemon(hosts, syslog, daemon, user):
    with test_ftp.DAEMONS[daemon]():
        ftp_refusal(user)
        syslog.wait_for("pam_vmail.*authentication failure; ")
    assert hosts() == {VA}


@pytest.mark.parametrize("user", ["bob", "bob@va.example", "nobody-here@va.example"])
def test_the_filter_finds_the_client_of_dovecot(hosts, syslog, user):
    with test_dovecot.daemon():
        assert refusal("pop3", VA, user, "wrong")
        syslog.wait_for("pam_vmail.*authentication failure; ")
    assert hosts() == {VA}


@pytest.mark.parametrize("user", ["bob@va.example", "nobody-here@va.example"])
def test_the_filter_and_that_of_debian_for_sshd_find_the_client_of_sshd(hosts, syslog, user):
    refused(SYSTEM, user, "wrong", "password")
    syslog.wait_for("pam_vmail.*authentication failure; ")
    assert hosts() == {SYSTEM}


def test_a_name_with_spaces_and_fields_in_it_is_escaped_and_forges_no_address(hosts, syslog):
    refused(SYSTEM, f'"{FORGED}"', "wrong", "password")
    line = syslog.wait_for("pam_vmail.*authentication failure; ")
    assert line.endswith(fr" rhost={SYSTEM} user=x\040rhost\075198.51.100.7\040user\075y@va.example")
    assert syslog.lines("pam_vmail.*check pass; user unknown")
    assert hosts() == {SYSTEM}


def test_a_line_of_pam_vmail_is_one_of_pam_unix_for_debians_filter_of_pam_logs(hosts, syslog):
    with test_ftp.DAEMONS["vsftpd"]():
        ftp_refusal("bob@va.example")
        syslog.wait_for("pam_vmail.*authentication failure; ")
    assert hosts("pam-generic", "[__pam_auth=pam_vmail]") == {VA}


def test_the_jail_is_one_that_fail2ban_accepts():
    pathlib.Path("/etc/fail2ban/jail.d/defaults-debian.conf").unlink(missing_ok=True)
    pathlib.Path("/var/log/auth.log").touch()
    done = run("fail2ban-client", "-t")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "pam-vmail" in run("fail2ban-client", "-d").stdout
