# SPDX-License-Identifier: LGPL-2.1-or-later
"""The Debian packages while systemd runs, and two architectures of them side by side. Run by tests/debian/clean-trees."""

import json
import pathlib
import sys
import time

import pytest

from conftest import GIVEN
from life import FRESH, NAMES, NSSWITCH, VMAIL, WITH_VMAIL, add_bob, done, dpkg, install, log_in, run

sys.path.append(str(pathlib.Path(__file__).parents[1] / "e2e"))
from booted import booted  # noqa: E402

I386 = pathlib.Path("/opt/i386/usr/bin")
I386_NAMES = ["libpam-vmail:i386", "libnss-vmail:i386"]
AMD64_NAMES = ["libpam-vmail:amd64", "libnss-vmail:amd64", "vmail-tools"]
PASSWD = VMAIL / "passwd.va.example"
INDEX, SOCKET, SERVICE = "vmail-index.service", "vmail-map.socket", "vmail-map.service"


def inside(system, *argv):
    result = system.run(*argv)
    assert result.returncode == 0, f"{argv}: {result.stdout}{result.stderr}"
    return result.stdout


def install_inside(system, packages):
    inside(system, "dpkg", "--force-unsafe-io", "-i", *(packages[name] for name in NAMES))


def wait_until_indexed():
    """For what a service has seen by itself."""
    for _ in range(200):
        rows = json.loads(done("vmailctl", "index", "--verify", "--json", "va.example"))
        states = {row["state"] for row in rows if row["index"].endswith(PASSWD.name)}
        if states == {"current"}:
            return
        time.sleep(0.1)
    raise AssertionError(states)


def edit_by_hand(name):
    PASSWD.write_text(f"{PASSWD.read_text()}{name}:x:70500:70500::/vhome/va.example/{name}:/bin/false\n")
    assert done("id", "-u", f"{name}@va.example") == "70500\n"


def ask(kind, key):
    return run("postmap", "-q", key, f"socketmap:unix:/var/spool/postfix/private/vmail-map:{kind}").stdout.strip()


# While systemd runs


def test_the_index_service_runs_from_the_installation_on_and_after_a_boot(machine, packages):
    with booted() as system:
        install_inside(system, packages)
        assert system.state(INDEX) == "active"
        add_bob()
        edit_by_hand("eve")
        wait_until_indexed()
        assert inside(system, "systemctl", "is-enabled", INDEX) == "enabled\n"
    with booted(INDEX) as system:
        edit_by_hand("kim")
        wait_until_indexed()
        assert inside(system, "systemctl", "show", "-P", "NRestarts", INDEX) == "0\n"


def test_vmail_map_answers_postfix_from_the_day_its_socket_is_enabled(machine, packages):
    pathlib.Path("/var/spool/postfix/private").mkdir(exist_ok=True)
    with booted() as system:
        install_inside(system, packages)
        add_bob()
        assert system.run("systemctl", "is-enabled", SOCKET).stdout == "disabled\n"
        inside(system, "systemctl", "enable", "--now", SOCKET)
        assert ask("mailboxes", "bob@va.example") == "vhome/va.example/bob/Maildir/"
        assert ask("mailboxes", "nobody@va.example") == "" and ask("domains", "va.example") == "va.example"
        assert system.state(SERVICE) == "active"
    with booted(SOCKET) as system:
        assert ask("mailboxes", "bob@va.example") == "vhome/va.example/bob/Maildir/"


def test_everybody_logs_in_after_each_step_on_a_running_system(machine, packages, newer):
    mail = pathlib.Path("/vhome/va.example/bob/Maildir/new/1")

    with booted() as system:
        def everybody_logs_in():
            assert log_in("sue", "sue-secret", ("nsenter", "-t", system.pid, "-m", "-p", "-C", "--root", "--wd", "pamtester"))
            assert not log_in("sue", "bob-secret")
            assert inside(system, "su", "sue", "-c", "id -un") == "sue\n"
            assert inside(system, "systemctl", "--failed", "--no-legend", "--plain") == ""

        everybody_logs_in()
        install_inside(system, packages)
        add_bob()
        mail.parent.mkdir(parents=True, exist_ok=True)
        mail.write_text("Subject: hello\n")
        accounts = {path: path.read_bytes() for path in VMAIL.glob("*.va.example")}
        inside(system, "pam-auth-update", "--enable", "vmail")
        everybody_logs_in()
        assert log_in("bob@va.example", "bob-secret")
        first = inside(system, "systemctl", "show", "-P", "MainPID", INDEX)
        install_inside(system, newer)
        assert system.state(INDEX) == "active" and inside(system, "systemctl", "show", "-P", "MainPID", INDEX) != first
        everybody_logs_in()
        assert log_in("bob@va.example", "bob-secret")
        inside(system, "dpkg", "--remove", *NAMES)
        assert system.state(INDEX) == "inactive"
        everybody_logs_in()
        inside(system, "dpkg", "--purge", *NAMES)
        everybody_logs_in()
    assert mail.read_text() == "Subject: hello\n"
    assert {path: path.read_bytes() for path in VMAIL.glob("*.va.example")} == accounts


# Two architectures


@pytest.fixture
def install_i386(machine):
    def installed():
        result = dpkg("-i", *map(str, pathlib.Path(GIVEN).glob("*_i386.deb")))
        assert result.returncode == 0, result.stdout

    yield installed
    dpkg("--purge", *I386_NAMES)


@pytest.fixture
def both(packages, install_i386):
    install(packages)
    add_bob()
    install_i386()


def sees_bob(perl):
    return run(str(perl), "-e", "print((getpwnam($ARGV[0]))[0])", "bob@va.example").stdout == "bob@va.example"


def test_programs_of_two_architectures_see_the_users(both):
    assert sees_bob("/usr/bin/perl") and sees_bob(I386 / "perl")
    assert NSSWITCH.read_text() == WITH_VMAIL


def test_a_second_architecture_leaves_out_lines_that_the_administrator_took_out(packages, install_i386):
    install(packages)
    NSSWITCH.write_text(FRESH)
    install_i386()
    assert NSSWITCH.read_text() == FRESH


def test_programs_of_two_architectures_ask_pam(both):
    done("pam-auth-update", "--enable", "vmail")
    for pamtester in ("pamtester", str(I386 / "pamtester")):
        assert log_in("bob@va.example", "bob-secret", (pamtester,)) and log_in("sue", "sue-secret", (pamtester,))
        assert not log_in("bob@va.example", "sue-secret", (pamtester,))


def test_without_the_second_architecture_the_first_works_on(both):
    done("pam-auth-update", "--enable", "vmail")
    assert dpkg("--purge", *I386_NAMES).returncode == 0
    assert NSSWITCH.read_text() == WITH_VMAIL
    assert sees_bob("/usr/bin/perl") and not sees_bob(I386 / "perl")
    assert log_in("bob@va.example", "bob-secret")


def test_without_the_first_architecture_the_second_works_on(both):
    assert dpkg("--purge", *AMD64_NAMES).returncode == 0
    assert NSSWITCH.read_text() == WITH_VMAIL
    assert sees_bob(I386 / "perl") and not sees_bob("/usr/bin/perl")
    assert dpkg("--purge", *I386_NAMES).returncode == 0
    assert "vmail" not in NSSWITCH.read_text()
