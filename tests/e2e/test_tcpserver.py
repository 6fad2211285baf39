# SPDX-License-Identifier: LGPL-2.1-or-later
"""tcpserver of ucspi-tcp: it hands over the connection as descriptor 0, and says the address in TCPLOCALIP."""

import socket

import pytest

from daemons import Daemon, install_example, program
from mail import mail_of, refusal
from programs import SYSTEM, VA, VB


@pytest.fixture(scope="module")
def pop3(tmp_path_factory):
    program("ucspi-tcp", "/usr/bin/tcpserver")
    program("mailutils-pop3d", "/usr/sbin/pop3d")
    install_example("pam.d/pop3d", "/etc/pam.d/pop3d")
    install_example("mailutils.conf", "/etc/mailutils.conf")
    script = install_example("ucspi-tcp/pop3", tmp_path_factory.mktemp("tcpserver") / "pop3", 0o755)
    with Daemon(str(script), ports=[(address, 110) for address in (SYSTEM, VA, VB)]) as daemon:
        yield daemon


@pytest.mark.parametrize("address, domain", [(VA, "va"), (VB, "vb")])
def test_plain_bob_is_the_bob_of_the_domain_whose_address_he_connects_to(pop3, scene, address, domain):
    bob = getattr(scene, domain)["bob"]
    assert mail_of("pop3", address, "bob", bob.password) == [f"for {bob.login}"]


def test_on_the_main_address_plain_bob_is_the_systems_bob(pop3, scene):
    assert mail_of("pop3", SYSTEM, "bob", scene.system_password["bob"]) == ["for bob"]


def test_the_full_name_reaches_the_domain_over_the_main_address(pop3, scene):
    assert mail_of("pop3", SYSTEM, "bob@vb.example", scene.vb["bob"].password) == ["for bob@vb.example"]


def test_a_wrong_password_and_those_of_the_other_bobs_are_refused(pop3, scene):
    refusal("pop3", VA, "bob", "wrong")
    refusal("pop3", VA, "bob", scene.vb["bob"].password)
    refusal("pop3", VA, "bob", scene.system_password["bob"])
    refusal("pop3", SYSTEM, "bob", scene.va["bob"].password)


@pytest.mark.parametrize("name", ["locked", "expired", "mustchange", "nobody-here"])
def test_a_locked_expired_or_unknown_account_is_refused(pop3, scene, name):
    refusal("pop3", VA, name, f"va-{name}-secret")


def test_a_system_user_is_not_reachable_over_the_address_of_a_domain(pop3, scene):
    refusal("pop3", VA, "sue", scene.system_password["sue"])


@pytest.fixture
def behind_a_pipe(pam, pam_service):
    """behind_a_pipe(ADDRESS, USER, PASSWORD, *OPTIONS): what PAM says in a program whose descriptor 0 is a pipe, because
    recordio stands between tcpserver and it."""
    program("ucspi-tcp", "/usr/bin/tcpserver")
    program("ucspi-tcp", "/usr/bin/recordio")

    def call(address, user, password, *options):
        service = pam_service(f"auth required pam_vmail.so {' '.join(options)}")
        port = 4110
        argv = ["tcpserver", "-H", "-R", "-l", "0", "0", str(port), "recordio", pam.binary, service, user, password, "auth"]
        with Daemon(*argv, ports=[(SYSTEM, port)]):
            with socket.create_connection((address, port), timeout=60) as client, client.makefile() as lines:
                return dict(line.rstrip("\n").split("=", 1) for line in lines if "=" in line)

    return call


def test_behind_a_pipe_the_address_can_come_from_the_environment(behind_a_pipe, scene):
    alice = scene.va["alice"]
    answer = behind_a_pipe(VA, "alice", alice.password, "address_from=env:TCPLOCALIP")
    assert (answer["auth"], answer["user"]) == ("PAM_SUCCESS", "alice@va.example")


def test_behind_a_pipe_a_plain_name_that_the_system_has_too_is_refused(behind_a_pipe, scene):
    answer = behind_a_pipe(VA, "bob", scene.va["bob"].password, "address_from=env:TCPLOCALIP")
    assert answer["auth"] == "PAM_PERM_DENIED"


def test_behind_a_pipe_without_the_option_a_plain_name_is_nobody_of_ours(behind_a_pipe, scene):
    assert behind_a_pipe(VA, "alice", scene.va["alice"].password)["user"] == "alice"
