# SPDX-License-Identifier: LGPL-2.1-or-later
"""A POP3 daemon that knows nothing of domains, under everything that takes connections for others: xinetd, systemd's socket
units, tcpserver. (For openbsd-inetd see test_inetd_pop3.py.)"""

import re

import pytest

from daemons import Daemon, add_daemon_account, install_example, program
from mail import mail_of, refusal
from programs import EXAMPLES, SYSTEM, VA, VA6, VB

PORTS = [(address, 110) for address in (SYSTEM, VA, VB)]


def xinetd():
    conf = install_example("xinetd/popa3d", "/etc/xinetd.d/popa3d")
    return Daemon(program("xinetd", "/usr/sbin/xinetd"), "-dontfork", "-f", str(conf), ports=PORTS)


def systemd():
    """What systemd does with Accept=yes and StandardInput=socket, without a booted systemd."""
    socket = (EXAMPLES / "systemd/popa3d.socket").read_text()
    service = (EXAMPLES / "systemd/popa3d@.service").read_text()
    assert "Accept=yes" in socket and "StandardInput=socket" in service
    port = re.search(r"^ListenStream=(.*)$", socket, re.M).group(1)
    command = re.search(r"^ExecStart=-?(.*)$", service, re.M).group(1).split()
    return Daemon(program("systemd", "/usr/bin/systemd-socket-activate"), "--listen", port, "--accept", "--inetd", *command, ports=PORTS)


def tcpserver():
    program("ucspi-tcp", "/usr/bin/tcpserver")
    return Daemon(str(install_example("ucspi-tcp/popa3d", "/run/vmail-sandbox/run-popa3d", 0o755)), ports=PORTS)


STARTERS = {"xinetd": xinetd, "systemd": systemd, "tcpserver": tcpserver}


@pytest.fixture(scope="module", params=STARTERS)
def starter(request):
    program("popa3d", "/usr/sbin/popa3d")
    install_example("pam.d/popa3d", "/etc/pam.d/popa3d")
    add_daemon_account("popa3d", "/var/lib/popa3d")
    with STARTERS[request.param]():
        yield request.param


@pytest.mark.parametrize("address, domain", [(VA, "va"), (VB, "vb")])
def test_plain_bob_is_the_bob_of_the_domain_whose_address_he_connects_to(starter, scene, address, domain):
    bob = getattr(scene, domain)["bob"]
    assert mail_of("pop3", address, "bob", bob.password) == [f"for {bob.login}"]


@pytest.mark.parametrize("starter", ["xinetd", "systemd"], indirect=True)
def test_over_ipv6_the_address_is_the_domain_too(starter, scene):
    assert mail_of("pop3", VA6, "bob", scene.va["bob"].password) == ["for bob@va.example"]


def test_on_the_main_address_plain_bob_is_the_systems_bob(starter, scene):
    assert mail_of("pop3", SYSTEM, "bob", scene.system_password["bob"]) == ["for bob"]


def test_the_full_name_reaches_the_domain_over_the_main_address(starter, scene):
    assert mail_of("pop3", SYSTEM, "bob@vb.example", scene.vb["bob"].password) == ["for bob@vb.example"]


def test_a_wrong_password_and_those_of_the_other_bobs_are_refused(starter, scene):
    refusal("pop3", VA, "bob", "wrong")
    refusal("pop3", VA, "bob", scene.vb["bob"].password)
    refusal("pop3", VA, "bob", scene.system_password["bob"])
    refusal("pop3", SYSTEM, "bob", scene.va["bob"].password)


@pytest.mark.parametrize("name", ["locked", "expired", "mustchange"])
def test_a_locked_or_expired_account_and_one_whose_password_must_be_changed_are_refused(starter, scene, name):
    refusal("pop3", VA, name, scene.va[name].password)


def test_an_unknown_user_is_refused(starter, scene):
    refusal("pop3", VA, "nobody-here", scene.va["bob"].password)


def test_a_system_user_is_not_reachable_over_the_address_of_a_domain(starter, scene):
    refusal("pop3", VA, "sue", scene.system_password["sue"])
