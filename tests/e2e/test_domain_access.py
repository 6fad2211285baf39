# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who may connect to one domain: pam_access by a group of the domain, and tcpd by the address."""

import pathlib
import poplib

import pytest

from daemons import Daemon, install_example, program
from ftp import answer_to_login
from mail import mail_of, refusal
from programs import EXAMPLES, SYSTEM, VA, VB
from test_ftp import vsftpd

ACCESS, ALLOW, DENY = pathlib.Path("/etc/security/access.conf"), pathlib.Path("/etc/hosts.allow"), pathlib.Path("/etc/hosts.deny")
ELSEWHERE = "127.0.0.9"


@pytest.fixture(scope="module", autouse=True)
def as_before():
    before = {path: path.read_bytes() if path.exists() else None for path in (ACCESS, ALLOW, DENY)}
    yield
    for path, content in before.items():
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content)


# pam_access, under vsftpd


@pytest.fixture(scope="module")
def ftp(scene):
    daemon = vsftpd()
    stack = pathlib.Path("/etc/pam.d/vsftpd")
    stack.write_text(stack.read_text().replace("\naccount ", "\naccount required pam_access.so\naccount ", 1))
    with daemon:
        yield
    install_example("pam.d/vsftpd", str(stack))


# All connections of these tests come from the address that they go to. Bob is in the group staff, locked is not.
SPELLINGS = [(VA, "bob"), (VB, "bob@va.example"), (VB, "BOB@VA.Example.ORG")]


@pytest.mark.parametrize("rule", ["-:(staff@va.example):ALL", "-:(bob@va.example):ALL"])
def test_a_rule_for_a_group_of_the_domain_holds_however_the_name_is_written(ftp, scene, rule):
    ACCESS.write_text(rule + "\n")
    for address, name in SPELLINGS:
        assert answer_to_login(address, name, scene.va["bob"].password).startswith("530"), name


def test_a_rule_for_a_group_of_the_domain_is_not_for_namesakes(ftp, scene):
    ACCESS.write_text("-:(staff@va.example):ALL\n")
    assert answer_to_login(VB, "bob", scene.vb["bob"].password).startswith("230")
    assert answer_to_login(SYSTEM, "bob", scene.system_password["bob"]).startswith("230")


def test_a_rule_for_a_group_of_the_domain_can_admit_one_network(ftp, scene):
    """vsftpd listens on a socket for IPv6 and IPv4 here, and so tells IPv4 addresses as such."""
    ACCESS.write_text(f"-:(staff@va.example):ALL EXCEPT ::ffff:{VA}\n")
    assert answer_to_login(VA, "bob@va.example", scene.va["bob"].password).startswith("230")
    assert answer_to_login(VB, "bob@va.example", scene.va["bob"].password).startswith("530")


# tcpd, under inetd


@pytest.fixture(scope="module")
def pop3(scene, tmp_path_factory):
    program("tcpd", "/usr/sbin/tcpd")
    program("mailutils-pop3d", "/usr/sbin/pop3d")
    install_example("pam.d/pop3d", "/etc/pam.d/pop3d")
    install_example("mailutils.conf", "/etc/mailutils.conf")
    text = (EXAMPLES / "inetd/mailutils-pop3d.conf").read_text()
    conf = tmp_path_factory.mktemp("inetd") / "inetd.conf"
    conf.write_text(text.replace("/usr/sbin/pop3d pop3d", "/usr/sbin/tcpd /usr/sbin/pop3d"))
    assert conf.read_text() != text
    ALLOW.write_text(f"pop3d@{VA} : {VA}\n")
    DENY.write_text(f"pop3d@{VA} : ALL\n")
    with Daemon(program("openbsd-inetd", "/usr/sbin/inetd"), "-i", str(conf), ports=[(address, 110) for address in (SYSTEM, VA, VB)]):
        yield


def test_tcpd_lets_a_client_from_the_right_place_in_and_the_address_is_the_domain(pop3, scene):
    assert mail_of("pop3", VA, "bob", scene.va["bob"].password) == ["for bob@va.example"]


def test_tcpd_ends_a_connection_to_the_address_of_the_domain_from_elsewhere(pop3, scene, syslog):
    with pytest.raises(poplib.error_proto, match="EOF"):
        mail_of("pop3", VA, "bob", scene.va["bob"].password, source=ELSEWHERE)
    syslog.wait_for(f"pop3d.*refused connect from {ELSEWHERE}")


def test_the_rule_of_tcpd_is_for_the_address_of_this_domain_only(pop3, scene):
    assert mail_of("pop3", VB, "bob", scene.vb["bob"].password, source=ELSEWHERE) == ["for bob@vb.example"]
    assert refusal("pop3", VB, "bob", "wrong", source=ELSEWHERE)
