# SPDX-License-Identifier: LGPL-2.1-or-later
"""SMTP AUTH: Postfix asks saslauthd, which asks PAM. And Postfix knows the users, from NSS."""

import contextlib
import pathlib
import re
import smtplib
import ssl

import pytest

import mail_setup
from daemons import Daemon, program
from programs import EXAMPLES, SYSTEM, VA, out, run
from scene import User, hash_of

SUBMISSION = 587
OUTSIDE = "somebody@elsewhere.example"
POSTFIX = pathlib.Path("/etc/postfix")


@pytest.fixture(scope="module")
def saslauthd():
    with mail_setup.saslauthd() as daemon:
        yield daemon


@pytest.fixture(scope="module", autouse=True)
def postfix(saslauthd):
    """Debian's own settings with ours behind them, and a certificate."""
    binary = program("postfix", "/usr/sbin/postfix")
    before = {name: (POSTFIX / name).read_text() for name in ("main.cf", "master.cf")}
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=mail.example", "-days", "2", "-keyout",
        str(POSTFIX / "key.pem"), "-out", str(POSTFIX / "cert.pem"), check=True)
    ours = (EXAMPLES / "postfix/main.cf").read_text()
    names = re.findall(r"^(\w+) =", ours, re.M)
    theirs = [line for line in (POSTFIX / "main.cf").read_text().splitlines()
              if not re.match(r"(%s)\s*=" % "|".join([*names, "smtpd_tls_cert_file", "smtpd_tls_key_file"]), line)]
    paths = f"smtpd_tls_cert_file = {POSTFIX}/cert.pem\nsmtpd_tls_key_file = {POSTFIX}/key.pem\n"
    (POSTFIX / "main.cf").write_text("\n".join(theirs) + "\n" + ours + paths)
    services = [line for line in (POSTFIX / "master.cf").read_text().splitlines() if not re.match(r"(smtp|submission)\s+inet\b", line)]
    (POSTFIX / "master.cf").write_text("\n".join(services) + "\n" + (EXAMPLES / "postfix/master.cf").read_text())
    run(binary, "check", check=True)
    # What "postfix start-fg" would put into a process group of its own.
    with Daemon(out("postconf", "-h", "daemon_directory") + "/master", "-d",
                ports=[(SYSTEM, SUBMISSION), (VA, SUBMISSION)]) as daemon:
        yield daemon
    for name, text in before.items():
        (POSTFIX / name).write_text(text)


@contextlib.contextmanager
def submission(address=SYSTEM):
    """A connection, with TLS and before any log-in."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP(address, SUBMISSION, local_hostname="client.example", timeout=60, source_address=(address, 0)) as client:
        client.starttls(context=context)
        client.ehlo()
        yield client


def reply_to_login(user, password, address=SYSTEM):
    with submission(address) as client:
        try:
            return client.login(user, password)[0]
        except smtplib.SMTPAuthenticationError as error:
            return error.smtp_code


def reply_to_recipient(client):
    client.mail("bob@va.example")
    code, _ = client.rcpt(OUTSIDE)
    client.rset()
    return code


@pytest.mark.parametrize("domain", ["va", "vb"])
def test_the_full_name_and_its_own_password_are_accepted(scene, domain):
    bob = getattr(scene, domain)["bob"]
    assert reply_to_login(bob.login, bob.password) == 235


@pytest.mark.parametrize("mechanism", ["auth_plain", "auth_login"])
def test_both_mechanisms_are_accepted(scene, mechanism):
    with submission() as client:
        client.user, client.password = "bob@va.example", scene.va["bob"].password
        assert client.auth(mechanism[5:].upper(), getattr(client, mechanism))[0] == 235


def test_the_alias_of_a_domain_in_capitals_is_the_same_user(scene):
    assert reply_to_login("Bob@VA.Example.ORG", scene.va["bob"].password) == 235


def test_mail_to_the_outside_is_taken_after_a_log_in_only(scene):
    with submission() as client:
        assert reply_to_recipient(client) == 554
        client.login("bob@va.example", scene.va["bob"].password)
        assert reply_to_recipient(client) == 250


@pytest.mark.parametrize("address", [SYSTEM, VA])
def test_a_plain_name_is_the_systems_at_every_address(scene, address):
    assert reply_to_login("bob", scene.system_password["bob"], address) == 235
    assert reply_to_login("bob", scene.va["bob"].password, address) == 535


def test_a_wrong_password_and_those_of_the_other_bobs_are_refused(scene):
    assert reply_to_login("bob@va.example", "wrong") == 535
    assert reply_to_login("bob@va.example", scene.vb["bob"].password) == 535
    assert reply_to_login("bob@va.example", scene.system_password["bob"]) == 535


@pytest.mark.parametrize("name", ["locked", "expired", "mustchange"])
def test_a_locked_or_expired_account_and_one_whose_password_must_be_changed_are_refused(scene, name):
    assert reply_to_login(scene.va[name].login, scene.va[name].password) == 535


@pytest.mark.parametrize("user", ["nobody-here@va.example", "bob@elsewhere.example", "root@va.example", "alice"])
def test_an_unknown_user_or_domain_and_a_virtual_users_plain_name_are_refused(scene, user):
    assert reply_to_login(user, scene.va["alice"].password) == 535


def test_a_changed_password_counts_at_once(make_domain):
    domain = make_domain("vc.example", User("tom", 77001, "tom-secret"))
    assert reply_to_login("tom@vc.example", "tom-secret") == 235
    domain["tom"].hash = hash_of("tom-new-secret")
    domain.write()
    assert reply_to_login("tom@vc.example", "tom-secret") == 535
    assert reply_to_login("tom@vc.example", "tom-new-secret") == 235


def test_without_tls_no_log_in_is_offered():
    with smtplib.SMTP(SYSTEM, SUBMISSION, local_hostname="client.example", timeout=60) as client:
        client.ehlo()
        assert client.has_extn("starttls") and not client.has_extn("auth")


def test_the_log_names_the_user_with_his_domain(scene, syslog):
    with submission() as client:
        client.login("bob@vb.example", scene.vb["bob"].password)
        reply_to_recipient(client)
    assert "sasl_username=bob@vb.example" in syslog.wait_for("sasl_username=")


@pytest.mark.parametrize("user, answer", [("bob@va.example", "70000"), ("bob@vb.example", "71000"), ("bob", "1001")])
def test_the_map_of_unix_users_has_the_virtual_users(user, answer):
    assert out("postmap", "-q", user, "unix:passwd.byname").split(":")[:3] == [user, "x", answer]


def test_the_map_of_unix_users_has_nobody_who_is_not_there():
    assert run("postmap", "-q", "nobody-here@va.example", "unix:passwd.byname").returncode == 1
