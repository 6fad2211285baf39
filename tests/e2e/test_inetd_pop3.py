# SPDX-License-Identifier: LGPL-2.1-or-later
"""POP3 daemons that know nothing of domains, run by inetd: the address that a client connects to is the domain.

They differ in what they make of a name. GNU Mailutils takes everything from the entry that NSS gives. Solid POP3 cuts off
what is behind "@" (its own kind of virtual hosts), so that it knows plain names only. popa3d names the mailbox like the
client types the name, so that it serves full names only, exactly typed; plain bob over a domain's address is let in by the
password, and then refused the system's mailbox, which is not his.
"""

import pathlib

import pytest

from daemons import add_daemon_account, install_example, program
from mail import mail_of, refusal
from programs import SYSTEM, VA, VA6, VB

# Each with its program, PAM file, further example files, and the account (name, home) that its package's installation
# makes: the daemon talks to strangers as that user.
DAEMONS = {
    "popa3d": ("/usr/sbin/popa3d", "pam.d/popa3d", {}, ("popa3d", "/var/lib/popa3d")),
    "solid-pop3d": ("/usr/sbin/solid-pop3d", "pam.d/solid-pop3d", {"spop3d.conf": "/etc/spop3d.conf"},
                    ("spop3d", "/var/lib/spop3d")),
    "mailutils-pop3d": ("/usr/sbin/pop3d", "pam.d/pop3d", {"mailutils.conf": "/etc/mailutils.conf"}, None),
}


@pytest.fixture(scope="module", params=DAEMONS)
def daemon(request, inetd):
    path, pam, files, account = DAEMONS[request.param]
    program(request.param, path)
    install_example(pam, f"/etc/{pam}")
    for name, target in files.items():
        install_example(name, target)
    # Solid POP3 looks there for bulletins, and fails where its package has not made the directory.
    pathlib.Path("/var/lib/solid-pop3d/bulletins").mkdir(parents=True, exist_ok=True)
    if account:
        add_daemon_account(*account)
    running = inetd(request.param)
    yield request.param
    running.stop()


def only(*daemons):
    """For a test that only these daemons can pass."""
    return pytest.mark.parametrize("daemon", daemons, indirect=True, scope="module")


by_address = only("solid-pop3d", "mailutils-pop3d")
by_full_name = only("popa3d", "mailutils-pop3d")


@by_address
@pytest.mark.parametrize("address, domain", [(VA, "va"), (VB, "vb")])
def test_plain_bob_is_the_bob_of_the_domain_whose_address_he_connects_to(daemon, scene, address, domain):
    bob = getattr(scene, domain)["bob"]
    assert mail_of("pop3", address, "bob", bob.password) == [f"for {bob.login}"]


def test_on_the_main_address_plain_bob_is_the_systems_bob(daemon, scene):
    assert mail_of("pop3", SYSTEM, "bob", scene.system_password["bob"]) == ["for bob"]


@by_full_name
def test_the_full_name_reaches_the_domain_over_the_main_address(daemon, scene):
    assert mail_of("pop3", SYSTEM, "bob@vb.example", scene.vb["bob"].password) == ["for bob@vb.example"]


@only("mailutils-pop3d")
def test_the_full_name_in_capitals_and_with_the_alias_of_the_domain_is_the_same_user(daemon, scene):
    assert mail_of("pop3", SYSTEM, "Bob@VA.Example.ORG", scene.va["bob"].password) == ["for bob@va.example"]


def test_the_passwords_of_the_other_bobs_do_not_open_a_mailbox(daemon, scene):
    refusal("pop3", VA, "bob", scene.vb["bob"].password)
    refusal("pop3", VA, "bob", scene.system_password["bob"])
    refusal("pop3", VB, "bob", scene.va["bob"].password)


def test_the_password_of_a_virtual_bob_does_not_open_the_systems_mailbox(daemon, scene):
    refusal("pop3", SYSTEM, "bob", scene.va["bob"].password)


def test_a_system_user_is_not_reachable_over_the_address_of_a_domain(daemon, scene):
    refusal("pop3", VA, "sue", scene.system_password["sue"])


def test_a_virtual_user_is_not_reachable_by_the_plain_name_over_the_main_address(daemon, scene):
    refusal("pop3", SYSTEM, "alice", scene.va["alice"].password)


def test_a_user_of_one_domain_is_not_reachable_by_the_plain_name_over_the_address_of_another(daemon, scene):
    refusal("pop3", VB, "alice", scene.va["alice"].password)


@pytest.mark.parametrize("name", ["locked", "expired", "mustchange"])
def test_a_locked_or_expired_account_and_one_whose_password_must_be_changed_are_refused(daemon, scene, name):
    refusal("pop3", VA, name, scene.va[name].password)
    refusal("pop3", SYSTEM, scene.va[name].login, scene.va[name].password)


@by_full_name
@pytest.mark.parametrize("user", ["nobody-here@va.example", "bob@elsewhere.example", "root@va.example"])
def test_an_unknown_user_and_an_unknown_domain_are_refused(daemon, scene, user):
    refusal("pop3", VA, user, scene.va["bob"].password)


def test_an_unknown_plain_name_is_refused(daemon, scene):
    refusal("pop3", VA, "nobody-here", scene.va["bob"].password)


def test_root_is_refused_over_the_address_of_a_domain(daemon, scene):
    refusal("pop3", VA, "root", scene.va["bob"].password)


@by_address
def test_over_ipv6_the_address_is_the_domain_too(daemon, scene):
    assert mail_of("pop3", VA6, "bob", scene.va["bob"].password) == ["for bob@va.example"]


@only("popa3d")
def test_a_daemon_that_opens_the_mailbox_of_the_typed_name_does_not_get_at_the_systems_mail(daemon, scene):
    refusal("pop3", VA, "bob", scene.va["bob"].password)
