# SPDX-License-Identifier: LGPL-2.1-or-later
"""Dovecot: POP3, IMAP and delivery with passdb pam and userdb passwd, by the settings of examples/dovecot."""

import os
import pathlib
import re
import smtplib

import pytest

from daemons import dovecot_daemon, install_example, program
from mail import Imap, mail_of, refusal
from programs import SYSTEM, VA, VA6, VB, VB6, out, run

# Dovecot slows down who guesses passwords. That is not what is tested, and costs minutes.
IMPATIENT = """auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
"""


def version():
    return re.match(r"\d+\.\d+", out("/usr/sbin/dovecot", "--version")).group()


def daemon():
    program("dovecot-core", "/usr/sbin/dovecot")
    install_example("pam.d/dovecot", "/etc/pam.d/dovecot")
    install_example(f"dovecot/{version()}/vmail.conf", "/etc/dovecot/conf.d/90-vmail.conf")
    pathlib.Path("/etc/dovecot/conf.d/99-impatient.conf").write_text(IMPATIENT)
    if not pathlib.Path("/etc/dovecot/private/dovecot.pem").exists():
        # Its package makes links to the certificate of the package ssl-cert, which not every image has.
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=va.example",
            "-keyout", "/etc/dovecot/private/dovecot.key", "-out", "/etc/dovecot/private/dovecot.pem", check=True)
    return dovecot_daemon([(address, port) for address in (SYSTEM, VA, VB) for port in (110, 143)])


@pytest.fixture(scope="module", autouse=True)
def dovecot():
    with daemon() as running:
        yield running
    # Other tests count the messages of the standard scene.
    for folder in (*pathlib.Path("/vhome").glob("*/*/Maildir"), *pathlib.Path("/home").glob("*/Maildir")):
        for message in (*folder.glob("new/*"), *folder.glob("cur/*")):
            if "Subject: for " not in message.read_text(errors="replace"):
                message.unlink()


@pytest.fixture(params=["pop3", "imap"])
def protocol(request):
    return request.param


@pytest.mark.parametrize("domain", ["va", "vb"])
def test_the_full_name_reaches_the_users_own_mail(protocol, scene, domain):
    bob = getattr(scene, domain)["bob"]
    assert mail_of(protocol, SYSTEM, bob.login, bob.password) == [f"for {bob.login}"]


def test_the_alias_of_a_domain_reaches_the_same_user(protocol, scene):
    assert mail_of(protocol, SYSTEM, "bob@va.example.org", scene.va["bob"].password) == ["for bob@va.example"]


def test_capitals_reach_the_same_user(protocol, scene):
    assert mail_of(protocol, SYSTEM, "Bob@VA.Example", scene.va["bob"].password) == ["for bob@va.example"]


@pytest.mark.parametrize("address, domain", [(VA, "va"), (VB, "vb"), (VA6, "va"), (VB6, "vb")])
def test_plain_bob_is_the_bob_of_the_domain_whose_address_he_connects_to(protocol, scene, address, domain):
    bob = getattr(scene, domain)["bob"]
    assert mail_of(protocol, address, "bob", bob.password) == [f"for {bob.login}"]


def test_on_the_main_address_plain_bob_is_the_systems_bob(protocol, scene):
    assert mail_of(protocol, SYSTEM, "bob", scene.system_password["bob"]) == ["for bob"]


def test_the_full_name_counts_also_over_the_address_of_another_domain(protocol, scene):
    assert mail_of(protocol, VA, "bob@vb.example", scene.vb["bob"].password) == ["for bob@vb.example"]


def test_a_wrong_password_is_refused(protocol, scene):
    refusal(protocol, SYSTEM, "bob@va.example", "wrong")
    refusal(protocol, VA, "bob", "wrong")
    refusal(protocol, SYSTEM, "bob", "wrong")


def test_the_passwords_of_the_other_bobs_are_refused(protocol, scene):
    refusal(protocol, SYSTEM, "bob@va.example", scene.vb["bob"].password)
    refusal(protocol, VA, "bob", scene.system_password["bob"])
    refusal(protocol, SYSTEM, "bob", scene.va["bob"].password)


@pytest.mark.parametrize("user", ["nobody-here@va.example", "bob@elsewhere.example", "root@va.example"])
def test_an_unknown_user_and_an_unknown_domain_are_refused(protocol, scene, user):
    refusal(protocol, SYSTEM, user, scene.va["bob"].password)


@pytest.mark.parametrize("name", ["locked", "expired", "mustchange"])
def test_a_locked_or_expired_account_and_one_whose_password_must_be_changed_are_refused(protocol, scene, name):
    refusal(protocol, SYSTEM, scene.va[name].login, scene.va[name].password)


@pytest.mark.parametrize("address", [VA, VB])
def test_a_system_user_is_not_reachable_over_the_address_of_a_domain(protocol, scene, address):
    refusal(protocol, address, "sue", scene.system_password["sue"])


def test_a_virtual_user_is_not_reachable_by_the_plain_name_over_the_main_address(protocol, scene):
    refusal(protocol, SYSTEM, "alice", scene.va["alice"].password)


@pytest.mark.parametrize("address", [SYSTEM, VB])
def test_a_client_cannot_choose_the_address_by_typing_brackets(protocol, scene, address):
    refusal(protocol, address, "bob@[127.0.0.2]", scene.va["bob"].password)


def test_a_client_cannot_reach_a_system_user_by_typing_the_main_address(protocol, scene):
    refusal(protocol, VA, "sue@[127.0.0.1]", scene.system_password["sue"])


def test_a_message_that_is_stored_belongs_to_the_virtual_user(scene):
    bob = scene.vb["bob"]
    client = Imap(VB)
    try:
        client.login("bob", bob.password)
        client.create("Archive")
        client.append("Archive", None, None, b"Subject: kept\r\n\r\nkept\r\n")
    finally:
        client.close()
    folder = pathlib.Path(bob.home, "Maildir", ".Archive")
    stored = [path for path in (*folder.glob("new/*"), *folder.glob("cur/*")) if b"Subject: kept" in path.read_bytes()]
    assert [(os.stat(path).st_uid, os.stat(path).st_gid) for path in stored] == [(bob.uid, bob.gid)]


def test_a_look_up_without_a_connection_finds_the_systems_user_by_the_plain_and_the_virtual_user_by_the_full_name(scene):
    assert "/home/bob" in out("doveadm", "user", "-f", "home", "bob")
    assert out("doveadm", "user", "-f", "home", "bob@va.example") == scene.va["bob"].home
    assert out("doveadm", "user", "-f", "uid", "bob@vb.example") == str(scene.vb["bob"].uid)


def test_the_log_names_the_canonical_user(scene, syslog):
    mail_of("imap", VA, "bob", scene.va["bob"].password)
    assert "<bob@va.example>" in syslog.wait_for(r"dovecot: imap-login: Login:|dovecot: imap-login: Logged in")


def delivered_to(home, subject):
    """Who owns the messages with this subject in the Maildir of a home."""
    return [path.stat().st_uid for path in pathlib.Path(home, "Maildir").glob("new/*") if f"Subject: {subject}\n" in path.read_text()]


def deliver(subject, recipient):
    """Hands a message to Dovecot's LMTP; gives the answer's number for a recipient who is refused."""
    program("dovecot-lmtpd", "/usr/lib/dovecot/lmtp")
    with smtplib.LMTP("/run/dovecot/lmtp") as client:
        try:
            client.sendmail("", [recipient], f"Subject: {subject}\n\ntext\n")
        except smtplib.SMTPRecipientsRefused as error:
            return error.recipients[recipient][0]
    return None


@pytest.mark.parametrize("domain", ["va", "vb"])
def test_lmtp_delivers_to_the_virtual_bob_and_not_to_the_systems(scene, domain):
    bob = getattr(scene, domain)["bob"]
    assert deliver(f"lmtp-{domain}", bob.login) is None
    assert delivered_to(bob.home, f"lmtp-{domain}") == [bob.uid]
    assert delivered_to("/home/bob", f"lmtp-{domain}") == []


@pytest.mark.parametrize("name", ["bob@va.example.org", "Bob@VA.Example"])
def test_lmtp_delivers_to_the_same_user_however_the_address_is_written(scene, name):
    bob = scene.va["bob"]
    assert deliver(f"lmtp-{name}", name) is None
    assert delivered_to(bob.home, f"lmtp-{name}") == [bob.uid]


def test_lmtp_delivers_mail_for_the_plain_name_to_the_systems_bob(scene):
    assert deliver("lmtp-plain", "bob") is None
    assert delivered_to("/home/bob", "lmtp-plain") == [1001]


@pytest.mark.parametrize("name", ["sue@va.example", "nobody-here@va.example"])
def test_lmtp_refuses_an_address_that_only_the_system_has_a_user_for_or_nobody(name):
    assert deliver("lmtp-nobody", name) == 550
    assert delivered_to("/home/sue", "lmtp-nobody") == []


def test_the_delivery_agent_delivers_to_the_virtual_bob_and_not_to_the_systems(scene):
    bob = scene.va["bob"]
    out("/usr/lib/dovecot/dovecot-lda", "-d", bob.login, input="Subject: lda\n\ntext\n")
    assert delivered_to(bob.home, "lda") == [bob.uid]
    assert delivered_to("/home/bob", "lda") == []


@pytest.mark.parametrize("name", ["imap", "pop3", "lda", "sieve", "submission", "doveadm"])
def test_no_packaged_setting_of_a_protocol_comes_before_the_examples(name):
    kind = "service" if version() == "2.3" else "protocol"
    settings = ["auth_username_format", "auth_username_chars", "last_valid_uid",
                *(["mail_location"] if version() == "2.3" else ["mail_driver", "mail_path", "mail_inbox_path", "mail_home"])]
    assert out("doveconf", "-f", f"{kind}={name}", *settings) == out("doveconf", *settings)
