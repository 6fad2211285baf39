# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmailctl check asks the real Postfix and Dovecot for their settings. Each case breaks one setting of a set-up in examples/
in which it finds nothing."""

import os
import pathlib
import re
import shutil
import socket

import pytest

import mail_setup
import scene as scenes
from check_findings import findings, only, put_back  # noqa: F401
from programs import out

POSTFIX = pathlib.Path("/etc/postfix")
DOVECOT = pathlib.Path("/etc/dovecot/conf.d/90-vmail.conf")
AUTH = pathlib.Path("/etc/dovecot/conf.d/10-auth.conf")
LIMITS = pathlib.Path("/etc/dovecot/conf.d/05-vmail-limits.conf")
STACK = pathlib.Path("/etc/pam.d/dovecot")
PRIVATE = mail_setup.QUEUE / "private"
STALE = PRIVATE / "stale"


# --- Postfix


@pytest.fixture(scope="module")
def postfix(scene):
    with mail_setup.postfix_dovecot_lmtp():
        yield


@pytest.fixture
def settings(postfix, put_back):
    """settings(LINE...) changes main.cf; with "-P", settings of a service in master.cf."""
    put_back(POSTFIX / "main.cf", POSTFIX / "master.cf")

    def change(*lines):
        if lines[0] == "-P":
            out("postconf", *lines)
        else:
            out("postconf", "-e", *lines)

    return change


def test_the_example_for_postfix_and_dovecot_has_no_mistake(postfix):
    assert findings("postfix,dovecot") == []


MAPS = "socketmap:unix:private/vmail-map"


@pytest.mark.parametrize("severity, lines, text", [
    ("error", ["mydestination = mail.example, VA.example.org, localhost"], "VA.example.org is in mydestination"),
    ("error", ["mydestination = $mydomain", "mydomain = vb.example"], "vb.example is in mydestination"),
    ("error", ["virtual_alias_domains = va.example.org hash:/etc/aliases"], "va.example.org is in virtual_alias_domains"),
    ("error", [f"relay_domains = va.example {MAPS}:relays"], "va.example is in relay_domains"),
    ("error", ["virtual_transport = local"], "does not reach the mailboxes"),
    ("error", ["virtual_transport = smtp:[127.0.0.1]"], "does not reach the mailboxes"),
    ("error", ["virtual_transport = missing"], "does not reach the mailboxes"),
    ("error", ["virtual_mailbox_maps ="], "takes mail for users who do not exist"),
    ("warning", ["virtual_alias_maps ="], "aliases and fallbacks of the domains have no effect"),
    ("error", ["relay_domains ="], "mail for the relays in vmail.conf is refused"),
    ("error", ["relay_recipient_maps ="], "takes mail for recipients of relays who do not exist"),
    ("warning", ["transport_maps ="], "the primary hosts of relays"),
    ("error", ["virtual_mailbox_maps = unix:passwd.byname"], "write proxy:unix:passwd.byname"),
    ("error", ["virtual_alias_maps = socketmap:unix:/run/vmail-map:aliases"], "in a chroot, where this path does not exist"),
    ("error", ["virtual_alias_maps = socketmap:unix:private/nothing:aliases"], "private/nothing does not exist"),
    ("error", ["virtual_transport = lmtp:unix:private/nothing"], "unix_listener /var/spool/postfix/private/nothing"),
    ("error", ["smtpd_sasl_path = private/nothing"], "nobody can log in to send"),
    ("error", ["mynetworks = 127.0.0.0/8 0.0.0.0/0"], "mynetworks has 0.0.0.0/0: Postfix is an open relay"),
    ("error", ["mynetworks = [::]/0"], "mynetworks has [::]/0: Postfix is an open relay"),
    ("error", ["smtpd_relay_restrictions = permit_mynetworks, permit, reject_unauth_destination"], "it is an open relay"),
    ("error", ["smtpd_relay_restrictions =", "smtpd_recipient_restrictions = permit_mynetworks"], "it is an open relay"),
    ("error", ["smtpd_sender_login_maps ="], "submission/inet: a user who is logged in may send with anybody's address"),
    ("error", ["-P", "submission/inet/smtpd_sender_restrictions=permit_sasl_authenticated,reject_sender_login_mismatch"],
     "submission/inet: a user who is logged in may send with anybody's address"),
    ("error", ["-P", "smtp/inet/smtpd_sasl_auth_enable=yes"],
     "smtp/inet: a user who is logged in may send with anybody's address"),
    ("error", ["-P", "submission/inet/smtpd_tls_security_level=may", "submission/inet/smtpd_tls_auth_only=no"],
     "may send their passwords without encryption"),
    ("error", ["-P", "submission/inet/smtpd_relay_restrictions=permit", "submission/inet/smtpd_recipient_restrictions="],
     "submission/inet: it is an open relay"),
])
def test_a_wrong_setting_of_postfix_is_found(settings, severity, lines, text):
    settings(*lines)
    only("postfix", severity, text)


@pytest.mark.parametrize("lines", [
    ["virtual_mailbox_maps = proxy:unix:passwd.byname"],
    ["virtual_transport = vmail", "-M"],
    ["mynetworks = 10.0.0.0/8 [fc00::]/7"],
    ["smtpd_relay_restrictions =", "smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination"],
    ["mydestination = mail.example, localhost, va.example.net"],
])
def test_a_setting_of_postfix_that_works_is_not_a_mistake(settings, lines):
    if lines[-1] == "-M":
        lines = lines[:-1]
        out("postconf", "-M", "vmail/unix=vmail unix - n n - - pipe flags=R user=nobody argv=/bin/true")
    settings(*lines)
    assert findings("postfix") == []


def test_virtual_needs_ids_and_a_low_minimum(settings):
    settings("virtual_transport = virtual", "virtual_minimum_uid = 70001")
    scenes.write(scenes.ETC / "vmail.conf", "[vmail]\nids = 70000-79999\n" + (scenes.ETC / "vmail.conf").read_text())
    try:
        texts = sorted(text for _, text in findings("postfix"))
    finally:
        scenes.write(scenes.ETC / "vmail.conf", (scenes.ETC / "vmail.conf").read_text().split("\n", 2)[2])
    assert [re.match(r"\w+", text).group() for text in texts] == ["virtual_gid_maps", "virtual_minimum_uid", "virtual_uid_maps"]


def test_a_path_outside_of_the_queue_is_right_without_a_chroot(settings):
    out("postconf", "-F", *(f"{service}/chroot=n" for service in ("smtp/inet", "cleanup/unix", "rewrite/unix")))
    settings(f"virtual_alias_maps = socketmap:unix:{PRIVATE}/vmail-map:aliases")
    assert findings("postfix") == []


@pytest.fixture
def stale():
    """A socket without a program behind it."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(STALE))
        STALE.chmod(0o600)
        shutil.chown(STALE, "postfix")
        yield STALE
    STALE.unlink(missing_ok=True)


def test_a_socket_without_a_program_is_found(settings, stale):
    settings("virtual_transport = lmtp:unix:private/stale")
    only("postfix", "error", f"no program listens on the socket {stale}, so mail waits")


@pytest.mark.parametrize("owner, mode, right", [("root", 0o600, False), ("postfix", 0o400, False), ("root", 0o660, False),
                                                ("root", 0o666, True)])
def test_a_socket_that_postfix_may_not_use_is_found(postfix, owner, mode, right):
    path = PRIVATE / "vmail-map"
    before = path.stat()
    try:
        shutil.chown(path, owner, "root")
        path.chmod(mode)
        if right:
            assert findings("postfix") == []
        else:
            only("postfix", "error", f"the user postfix may not use the socket {path}")
    finally:
        os.chown(path, before.st_uid, before.st_gid)
        path.chmod(before.st_mode & 0o777)


def test_a_file_in_place_of_a_socket_is_found(settings):
    STALE.write_text("")
    try:
        settings("virtual_transport = lmtp:unix:private/stale")
        only("postfix", "error", f"{STALE} is not a socket")
    finally:
        STALE.unlink()


def test_a_postfix_that_does_not_serve_the_domains_is_a_note(settings):
    settings("virtual_mailbox_domains =", "mynetworks = 0.0.0.0/0")
    only("postfix", "note", "Postfix does not take mail for the domains of /etc/vmail")


def test_a_postfix_that_cannot_answer_is_a_note(settings):
    (POSTFIX / "main.cf").write_text("myhostname = $\n{x" * 3)
    only("postfix", "note", "cannot ask Postfix for its settings")


def test_for_one_domain_no_server_is_asked(settings):
    settings("mydestination = va.example")
    assert findings("postfix,dovecot,exim", "va.example") == []


# --- Dovecot


@pytest.fixture
def dovecot(postfix, put_back):
    """dovecot(LINE...) changes the settings of Dovecot; with a dictionary, those of its version."""
    put_back(DOVECOT, LIMITS, AUTH, STACK)
    version = mail_setup.version_of_dovecot()

    def change(*lines):
        lines = [line[version] if isinstance(line, dict) else line for line in lines]
        DOVECOT.write_text(DOVECOT.read_text() + "".join(f"{line}\n" for line in lines))

    return change


NO_DOMAIN = {"2.3": "auth_username_format = %Ln", "2.4": "auth_username_format = %{user | username | lower}"}
NO_ADDRESS = {"2.3": "auth_username_format = %Lu", "2.4": "auth_username_format = %{user | lower}"}
NO_DOMAIN_IN_LMTP = {version: "protocol lmtp {\n%s\n}" % line for version, line in NO_DOMAIN.items()}
OTHER_MAILDIR = {"2.3": "mail_location = maildir:~/mail", "2.4": "mail_path = ~/mail\nmail_inbox_path = ~/mail"}
OTHER_MBOX = {"2.3": "mail_location = mbox:~/mail:INBOX=/var/mail/%u",
              "2.4": "mail_driver = mbox\nmail_path = ~/mail\nmail_inbox_path = /var/mail/%{user}"}


@pytest.mark.parametrize("severity, lines, text", [
    ("error", ["first_valid_uid = 90000"], "users with lower uids cannot log in"),
    ("error", ["last_valid_uid = 70000"], "users with higher uids cannot log in"),
    ("error", ["first_valid_gid = 90000"], "users with lower gids cannot log in"),
    ("error", ["last_valid_gid = 70000"], "users with higher gids cannot log in"),
    ("error", [NO_DOMAIN_IN_LMTP], "protocol lmtp: auth_username_format"),
    ("warning", [NO_ADDRESS], "pam_vmail needs no option unwrap_address"),
    ("error", ["auth_username_chars ="], "choose the domain"),
    ("error", ["auth_username_chars = abcdefghijklmnopqrstuvwxyz01234567890.-_@[]"], "choose the domain"),
    ("error", [OTHER_MAILDIR], "Dovecot has the mail of users in maildir:~/mail, but in vmail.conf"),
    ("error", [OTHER_MBOX], "Dovecot has the mail of users in mbox:/var/mail/"),
])
def test_a_wrong_setting_of_dovecot_is_found(dovecot, severity, lines, text):
    dovecot(*lines)
    only("dovecot", severity, text)


def test_a_format_without_the_domain_is_found(dovecot):
    dovecot(NO_DOMAIN)
    assert "it removes the domain" in findings("dovecot")[0][1]


def test_a_home_that_is_not_in_passwd_is_found(dovecot):
    if mail_setup.version_of_dovecot() == "2.3":
        pytest.skip("Dovecot 2.3 takes the home of passwd first")
    dovecot("mail_home = /home/%{user | username}")
    only("dovecot", "error", "Dovecot does not use the homes of passwd")


@pytest.mark.parametrize("section, driver, text", [("userdb", "passwd", "no userdb has the driver passwd"),
                                                   ("passdb", "pam", "no passdb has the driver pam")])
def test_users_from_elsewhere_are_found(dovecot, section, driver, text):
    other = {"userdb": ("passdb", "pam"), "passdb": ("userdb", "passwd")}[section]
    lines = {"2.3": "%s {\n  driver = %s\n}", "2.4": "%s %s {\n}"}[mail_setup.version_of_dovecot()] % other
    LIMITS.write_text("")  # it names passwd, too
    AUTH.write_text(re.sub(r"^!include auth-system.*$", lines, AUTH.read_text(), flags=re.M))
    only("dovecot", "error", text)


def test_a_stack_that_does_not_take_the_address_off_is_found(dovecot):
    STACK.write_text(STACK.read_text().replace(" unwrap_address", ""))
    only("dovecot", "error", "pam_vmail has no option unwrap_address")


def test_plain_names_that_mean_nobody_of_a_domain_are_a_note(dovecot):
    dovecot(NO_ADDRESS)
    STACK.write_text(STACK.read_text().replace(" unwrap_address", ""))
    only("dovecot", "note", "a plain name is a system user's at all addresses")


def test_a_spool_is_in_the_same_place_for_dovecot_and_vmail_conf(dovecot, vmail_conf):
    vmail_conf("".join(f"[domain {name}]\nmailbox = mbox:/var/spool/vmail/%d/%u\n" for name in
                       ("va.example", "vb.example", *mail_setup.DOMAINS)))
    assert "Dovecot has the mail of users in maildir:" in findings("dovecot")[0][1]
    dovecot({"2.3": "mail_location = mbox:~/mail:INBOX=/var/spool/vmail/%Ld/%n",
             "2.4": "mail_driver = mbox\nmail_path = ~/mail\nmail_inbox_path = /var/spool/vmail/%{user | domain}/%{user | username}"})
    assert findings("dovecot") == []


def test_a_dovecot_without_virtual_users_is_not_judged(dovecot):
    dovecot("first_valid_uid = 90000")
    STACK.write_text("auth required pam_unix.so\naccount required pam_unix.so\n")
    assert findings("dovecot") == []


def test_a_dovecot_that_cannot_answer_is_a_note(dovecot):
    dovecot("nonsense {{{")
    only("dovecot", "note", "cannot ask Dovecot for its settings")
