# SPDX-License-Identifier: LGPL-2.1-or-later
"""The service types password and session, rehash, and where the address comes from."""

import pytest

import scene as scenes
from pam_stack import CONTROL, QUICK
from programs import VA, VB, connection_to, run
from scene import TODAY, User, hash_of


def stack(*options, kinds=("auth", "account", "password", "session")):
    return [f"{kind} {CONTROL} pam_vmail.so {' '.join(options)}" for kind in kinds]


def stored(domain, user="bob"):
    """The fields of the user's shadow line."""
    return next(line.split(":") for line in domain.shadow.read_text().splitlines() if line.startswith(user + ":"))


def matches(password, hash):
    return hash_of(password, hash) == hash


@pytest.fixture
def domain(make_domain):
    return make_domain("pw.example", User("bob", 77002, "old-secret", lstchg=TODAY - 10))


@pytest.fixture
def as_bob(set_id_client, domain):
    """pamclient as bob runs it: set-id root, as passwd(1) is."""
    def call(service, user, answers, *steps, **options):
        return run("setpriv", "--reuid", "77002", "--regid", "77002", "--clear-groups", set_id_client, service, user, answers,
                   *steps, **options)
    return call


def test_root_sets_a_password_without_the_old_one(pam, pam_service, domain):
    answer = pam(pam_service(*stack(QUICK)), "bob@pw.example", "brand-new", "chauthtok", "auth")
    assert (answer.chauthtok, answer.auth, answer.user) == ("PAM_SUCCESS", "PAM_SUCCESS", "bob@pw.example")
    fields = stored(domain)
    assert matches("brand-new", fields[1]) and fields[2] == str(TODAY)


def test_the_password_of_nobody_of_ours_is_left_to_the_next_module(pam, pam_service):
    service = pam_service(*stack(kinds=["password"]), "password requisite pam_debug.so prechauthtok=maxtries")
    assert pam(service, "sue", "brand-new", "chauthtok").chauthtok == "PAM_MAXTRIES"


def test_an_unknown_user_of_ours_gets_no_password(pam, pam_service, domain):
    assert pam(pam_service(*stack()), "nobody@pw.example", "brand-new", "chauthtok").chauthtok == "PAM_USER_UNKNOWN"


def test_the_user_himself_gives_the_old_password_and_the_new_one_twice(as_bob, pam_service, domain):
    done = as_bob(pam_service(*stack(QUICK)), "bob@pw.example", "old-secret,brand-new,brand-new", "chauthtok")
    assert done.returncode == 0, done.stdout
    assert matches("brand-new", stored(domain)[1])


@pytest.mark.parametrize("answers, result", [
    ("wrong,brand-new,brand-new", "PAM_AUTH_ERR"),
    ("old-secret,brand-new,something-else", "PAM_TRY_AGAIN"),
    ("old-secret,old-secret,old-secret", "PAM_AUTHTOK_ERR"),
    ("old-secret,,", "PAM_AUTHTOK_ERR"),
])
def test_the_user_himself_is_refused_and_keeps_his_password(as_bob, pam_service, domain, answers, result):
    done = as_bob(pam_service(*stack(QUICK)), "bob@pw.example", answers, "chauthtok")
    assert f"chauthtok={result}\n" in done.stdout
    assert matches("old-secret", stored(domain)[1]) and stored(domain)[2] == str(TODAY - 10)


def test_the_minimum_age_holds_for_the_user_and_not_for_root(as_bob, pam, pam_service, make_domain):
    domain = make_domain("pw.example", User("bob", 77002, "old-secret", lstchg=TODAY - 1, min=5))
    service = pam_service(*stack(QUICK))
    done = as_bob(service, "bob@pw.example", "old-secret,brand-new,brand-new", "chauthtok")
    assert "chauthtok=PAM_AUTHTOK_ERR\n" in done.stdout and "4 more days" in done.stdout
    assert matches("old-secret", stored(domain)[1])
    assert pam(service, "bob@pw.example", "brand-new", "chauthtok").chauthtok == "PAM_SUCCESS"


def test_a_forced_change_asks_for_the_old_password_even_under_root_and_ends_the_demand(pam, pam_service, make_domain):
    domain = make_domain("pw.example", User("bob", 77002, "old-secret", lstchg=0))
    service = pam_service(*stack(QUICK))
    answer = pam(service, "bob@pw.example", "old-secret,old-secret,brand-new,brand-new", "auth", "acct", "expired-chauthtok",
                 "acct")
    assert answer.text.count("acct=PAM_NEW_AUTHTOK_REQD") == 1 and answer.acct == "PAM_SUCCESS"
    assert matches("brand-new", stored(domain)[1])


def test_a_change_only_if_expired_leaves_a_fresh_password_alone(pam, pam_service, domain):
    answer = pam(pam_service(*stack(QUICK)), "bob@pw.example", "old-secret,brand-new", "expired-chauthtok")
    assert (answer.chauthtok, answer.prompts) == ("PAM_SUCCESS", 0)
    assert matches("old-secret", stored(domain)[1])


@pytest.mark.parametrize("method, prefix", [("sha512", "$6$"), ("sha256", "$5$"), ("bcrypt", "$2b$"), ("yescrypt", "$y$")])
def test_new_hashes_are_of_the_method_that_crypt_names(pam, pam_service, domain, method, prefix):
    assert pam(pam_service(*stack(f"crypt={method}")), "bob@pw.example", "brand-new", "chauthtok", "auth").auth == "PAM_SUCCESS"
    assert stored(domain)[1].startswith(prefix)


def test_new_hashes_are_of_the_systems_default_method_unless_told_otherwise(pam, pam_service, domain):
    assert pam(pam_service(*stack()), "bob@pw.example", "brand-new", "chauthtok").chauthtok == "PAM_SUCCESS"
    assert stored(domain)[1].startswith("$y$")


def test_rounds_is_the_cost(pam, pam_service, domain):
    assert pam(pam_service(*stack("crypt=sha512 rounds=7777")), "bob@pw.example", "brand-new", "chauthtok").chauthtok == "PAM_SUCCESS"
    assert stored(domain)[1].startswith("$6$rounds=7777$")


def test_a_hash_in_the_passwd_file_moves_to_the_shadow_file(pam, pam_service, domain):
    domain.shadow.unlink()
    scenes.write(domain.passwd, f"bob:{hash_of('old-secret')}:77002:77002::/vhome/pw.example/bob:/bin/false\n")
    answer = pam(pam_service(*stack(QUICK)), "bob@pw.example", "brand-new", "chauthtok", "auth")
    assert (answer.chauthtok, answer.auth) == ("PAM_SUCCESS", "PAM_SUCCESS")
    assert domain.passwd.read_text() == "bob:x:77002:77002::/vhome/pw.example/bob:/bin/false\n"
    assert domain.shadow.read_text().startswith("bob:$5$")


def test_a_user_without_a_shadow_line_gets_one(pam, pam_service, domain):
    before = "alice:!::::::"  # no newline at the end either
    scenes.write(domain.shadow, before + "::", 0o640, scenes.shadow_group())
    assert pam(pam_service(*stack(QUICK)), "bob@pw.example", "brand-new", "chauthtok", "auth").auth == "PAM_SUCCESS"
    assert domain.shadow.read_text().startswith(before + "::\nbob:$5$")


def test_a_missing_shadow_file_is_made_for_root_and_group_shadow_only(pam, pam_service, domain):
    domain.shadow.unlink()
    assert pam(pam_service(*stack(QUICK)), "bob@pw.example", "brand-new", "chauthtok", "auth").auth == "PAM_SUCCESS"
    status = domain.shadow.stat()
    assert (status.st_mode & 0o7777, status.st_uid, status.st_gid) == (0o640, 0, scenes.shadow_group())


def test_a_broken_shadow_line_is_told_and_not_covered_by_another(pam, pam_service, domain, syslog):
    scenes.write(domain.shadow, "bob:broken:line\n", 0o640, scenes.shadow_group())
    assert pam(pam_service(*stack(QUICK)), "bob@pw.example", "brand-new", "chauthtok").chauthtok == "PAM_AUTHTOK_ERR"
    assert domain.shadow.read_text() == "bob:broken:line\n"
    syslog.wait_for("shadow.pw.example:1: bob: expected 9 fields")


def test_no_password_or_hash_is_ever_logged(as_bob, pam, pam_service, domain, syslog):
    service = pam_service(*stack("debug", QUICK))
    as_bob(service, "bob@pw.example", "old-secret,brand-new,brand-new", "chauthtok")
    pam(service, "bob@pw.example", "brand-new", "auth", "acct", "open", "close")
    pam(service, "bob@pw.example", "guessed-wrongly", "auth")
    text = syslog.wait_for("password changed for bob@pw.example")
    for secret in ("old-secret", "brand-new", "guessed-wrongly", "$5$", "$6$"):
        assert secret not in text


# rehash


@pytest.mark.parametrize("setting", ["$1$saltsalt$", "$2b$04$abcdefghijklmnopqrstuu", "$6$rounds=1000$saltstring$", "ab"])
def test_rehash_replaces_a_weak_hash_at_a_good_login_and_keeps_its_age(pam, pam_service, make_domain, setting):
    domain = make_domain("pw.example", User("bob", 77002, hash=hash_of("old-secret", setting), lstchg=TODAY - 10))
    service = pam_service(*stack("rehash"))
    assert pam(service, "bob@pw.example", "wrong-secret", "auth").auth == "PAM_AUTH_ERR"
    assert stored(domain)[1] == hash_of("old-secret", setting)
    assert pam(service, "bob@pw.example", "old-secret", "auth").auth == "PAM_SUCCESS"
    fields = stored(domain)
    assert fields[1].startswith("$y$") and matches("old-secret", fields[1]) and fields[2] == str(TODAY - 10)
    assert pam(service, "bob@pw.example", "old-secret", "auth").auth == "PAM_SUCCESS"
    assert stored(domain)[1] == fields[1]


def test_rehash_leaves_a_good_hash_and_without_the_option_any_hash_alone(pam, pam_service, make_domain):
    good = hash_of("old-secret", "$6$saltstring$")
    domain = make_domain("pw.example", User("bob", 77002, hash=good))
    assert pam(pam_service(*stack("rehash")), "bob@pw.example", "old-secret", "auth").auth == "PAM_SUCCESS"
    assert stored(domain)[1] == good
    domain = make_domain("pw.example", User("bob", 77002, hash=hash_of("old-secret", "$1$saltsalt$")))
    assert pam(pam_service(*stack()), "bob@pw.example", "old-secret", "auth").auth == "PAM_SUCCESS"
    assert stored(domain)[1].startswith("$1$")


def test_a_rehash_that_fails_does_not_fail_the_login(pam, pam_service, make_domain, syslog):
    domain = make_domain("pw.example", User("bob", 77002, hash=hash_of("old-secret", "$1$saltsalt$")))
    run("mount", "--bind", str(scenes.ETC), str(scenes.ETC), check=True)
    try:
        run("mount", "-o", "remount,bind,ro", str(scenes.ETC), check=True)
        assert pam(pam_service(*stack("rehash")), "bob@pw.example", "old-secret", "auth").auth == "PAM_SUCCESS"
        syslog.wait_for("Read-only file system")
    finally:
        run("umount", str(scenes.ETC), check=True)
    assert stored(domain)[1].startswith("$1$")


# Session


def test_a_session_is_logged_and_sets_the_environment(pam, pam_service, scene, syslog):
    answer = pam(pam_service(*stack()), "bob@va.example.org", "-", "open", "env", "close")
    assert (answer.open, answer.close, answer.user) == ("PAM_SUCCESS", "PAM_SUCCESS", "bob@va.example")
    for variable in ("VMAIL_USER=bob", "VMAIL_DOMAIN=va.example", "MAIL=/vhome/va.example/bob/Maildir"):
        assert f"env={variable}\n" in answer.text
    syslog.wait_for(r"session opened for user bob@va.example\(uid=70000\) by \(uid=0\)")
    syslog.wait_for("session closed for user bob@va.example")


def test_the_session_of_nobody_of_ours_is_ignored_and_of_an_unknown_user_refused(pam, pam_service):
    service = pam_service(*stack(kinds=["session"]), "session requisite pam_debug.so open_session=maxtries")
    assert pam(service, "sue", "-", "open").open == "PAM_MAXTRIES"
    assert pam(service, "nobody@va.example", "-", "open").open == "PAM_USER_UNKNOWN"


# Where the address comes from


def test_the_address_can_come_from_the_environment(pam, pam_service, scene):
    service = pam_service(*stack("address_from=env:TCPLOCALIP"))
    answer = pam(service, "alice", scene.va["alice"].password, "auth", env={"TCPLOCALIP": VA})
    assert (answer.auth, answer.user) == ("PAM_SUCCESS", "alice@va.example")


@pytest.mark.parametrize("value", ["", "localhost", "127.0.0.2 ", "127.0.0.1"])
def test_another_address_in_the_environment_means_nobody(pam, pam_service, value):
    service = pam_service(*stack("address_from=env:TCPLOCALIP", kinds=["auth"]), "auth requisite pam_debug.so auth=maxtries")
    assert pam(service, "alice", "x", "auth", env={"TCPLOCALIP": value}).auth == "PAM_MAXTRIES"


def test_the_address_from_the_environment_is_refused_in_a_set_id_program(as_bob, pam_service, syslog):
    service = pam_service(*stack("address_from=env:TCPLOCALIP", kinds=["auth"]), "auth requisite pam_debug.so auth=maxtries")
    assert "auth=PAM_MAXTRIES" in as_bob(service, "alice", "x", "auth", env={"TCPLOCALIP": VA}).stdout
    syslog.wait_for("refused in a set-id program")


def test_where_nss_sees_another_connection_than_the_environment_says_the_log_in_is_refused(pam, pam_service, scene):
    service = pam_service(*stack("address_from=env:TCPLOCALIP"))
    with connection_to(VB) as connection:
        answer = pam(service, "bob", scene.va["bob"].password, "auth", stdin=connection, env={"TCPLOCALIP": VA})
    assert answer.auth == "PAM_PERM_DENIED"


def test_stdin_of_a_set_id_program_is_its_callers_and_names_nobody(as_bob, pam_service):
    service = pam_service(*stack(kinds=["auth"]), "auth requisite pam_debug.so auth=maxtries")
    with connection_to(VA) as connection:
        assert "auth=PAM_MAXTRIES" in as_bob(service, "alice", "x", "auth", stdin=connection).stdout


# resolve_only


def test_resolve_only_makes_the_name_canonical_without_a_prompt(pam, pam_service):
    service = pam_service("auth requisite pam_vmail.so resolve_only")
    with connection_to(VA) as connection:
        answer = pam(service, "bob", "x", "auth", stdin=connection)
    assert (answer.auth, answer.user, answer.prompts) == ("PAM_SUCCESS", "bob@va.example", 0)


def test_after_resolve_only_nss_is_still_asked_for_the_name_as_it_was_given(pam, pam_service, scene):
    service = pam_service("auth [success=ok ignore=ignore default=die] pam_vmail.so domain=va.example resolve_only",
                          *stack(kinds=["auth"]))
    answer = pam(service, "bob", scene.va["bob"].password, "auth")
    assert answer.auth == "PAM_PERM_DENIED"
