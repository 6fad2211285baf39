# SPDX-License-Identifier: LGPL-2.1-or-later
"""The contract of pam_vmail: return values, options, PAM_USER.

In these stacks the line after pam_vmail gives PAM_MAXTRIES, so that this is what "ignore" looks like from outside.
"""

import pathlib
import re

import pytest

import scene as scenes
from pam_stack import IGNORED, stack
from programs import CLOSED, EXAMPLES, SYSTEM, VA, VA6, VB, connection_to, mapped_connection_to, run
from scene import TODAY, User, hash_of

@pytest.fixture
def ask(pam, pam_service):
    """ask(USER, PASSWORD, *steps, options=(), address=) with fd 0 a connection to the address (none: closed)."""

    def call(user, password, *steps, options=(), address=None, **more):
        service = pam_service(*stack(*options))
        if address is None:
            return pam(service, user, password, *steps, **{"stdin": CLOSED, **more})
        with connection_to(address) as connection:
            return pam(service, user, password, *steps, stdin=connection, **more)

    return call


# Who is meant


@pytest.mark.parametrize("user", ["sue", "bob", "root", "nobody-here", "bob@elsewhere.example", "alice"])
def test_a_name_that_is_no_virtual_users_is_ignored_before_any_prompt(ask, user):
    answer = ask(user, "some-password")
    assert (answer.auth, answer.prompts, answer.user) == (IGNORED, 0, user)


@pytest.mark.parametrize("user", ["sue", "bob", "bob@elsewhere.example"])
def test_the_account_of_somebody_else_is_ignored(ask, user):
    assert ask(user, "-", "acct").acct == IGNORED


@pytest.mark.parametrize("user", ["bob@va.example", "bob@va.example.org", "BOB@Va.Example"])
def test_the_right_password_is_accepted_and_pam_user_becomes_the_canonical_name(ask, scene, user):
    answer = ask(user, scene.va["bob"].password, "auth", "setcred", "acct")
    assert (answer.auth, answer.setcred, answer.acct) == ("PAM_SUCCESS", "PAM_SUCCESS", "PAM_SUCCESS")
    assert answer.user == "bob@va.example"


@pytest.mark.parametrize("address, domain", [(VA, "va"), (VB, "vb"), (VA6, "va")])
def test_a_plain_name_is_the_user_of_the_domain_whose_connection_is_descriptor_0(ask, scene, address, domain):
    bob = getattr(scene, domain)["bob"]
    answer = ask("bob", bob.password, "auth", "acct", address=address)
    assert (answer.auth, answer.acct, answer.user) == ("PAM_SUCCESS", "PAM_SUCCESS", bob.login)


def test_an_ipv4_address_on_an_ipv6_socket_is_the_same_address(pam, pam_service, scene):
    service = pam_service(*stack())
    with mapped_connection_to(VA) as connection:
        answer = pam(service, "bob", scene.va["bob"].password, "auth", stdin=connection)
    assert (answer.auth, answer.user) == ("PAM_SUCCESS", "bob@va.example")


def test_on_the_main_address_a_plain_name_is_ignored(ask):
    answer = ask("bob", "x", address=SYSTEM)
    assert (answer.auth, answer.prompts) == (IGNORED, 0)


def test_an_address_literal_is_the_domain_that_owns_the_address(ask, scene):
    answer = ask("bob@[127.0.0.3]", scene.vb["bob"].password)
    assert (answer.auth, answer.user) == ("PAM_SUCCESS", "bob@vb.example")
    assert ask("bob@[::2]", scene.va["bob"].password).user == "bob@va.example"


def test_an_address_literal_that_no_domain_owns_is_ignored_and_kept(ask):
    answer = ask("bob@[127.0.0.1]", "x")
    assert (answer.auth, answer.prompts, answer.user) == (IGNORED, 0, "bob@[127.0.0.1]")


# The table of return values


@pytest.mark.parametrize("user, address", [("nobody-here@va.example", None), ("sue", VA), ("nobody-here", VA)])
def test_an_unknown_user_of_our_domain_is_user_unknown(ask, user, address):
    assert ask(user, "some-password", address=address).auth == "PAM_USER_UNKNOWN"


def test_a_wrong_password_is_auth_err(ask, scene):
    assert ask("bob@va.example", "wrong").auth == "PAM_AUTH_ERR"
    assert ask("bob@va.example", "").auth == "PAM_AUTH_ERR"
    assert ask("bob@va.example", scene.va["bob"].password + "x").auth == "PAM_AUTH_ERR"
    assert ask("bob@va.example", scene.vb["bob"].password).auth == "PAM_AUTH_ERR"


def test_a_broken_conversation_is_an_error_and_no_success(ask):
    assert ask("bob@va.example", "-").auth == "PAM_AUTHTOK_ERR"


def test_a_missing_shadow_file_is_authinfo_unavail(ask, make_domain, syslog):
    make_domain("vc.example", User("tom", 77001, "tom-secret")).shadow.unlink()
    assert ask("tom@vc.example", "tom-secret").auth == "PAM_AUTHINFO_UNAVAIL"
    assert "vc.example" in syslog.wait_for("shadow.vc.example")


@pytest.mark.parametrize("which", ["passwd", "shadow"])
@pytest.mark.parametrize("what", ["group-writable", "other-writable", "not-roots", "a-directory", "a-fifo"])
def test_a_file_that_is_not_to_be_trusted_is_authinfo_unavail_and_the_log_names_it(ask, make_domain, syslog, which, what):
    import os
    domain = make_domain("vc.example", User("tom", 77001, "tom-secret"))
    path = getattr(domain, which)
    if what == "group-writable":
        path.chmod(0o664 if which == "passwd" else 0o660)
    elif what == "other-writable":
        path.chmod(0o646)
    elif what == "not-roots":
        os.chown(path, 1002, -1)
    else:
        path.unlink()
        path.mkdir() if what == "a-directory" else os.mkfifo(path, 0o600)
    assert ask("tom@vc.example", "tom-secret").auth == "PAM_AUTHINFO_UNAVAIL"
    syslog.wait_for(f"{which}.vc.example")


def test_a_shadow_file_that_the_program_may_not_read_is_authinfo_unavail(ask, scene):
    assert ask("bob@va.example", scene.va["bob"].password, as_user="sue").auth == "PAM_AUTHINFO_UNAVAIL"


def test_a_directory_that_others_may_write_is_authinfo_unavail(ask, scene):
    scenes.ETC.chmod(0o777)
    try:
        assert ask("bob@va.example", scene.va["bob"].password).auth == "PAM_AUTHINFO_UNAVAIL"
    finally:
        scenes.ETC.chmod(0o755)


@pytest.mark.parametrize("hash", ["*", "!", "!!", "", "x", "garbage", "$99$abc$def", "$6$", "{NO-SUCH-SCHEME}abc", "*0", "*1"])
@pytest.mark.parametrize("password", ["", "tom-secret", "same"])
def test_a_hash_that_nothing_can_match_lets_nobody_in(ask, make_domain, hash, password):
    make_domain("vc.example", User("tom", 77001, hash=hash))
    answer = ask("tom@vc.example", hash if password == "same" else password, "nonull-auth", "acct")
    assert answer.auth == "PAM_AUTH_ERR"


def test_a_locked_hash_is_auth_err_also_for_its_own_password_and_the_log_says_so(ask, scene, syslog):
    assert ask("locked@va.example", scene.va["locked"].password).auth == "PAM_AUTH_ERR"
    syslog.wait_for("locked@va.example: the password is locked")


def test_a_hash_of_a_scheme_that_crypt_does_not_know_is_auth_err_and_the_log_says_so(ask, make_domain, syslog):
    make_domain("vc.example", User("tom", 77001, hash="{SSHA}abcdefgh"))
    assert ask("tom@vc.example", "x").auth == "PAM_AUTH_ERR"
    syslog.wait_for(r"tom@vc.example: refused, because crypt\(3\) on this machine does not support the hash")


def test_a_hash_that_costs_too_much_is_auth_err_also_for_its_own_password_and_the_log_says_so(ask, make_domain, syslog):
    make_domain("vc.example", User("tom", 77001, hash=hash_of("toms-secret", "$6$rounds=200001$saltstring$")))
    assert ask("tom@vc.example", "toms-secret").auth == "PAM_AUTH_ERR"
    syslog.wait_for("tom@vc.example: refused, because the hash takes too long to check")


def test_only_a_refusal_that_is_the_clients_own_is_logged_as_an_authentication_failure(ask, make_domain, syslog):
    domain = make_domain("vc.example", User("tom", 77001, "tom-secret"))
    domain.shadow.chmod(0o660)
    assert ask("tom@vc.example", "tom-secret").auth == "PAM_AUTHINFO_UNAVAIL"
    syslog.wait_for("tom@vc.example refused: ")
    assert not syslog.lines("authentication failure;")
    domain.shadow.chmod(0o640)
    assert ask("tom@vc.example", "wrong").auth == "PAM_AUTH_ERR"
    syslog.wait_for("authentication failure; .* user=tom@vc.example$")


def test_a_uid_in_the_block_of_another_domain_is_logged(ask, make_domain, syslog):
    make_domain("vc.example", User("tom", 71463, "toms-secret"))
    assert ask("tom@vc.example", "toms-secret").auth == "PAM_SUCCESS"
    syslog.wait_for("passwd.vc.example: tom: uid 71463 is in the block of vb.example")


@pytest.mark.parametrize("ageing, code", [
    ({"expire": TODAY - 1}, "PAM_ACCT_EXPIRED"),
    ({"expire": TODAY}, "PAM_ACCT_EXPIRED"),
    ({"expire": TODAY + 2}, "PAM_SUCCESS"),
    ({"lstchg": 0}, "PAM_NEW_AUTHTOK_REQD"),
    ({"lstchg": TODAY - 100, "max": 90}, "PAM_NEW_AUTHTOK_REQD"),
    ({"lstchg": TODAY - 100, "max": 90, "inact": 20}, "PAM_NEW_AUTHTOK_REQD"),
    ({"lstchg": TODAY - 100, "max": 90, "inact": 5}, "PAM_AUTHTOK_EXPIRED"),
    ({"lstchg": TODAY - 80, "max": 90}, "PAM_SUCCESS"),
    ({"lstchg": "", "min": "", "max": "", "warn": ""}, "PAM_SUCCESS"),
])
def test_the_account_step_judges_the_ageing_fields_as_shadow_5_says(ask, make_domain, ageing, code):
    make_domain("vc.example", User("tom", 77001, "tom-secret", **ageing))
    answer = ask("tom@vc.example", "tom-secret", "auth", "acct")
    assert (answer.auth, answer.acct) == ("PAM_SUCCESS", code)


def test_a_password_that_expires_soon_is_warned_about_unless_silent(ask, make_domain):
    make_domain("vc.example", User("tom", 77001, "tom-secret", lstchg=TODAY - 87, max=90, warn=7))
    answer = ask("tom@vc.example", "tom-secret", "auth", "acct")
    assert answer.acct == "PAM_SUCCESS"
    assert [message for message in answer.messages if re.search(r"\b3 days", message)]
    assert ask("tom@vc.example", "tom-secret", "silent-auth", "silent-acct").messages == []


# NSS must agree


@pytest.fixture
def nsswitch():
    """nsswitch(LINE) replaces the passwd line of /etc/nsswitch.conf for this test only."""
    path = pathlib.Path("/etc/nsswitch.conf")
    before = path.read_text()
    yield lambda line: path.write_text(re.sub(r"^passwd:.*$", f"passwd: {line}", before, flags=re.M))
    path.write_text(before)


def test_a_log_in_is_refused_and_logged_if_nss_gives_the_plain_name_to_a_system_user(
        ask, scene, nsswitch, syslog):
    nsswitch("files vmail")
    assert ask("bob", scene.va["bob"].password, address=VA).auth == "PAM_PERM_DENIED"
    assert "1001" in syslog.wait_for("pam_vmail.*bob")


def test_with_keep_user_that_is_refused_too(ask, scene, nsswitch):
    nsswitch("files vmail")
    assert ask("bob", scene.va["bob"].password, address=VA, options=["keep_user"]).auth == "PAM_PERM_DENIED"


def test_where_nss_gives_the_full_name_to_another_uid_the_log_in_is_refused(ask, scene, nsswitch):
    passwd = pathlib.Path("/etc/passwd")
    before = passwd.read_text()
    nsswitch("files vmail")
    try:
        passwd.write_text(before + "bob@va.example:x:1234:1234::/nonexistent:/bin/false\n")
        answer = ask("bob@va.example", scene.va["bob"].password)
    finally:
        passwd.write_text(before)
    assert answer.auth == "PAM_PERM_DENIED"


def test_where_nss_does_not_know_the_user_at_all_the_password_counts_for_programs_that_only_check_it(ask, scene, nsswitch):
    nsswitch("files")
    assert ask("bob@va.example", scene.va["bob"].password).auth == "PAM_SUCCESS"
    assert ask("bob@va.example", "wrong").auth == "PAM_AUTH_ERR"


def test_full_names_work_where_files_come_first(ask, scene, nsswitch):
    nsswitch("files vmail")
    assert ask("bob@va.example", scene.va["bob"].password).auth == "PAM_SUCCESS"


# Options


def test_nullok_lets_in_who_has_no_password_and_without_it_nobody(ask, make_domain):
    make_domain("vc.example", User("tom", 77001, hash=""))
    assert ask("tom@vc.example", "").auth == "PAM_AUTH_ERR"
    assert ask("tom@vc.example", "", options=["nullok"]).auth == "PAM_SUCCESS"


def test_a_program_that_disallows_empty_passwords_overrules_nullok(ask, make_domain):
    make_domain("vc.example", User("tom", 77001, hash=""))
    assert ask("tom@vc.example", "", "nonull-auth", options=["nullok"]).auth == "PAM_AUTH_ERR"


def behind_another_module(option):
    # pam_unix asks for the password, refuses (it has no such password) and leaves it for the next module.
    return ["auth [default=ignore] pam_unix.so nodelay", f"auth required pam_vmail.so {option}"]


@pytest.mark.parametrize("option", ["try_first_pass", "use_first_pass"])
def test_a_password_that_was_asked_for_already_is_taken_without_a_prompt(pam, pam_service, scene, option):
    service = pam_service(*behind_another_module(option))
    answer = pam(service, "bob@va.example", scene.va["bob"].password)
    assert (answer.auth, answer.prompts) == ("PAM_SUCCESS", 1)


def test_with_use_first_pass_nothing_is_asked_for(ask, scene):
    answer = ask("bob@va.example", scene.va["bob"].password, options=["use_first_pass"])
    assert (answer.auth, answer.prompts) == ("PAM_AUTH_ERR", 0)


def test_with_use_first_pass_a_wrong_first_password_is_final(pam, pam_service, scene):
    service = pam_service(*behind_another_module("use_first_pass"))
    answer = pam(service, "bob@va.example", "wrong," + scene.va["bob"].password)
    assert (answer.auth, answer.prompts) == ("PAM_AUTH_ERR", 1)


def test_domain_says_whose_plain_names_are(ask, scene):
    answer = ask("alice", scene.va["alice"].password, options=["domain=va.example"])
    assert (answer.auth, answer.user) == ("PAM_SUCCESS", "alice@va.example")
    assert ask("alice", scene.va["alice"].password, options=["domain=vb.example"]).auth == "PAM_USER_UNKNOWN"


def test_domain_does_not_make_a_system_users_name_somebody_elses(ask, scene):
    assert ask("bob", scene.vb["bob"].password, options=["domain=vb.example"]).auth == "PAM_PERM_DENIED"


def test_domain_leaves_full_names_alone(ask, scene):
    assert ask("bob@va.example", scene.va["bob"].password, options=["domain=vb.example"]).user == "bob@va.example"


def test_with_no_address_a_plain_name_is_ignored_whatever_descriptor_0_is(ask):
    answer = ask("bob", "x", address=VA, options=["no_address"])
    assert (answer.auth, answer.prompts) == (IGNORED, 0)


def test_unwrap_address_gives_the_plain_name_to_the_rest_of_the_stack_where_no_domain_owns_the_address(ask):
    answer = ask("sue@[127.0.0.1]", "x", options=["unwrap_address"])
    assert (answer.auth, answer.prompts, answer.user) == (IGNORED, 0, "sue")


def test_unwrap_address_changes_nothing_where_a_domain_owns_the_address(ask, scene):
    answer = ask("bob@[127.0.0.2]", scene.va["bob"].password, options=["unwrap_address"])
    assert (answer.auth, answer.user) == ("PAM_SUCCESS", "bob@va.example")
    assert ask("sue@[127.0.0.2]", scene.system_password["sue"], options=["unwrap_address"]).auth == "PAM_USER_UNKNOWN"


def test_keep_user_leaves_pam_user_as_given(ask, scene):
    answer = ask("BOB@va.example.org", scene.va["bob"].password, "auth", "acct", options=["keep_user"])
    assert (answer.auth, answer.acct, answer.user) == ("PAM_SUCCESS", "PAM_SUCCESS", "BOB@va.example.org")


def test_same_domain_refuses_the_users_of_another_domain_over_the_address_of_one(ask, scene):
    bob = scene.vb["bob"]
    assert ask(bob.login, bob.password, address=VA, options=["same_domain"]).auth == "PAM_PERM_DENIED"
    assert ask(bob.login, bob.password, address=VB, options=["same_domain"]).auth == "PAM_SUCCESS"
    assert ask(bob.login, bob.password, address=SYSTEM, options=["same_domain"]).auth == "PAM_SUCCESS"
    assert ask(bob.login, bob.password, address=VA).auth == "PAM_SUCCESS"


@pytest.mark.parametrize("option", ["no_such_option", "nullok=yes", "domain=", "domain=../etc", "Debug"])
def test_an_unknown_option_is_an_error_for_virtual_users_and_the_log_names_it(ask, scene, syslog, option):
    answer = ask("bob@va.example", scene.va["bob"].password, options=[option])
    assert answer.auth == "PAM_SERVICE_ERR"
    assert option in syslog.wait_for("pam_vmail.*option|" + re.escape(option))


def test_debug_logs_what_is_done(ask, scene, syslog):
    ask("bob@va.example", scene.va["bob"].password, options=["debug"])
    assert "bob@va.example" in syslog.wait_for(r"\.debug .*pam_vmail")


def test_no_password_is_ever_logged(ask, scene, syslog):
    ask("bob@va.example", "wrong-secret-of-this-test", options=["debug"])
    ask("bob@va.example", scene.va["bob"].password, options=["debug"])
    syslog.wait_for("pam_vmail")
    assert "wrong-secret-of-this-test" not in syslog.text() and scene.va["bob"].password not in syslog.text()


def test_an_error_in_vmail_conf_is_logged_with_its_line_and_no_system_user_is_refused(ask, vmail_conf, syslog):
    vmail_conf("[vmail]\nno_such_key = 1\n")
    assert ask("sue", "x").auth == IGNORED
    ask("bob@va.example", "x")
    assert re.search(r"vmail\.conf:2", syslog.wait_for(r"vmail\.conf"))


# Other programs agree


def test_pamtester_gets_the_same_answers(pam_service, scene):
    service = pam_service(*stack())

    def pamtester(user, password):
        done = run("pamtester", service, user, "authenticate", "acct_mgmt", input=password + "\n")
        return done.returncode, done.stdout + done.stderr

    assert pamtester("bob@va.example", scene.va["bob"].password)[0] == 0
    assert pamtester("bob@va.example", "wrong")[0] != 0
    assert pamtester("expired@va.example", scene.va["expired"].password)[0] != 0
    assert pamtester("nobody-here@va.example", "x")[0] != 0


@pytest.mark.parametrize("example", sorted(path.name for path in (EXAMPLES / "pam.d").iterdir()
                                           if "\naccount" in path.read_text() and path.name != "with-virtual-users-only"))
def test_an_example_stack_lets_in_virtual_and_system_users_with_their_own_passwords_only(pam, pam_service, scene, example):
    lines = [line for line in (EXAMPLES / "pam.d" / example).read_text().splitlines() if "pam_rootok" not in line]
    service = pam_service(*lines)
    pathlib.Path("/etc/vmail-denied").touch()  # the list of with-listfile, which denies nobody here
    for user, password in (("bob@va.example", scene.va["bob"].password), ("sue", scene.system_password["sue"])):
        answer = pam(service, user, password, "auth", "acct")
        assert (answer.auth, answer.acct) == ("PAM_SUCCESS", "PAM_SUCCESS")
        assert pam(service, user, "wrong").auth != "PAM_SUCCESS"
    expired = scene.va["expired"]
    assert pam(service, expired.login, expired.password, "auth", "acct").acct == "PAM_ACCT_EXPIRED"


@pytest.mark.parametrize("setting", ["$1$saltsalt$", "$5$rounds=1000$saltsalt$", "$6$rounds=1000$saltsalt$",
                                     "$2b$04$abcdefghijklmnopqrstuu", "$y$j75$saltsaltsaltsaltsalt.."])
def test_every_method_of_crypt_5_is_known(ask, make_domain, setting):
    make_domain("vc.example", User("tom", 77001, hash=hash_of("tom-secret", setting)))
    assert ask("tom@vc.example", "tom-secret").auth == "PAM_SUCCESS"
    assert ask("tom@vc.example", "wrong").auth == "PAM_AUTH_ERR"


@pytest.mark.parametrize("prefix, setting", [("{CRYPT}", "$6$rounds=1000$saltsalt$"), ("{SHA512-CRYPT}", "$6$rounds=1000$saltsalt$"),
                                             ("{BLF-CRYPT}", "$2b$04$abcdefghijklmnopqrstuu")])
def test_the_prefixes_of_dovecot_are_known(ask, make_domain, prefix, setting):
    make_domain("vc.example", User("tom", 77001, hash=prefix + hash_of("tom-secret", setting)))
    assert ask("tom@vc.example", "tom-secret").auth == "PAM_SUCCESS"
    assert ask("tom@vc.example", "wrong").auth == "PAM_AUTH_ERR"
