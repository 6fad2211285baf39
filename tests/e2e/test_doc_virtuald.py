# SPDX-License-Identifier: LGPL-2.1-or-later
"""doc/virtuald.md: each of its commands runs on a booted system, in the order of the page, and prints what the page shows. The
trees are made here, as virtuald has them. The commands of the section about quotas run in test_file_quota.py, under a kernel that
has quotas."""

import contextlib
import os
import pathlib
import re
import shutil
import time

import pytest

import session
from booted import UNITS, booted
from daemons import PATIENCE, install_example, program
from kept import keep_all
from programs import SOURCE, UNPACKED, run
from scene import hash_of, write
from test_domain_logs import rsyslog_without_the_kernel
from test_ftp import write_vsftpd_conf

PAGE = SOURCE / "doc/virtuald.md"
EXAMPLES_THERE = "/usr/share/nss-pam-vmail/examples"
PASSWORD = "the old secret"
WRITTEN = ["/etc/virtual.conf", "/etc/vsftpd.conf", "/etc/inetd.conf", "/etc/mailutils.conf", "/etc/hosts.allow", "/etc/hosts.deny",
           "/etc/pam.d", "/etc/security/access.conf", "/etc/samba", "/var/lib/samba", "/etc/rsyslog.d", str(UNITS)]
EMPTY = ["/etc/vmail", "/vhome", "/var/cache/vmail", "/virtual", "/srv/root", "/srv/samba", "/var/log/vmail"]


def tree_of_virtuald():
    top = pathlib.Path("/virtual/vd.example")
    write("/etc/virtual.conf", f"192.0.2.2 {top}\ndefault /\n")
    write(top / "etc/passwd", "root:x:0:0::/root:/bin/sh\nbob:x:501:100:Bob:/home/bob:/bin/false\n"
                              "alice:x:502:100:Alice:/home/alice:/bin/false\n")
    hashed = hash_of(PASSWORD)
    write(top / "etc/shadow", f"root:*:10000::::::\nbob:{hashed}:10000::::::\nalice:{hashed}:10000::::::\n", 0o600)
    write(top / "etc/aliases", "postmaster: bob\n")
    for uid, name in enumerate(("bob", "alice"), 501):
        os.makedirs(top / "home" / name)
        run("chown", f"{uid}:100", str(top / "home" / name), check=True)
        run("chown", f"{uid}:100", str(write(top / "var/spool/mail" / name, "", 0o600)), check=True)


def daemons():
    """What the installation of their packages makes, and the set-up that the page takes as done."""
    for package, path in (("vsftpd", "/usr/sbin/vsftpd"), ("mailutils-pop3d", "/usr/sbin/pop3d"), ("openbsd-inetd", "/usr/sbin/inetd"),
                          ("tcpd", "/usr/sbin/tcpd"), ("samba", "/usr/sbin/smbd"), ("smbclient", "/usr/bin/smbclient"),
                          ("rsyslog", "/usr/sbin/rsyslogd"), ("curl", "/usr/bin/curl")):
        program(package, path)
    shutil.copy(next((UNPACKED / "openbsd-inetd").rglob("inetd.service")), UNITS)
    for name in ("dovecot", "vsftpd", "pop3d", "passwd"):
        install_example(f"pam.d/{name}", f"/etc/pam.d/{name}")
    install_example("mailutils.conf", "/etc/mailutils.conf")
    write("/etc/inetd.conf", "")
    write_vsftpd_conf()
    # Where the tests have vsftpd: a directory that the page does not name.
    write(UNITS / "ftp-vd.example@.service.d/test.conf", "[Service]\nBindReadOnlyPaths=/opt/vmail-test/vsftpd\n")


@pytest.fixture
def system():
    with contextlib.ExitStack() as cleaning:
        keep_all(WRITTEN, EMPTY, cleaning)
        for path in ("/etc/vmail", "/vhome"):
            os.mkdir(path, 0o755)
        daemons()
        tree_of_virtuald()
        cleaning.enter_context(rsyslog_without_the_kernel())
        system = cleaning.enter_context(booted("syslog.socket"))
        system.journal_is_the_log()
        yield system


def shown_by(system, command):
    return session.on_terminal([*system.enter("--wd"), "timeout", "--foreground", "60", "sh", "-c", f"cd {EXAMPLES_THERE}; {command}"],
                               PASSWORD.encode())


def same(answer, shown):
    speed = [(r"\([\d.]+ kb/s\).*", "(speed)")]
    return session.comparable(answer, speed) == session.comparable("\n".join(shown), speed)


def differences(system, text):
    """The commands in TEXT, all of which run, that print something else. What is logged needs a moment to be in a file."""
    for _, command, shown in session.steps(text):
        if command.startswith("passwd ") and run("passwd", "bob@vd.example", input="").stderr.find("not a valid name") >= 0:
            continue  # the one of Debian 13, as the page says
        answer, end = shown_by(system, command), time.monotonic() + PATIENCE
        while not same(answer, shown) and re.match("grep|journalctl", command) and time.monotonic() < end:
            time.sleep(0.1)
            answer = shown_by(system, command)
        if not same(answer, shown):
            yield f"# {command}\n{answer}"


def test_the_page_goes_as_it_says(system):
    text = re.sub(r"\n## Quotas\n.*?(?=\n## )", "", PAGE.read_text(), flags=re.S)
    assert len(session.steps(text)) > 30
    wrong = list(differences(system, text))
    assert not wrong, "\n".join(wrong)


def test_the_socket_for_ftp_does_not_wait_for_its_address():
    with contextlib.ExitStack() as cleaning:
        keep_all([str(UNITS)], [], cleaning)
        text = (SOURCE / "examples/systemd/ftp-va.example.socket").read_text()
        write(UNITS / "ftp-va.example.socket", text.replace("192.0.2.1:", "203.0.113.9:"))  # which no interface has
        install_example("systemd/ftp-va.example@.service", str(UNITS / "ftp-va.example@.service"))
        system = cleaning.enter_context(booted("ftp-va.example.socket"))
        assert system.state("ftp-va.example.socket") == "active"
