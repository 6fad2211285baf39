# SPDX-License-Identifier: LGPL-2.1-or-later
"""What starts a daemon does not matter as long as it hands over the connection as descriptor 0: xinetd, and systemd with
Accept=yes and StandardInput=socket (here by systemd-socket-activate, which hands over in the same way)."""

import re

import pytest

from daemons import Daemon, install_example, program
from mail import mail_of, refusal
from programs import EXAMPLES, SYSTEM, VA, VB


def xinetd(directory):
    binary = program("xinetd", "/usr/sbin/xinetd")
    install_example("xinetd/pop3", "/etc/xinetd.d/pop3")
    conf = directory / "xinetd.conf"
    conf.write_text("defaults\n{\n}\nincludedir /etc/xinetd.d\n")
    return [binary, "-dontfork", "-f", str(conf), "-pidfile", str(directory / "pid")]


def systemd(directory):
    binary = program("systemd", "/usr/bin/systemd-socket-activate")
    port = re.search(r"^ListenStream=(\d+)$", (EXAMPLES / "systemd/pop3.socket").read_text(), re.M).group(1)
    command = re.search(r"^ExecStart=-(.*)$", (EXAMPLES / "systemd/pop3@.service").read_text(), re.M).group(1)
    return [binary, "--accept", "--inetd", f"--listen={port}", *command.split()]


@pytest.fixture(scope="module", params=[xinetd, systemd], ids=["xinetd", "systemd"], autouse=True)
def server(request, tmp_path_factory):
    program("mailutils-pop3d", "/usr/sbin/pop3d")
    install_example("pam.d/pop3d", "/etc/pam.d/pop3d")
    install_example("mailutils.conf", "/etc/mailutils.conf")
    argv = request.param(tmp_path_factory.mktemp("server"))
    with Daemon(*argv, ports=[(address, 110) for address in (SYSTEM, VA, VB)]) as daemon:
        yield daemon


@pytest.mark.parametrize("address, domain", [(VA, "va"), (VB, "vb")])
def test_plain_bob_is_the_bob_of_the_domain_whose_address_he_connects_to(scene, address, domain):
    bob = getattr(scene, domain)["bob"]
    assert mail_of("pop3", address, "bob", bob.password) == [f"for {bob.login}"]


def test_on_the_main_address_plain_bob_is_the_systems_bob(scene):
    assert mail_of("pop3", SYSTEM, "bob", scene.system_password["bob"]) == ["for bob"]


def test_the_full_name_reaches_the_domain_over_the_main_address(scene):
    assert mail_of("pop3", SYSTEM, "bob@vb.example", scene.vb["bob"].password) == ["for bob@vb.example"]


def test_the_passwords_of_the_other_bobs_are_refused(scene):
    refusal("pop3", VA, "bob", scene.vb["bob"].password)
    refusal("pop3", VA, "bob", scene.system_password["bob"])
    refusal("pop3", SYSTEM, "bob", scene.va["bob"].password)
