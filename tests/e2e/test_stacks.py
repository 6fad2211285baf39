# SPDX-License-Identifier: LGPL-2.1-or-later
"""Other PAM modules before and behind pam_vmail, by the files of examples/pam.d."""

import os
import pathlib
import re

import pytest

from daemons import Daemon, install_example, program
from ftp import answer_to_login, download, session
from mail import mail_of, refusal
from programs import EXAMPLES, SYSTEM, UNPACKED, VA, VB, connection_to, out, run
from scene import User, hash_of
from test_ftp import proftpd, vsftpd


def example(name, *lines):
    return (*(EXAMPLES / "pam.d" / name).read_text().splitlines(), *lines)


# pam_faillock, under a real daemon


@pytest.fixture(scope="module")
def pop3(tmp_path_factory):
    program("mailutils-pop3d", "/usr/sbin/pop3d")
    stack = install_example("pam.d/with-faillock", "/etc/pam.d/pop3d")
    # pam_faillock makes a failure take two seconds, unless told not to.
    stack.write_text(stack.read_text().replace("unlock_time=600", "unlock_time=600 nodelay"))
    install_example("mailutils.conf", "/etc/mailutils.conf")
    conf = install_example("inetd/mailutils-pop3d.conf", tmp_path_factory.mktemp("inetd") / "inetd.conf")
    with Daemon(program("openbsd-inetd", "/usr/sbin/inetd"), "-i", str(conf), ports=[(address, 110) for address in (SYSTEM, VA, VB)]):
        yield
    install_example("pam.d/pop3d", "/etc/pam.d/pop3d")


@pytest.fixture
def no_failures(pop3):
    def forget():
        for path in pathlib.Path("/run/faillock").glob("*"):
            path.unlink()
    forget()
    yield
    forget()


def fail(times, address, user):
    for _ in range(times):
        refusal("pop3", address, user, "wrong")


def test_three_failures_lock_a_user_out_with_the_right_password_too(no_failures, scene):
    fail(3, SYSTEM, "bob@va.example")
    refusal("pop3", SYSTEM, "bob@va.example", scene.va["bob"].password)


def test_two_failures_lock_nobody_and_a_good_log_in_makes_them_forgotten(no_failures, scene):
    for _ in range(2):
        fail(2, SYSTEM, "bob@va.example")
        assert mail_of("pop3", SYSTEM, "bob@va.example", scene.va["bob"].password) == ["for bob@va.example"]


def test_the_other_bobs_are_not_locked(no_failures, scene):
    fail(3, SYSTEM, "bob@va.example")
    assert mail_of("pop3", SYSTEM, "bob@vb.example", scene.vb["bob"].password) == ["for bob@vb.example"]
    assert mail_of("pop3", VB, "bob", scene.vb["bob"].password) == ["for bob@vb.example"]
    assert mail_of("pop3", SYSTEM, "bob", scene.system_password["bob"]) == ["for bob"]


def test_failures_are_counted_together_by_whatever_name_the_user_is_called(no_failures, scene):
    fail(1, VA, "bob")
    fail(1, SYSTEM, "bob@va.example.org")
    fail(1, SYSTEM, "BOB@Va.Example")
    refusal("pop3", VA, "bob", scene.va["bob"].password)
    refusal("pop3", SYSTEM, "bob@va.example", scene.va["bob"].password)


def test_failures_of_a_system_user_are_not_counted_by_this_stack(no_failures, scene):
    fail(4, SYSTEM, "bob")
    assert mail_of("pop3", SYSTEM, "bob", scene.system_password["bob"]) == ["for bob"]


def test_names_that_do_not_exist_leave_no_files(no_failures):
    fail(3, SYSTEM, "nobody-here@va.example")
    fail(3, VA, "nobody-here")
    assert list(pathlib.Path("/run/faillock").glob("*")) == []


def test_the_administrator_sees_and_ends_the_lock(no_failures, scene):
    fail(3, VB, "bob")
    assert len(re.findall(r" V$", out("faillock", "--user", "bob@vb.example"), re.M)) == 3
    out("faillock", "--user", "bob@vb.example", "--reset")
    assert mail_of("pop3", VB, "bob", scene.vb["bob"].password) == ["for bob@vb.example"]


def test_the_return_values_stay_those_of_pam_vmail(no_failures, pam, pam_service, scene):
    service = pam_service(*example("with-faillock"))
    assert pam(service, "bob@va.example", "wrong", "auth").auth == "PAM_AUTH_ERR"
    assert pam(service, "nobody-here@va.example", "wrong", "auth").auth == "PAM_USER_UNKNOWN"
    answer = pam(service, "bob@va.example", scene.va["bob"].password, "auth", "setcred", "acct")
    assert list(answer.steps.values()) == ["PAM_SUCCESS"] * 3


def test_a_plain_name_by_address_becomes_canonical_before_it_is_counted(no_failures, pam, pam_service):
    service = pam_service(*example("with-faillock"))
    with connection_to(VA) as connection:
        assert pam(service, "bob", "wrong", "auth", stdin=connection).user == "bob@va.example"
    assert [path.name for path in pathlib.Path("/run/faillock").iterdir()] == ["bob@va.example"]


def test_with_unwrap_address_a_system_user_passes_by_to_the_distributions_modules(no_failures, pam, pam_service, scene):
    """As under Dovecot, which makes bob@[127.0.0.1] of a plain bob on the main address."""
    lines = [line + " unwrap_address" if "pam_vmail.so" in line else line for line in example("with-faillock")]
    service = pam_service(*lines)
    answer = pam(service, "bob@[127.0.0.1]", scene.system_password["bob"], "auth", "acct")
    assert (answer.auth, answer.acct, answer.user) == ("PAM_SUCCESS", "PAM_SUCCESS", "bob")
    assert pam(service, "bob@[127.0.0.2]", "wrong", "auth").auth == "PAM_AUTH_ERR"
    assert [path.name for path in pathlib.Path("/run/faillock").iterdir()] == ["bob@va.example"]


# pam_pwquality and pam_pwhistory


GOOD = ["Quiet-harbour-71", "Green-lantern-82", "Rusty-anchor-93"]


@pytest.fixture
def tom(make_domain):
    return make_domain("vc.example", User("tom", 77001, "old-secret-of-tom"))


@pytest.fixture
def as_tom(pam, pam_service, tmp_path_factory, tom):
    """as_tom(USER, OLD, NEW): a set-id program, as passwd(1) is, that tom runs to change a password."""
    modules = pathlib.Path(re.search(r"(/\S+)/pam_vmail\.so", out("find", "/usr/lib", "-name", "pam_vmail.so")).group(1))
    quality = modules / "pam_pwquality.so"
    if not quality.exists():
        unpacked = list((UNPACKED / "libpam-pwquality").rglob("pam_pwquality.so"))
        if not unpacked:
            pytest.skip("this Debian has no package libpam-pwquality")
        quality.symlink_to(unpacked[0])
    pathlib.Path("/etc/security/opasswd").write_text("")
    binary = tmp_path_factory.mktemp("setuid") / "pamclient"
    binary.write_bytes(pathlib.Path(pam.binary).read_bytes())
    for directory in binary.parents[:3]:
        directory.chmod(0o755)
    binary.chmod(0o4755)
    service = pam_service(*example("with-pwquality"))

    def call(user, old, new):
        return run("setpriv", "--reuid", "77001", "--regid", "77001", "--clear-groups", str(binary), service, user,
                   f"{old},{new},{new}", "chauthtok")
    return call


def password_is(domain, password):
    stored = domain.shadow.read_text().split(":")[1]
    return hash_of(password, stored) == stored


def test_a_good_password_passes_all_modules_and_is_stored(as_tom, tom):
    done = as_tom("tom@vc.example", tom["tom"].password, GOOD[0])
    assert done.returncode == 0, done.stdout
    assert password_is(tom, GOOD[0])


@pytest.mark.parametrize("weak", ["abc", "password", "OLD-secret-OF-tom"])
def test_a_weak_password_is_refused_by_pam_pwquality(as_tom, tom, weak):
    done = as_tom("tom@vc.example", tom["tom"].password, weak)
    assert done.returncode != 0 and "BAD PASSWORD" in done.stdout
    assert password_is(tom, tom["tom"].password)


def test_a_wrong_old_password_is_refused_before_a_new_one_is_asked_for(as_tom, tom):
    done = as_tom("tom@vc.example", "wrong", GOOD[0])
    assert "prompts=1\n" in done.stdout and "chauthtok=PAM_AUTH_ERR" in done.stdout
    assert password_is(tom, tom["tom"].password)


@pytest.fixture
def with_hashes(vmail_conf):
    """pam_pwhistory takes the old hash from the shadow database."""
    vmail_conf("[vmail]\nnss_hashes = yes\n")


def test_a_password_of_old_is_refused_by_pam_pwhistory(as_tom, tom, with_hashes):
    assert as_tom("tom@vc.example", tom["tom"].password, GOOD[0]).returncode == 0
    assert as_tom("tom@vc.example", GOOD[0], GOOD[1]).returncode == 0
    done = as_tom("tom@vc.example", GOOD[1], GOOD[0])
    assert done.returncode != 0 and "already used" in done.stdout
    assert password_is(tom, GOOD[1])


def test_another_name_of_the_user_has_the_same_history(as_tom, tom, with_hashes):
    assert as_tom("tom@vc.example", tom["tom"].password, GOOD[0]).returncode == 0
    assert as_tom("tom@vc.example", GOOD[0], GOOD[1]).returncode == 0
    assert as_tom("TOM@vc.example", GOOD[1], GOOD[0]).returncode != 0
    assert password_is(tom, GOOD[1])


# pam_mkhomedir, pam_limits, pam_faildelay


@pytest.fixture
def ftp():
    with proftpd():
        install_example("pam.d/with-mkhomedir", "/etc/pam.d/proftpd")
        yield
    install_example("pam.d/proftpd", "/etc/pam.d/proftpd")


def test_the_home_is_made_at_the_first_log_in_and_is_the_users_own(ftp, make_domain):
    make_domain("vc.example", User("tom", 77001, "tom-secret"))
    home = pathlib.Path("/vhome/vc.example/tom")
    pathlib.Path("/etc/skel/welcome").write_text("Welcome\n")
    try:
        assert not home.exists()
        with session(SYSTEM, "tom@vc.example", "tom-secret") as client:
            assert download(client, "welcome") == "Welcome\n"
    finally:
        os.unlink("/etc/skel/welcome")
    found = [(os.stat(path).st_uid, os.stat(path).st_gid, oct(os.stat(path).st_mode & 0o777)) for path in (home, home / "welcome")]
    assert found == [(77001, 77001, "0o700"), (77001, 77001, "0o600")]


def test_a_refused_log_in_makes_no_home(ftp, make_domain):
    make_domain("vc.example", User("tom", 77001, "tom-secret"))
    assert not answer_to_login(SYSTEM, "tom@vc.example", "wrong").startswith("2")
    assert not pathlib.Path("/vhome/vc.example/tom").exists()


@pytest.fixture
def limit():
    """limit(WHO) gives WHO at most 77 open files, for this test only."""
    path = pathlib.Path("/etc/security/limits.d/vmail-test.conf")
    yield lambda who: path.write_text(f"{who} hard nofile 77\n")
    path.unlink(missing_ok=True)


@pytest.fixture
def open_files():
    """open_files(USER): the limit that a program gets which su runs for the user."""
    before = pathlib.Path("/etc/pam.d/su").read_text()
    pathlib.Path("/etc/pam.d/su").write_text("\n".join(["auth sufficient pam_rootok.so", *example("with-mkhomedir")]) + "\n")
    yield lambda user: int(out("su", "-s", "/bin/sh", "-c", "ulimit -Hn", user))
    pathlib.Path("/etc/pam.d/su").write_text(before)


@pytest.mark.parametrize("who", ["bob@va.example", "70000:70999", "@staff@va.example"])
def test_a_limit_holds_for_a_virtual_user_and_not_for_his_namesakes(limit, open_files, who):
    limit(who)
    assert open_files("bob@va.example") == 77
    assert open_files("bob@vb.example") > 77 and open_files("bob") > 77


@pytest.mark.parametrize("name", ["BOB@va.example", "bob@va.example.org"])
def test_a_limit_by_name_holds_by_whatever_name_the_user_is_called(limit, open_files, name):
    limit("bob@va.example")
    assert open_files(name) == 77


def test_a_limit_by_number_holds_by_whatever_name_the_user_is_called(limit, open_files):
    limit("70000:70999")
    assert [open_files(name) for name in ("bob@va.example", "BOB@va.example.org", "alice@va.example")] == [77, 77, 77]


@pytest.fixture
def denied():
    """denied(NAME...) writes the list of examples/pam.d/with-listfile, for this test only."""
    path = pathlib.Path("/etc/vmail-denied")
    yield lambda *names: path.write_text("".join(name + "\n" for name in names))
    path.unlink(missing_ok=True)


@pytest.mark.parametrize("name", ["bob@va.example", "BOB@VA.Example", "bob@va.example.org"])
def test_a_list_of_denied_users_holds_however_the_name_is_written(pam, pam_service, scene, denied, name):
    service, password = pam_service(*example("with-listfile")), scene.va["bob"].password
    denied("alice@va.example")
    assert pam(service, name, password).auth == "PAM_SUCCESS"
    denied("bob@va.example")
    assert pam(service, name, password).auth != "PAM_SUCCESS"


def test_a_list_of_denied_users_holds_for_the_plain_name_over_the_domains_address_and_not_for_namesakes(pam, pam_service, scene, denied):
    service = pam_service(*example("with-listfile"))
    denied("bob@va.example")
    with connection_to(VA) as socket:
        assert pam(service, "bob", scene.va["bob"].password, stdin=socket).auth != "PAM_SUCCESS"
    assert pam(service, "bob@vb.example", scene.vb["bob"].password).auth == "PAM_SUCCESS"
    assert pam(service, "bob", scene.system_password["bob"]).auth == "PAM_SUCCESS"


SPELLINGS = [(SYSTEM, "bob@va.example"), (SYSTEM, "BOB@VA.Example"), (SYSTEM, "bob@va.example.org"), (VA, "bob")]


@pytest.mark.parametrize("rule", ["DenyUser", "DenyGroup"])
def test_a_rule_of_proftpd_holds_however_the_name_is_written(scene, rule):
    daemon = proftpd()
    extra = pathlib.Path("/etc/proftpd/conf.d/zz-rule.conf")
    extra.write_text(f"<Limit LOGIN>\n  {rule} bob@va.example\n</Limit>\n")
    try:
        with daemon:
            answers = [answer_to_login(address, name, scene.va["bob"].password) for address, name in SPELLINGS]
            others = [answer_to_login(SYSTEM, "bob@vb.example", scene.vb["bob"].password),
                      answer_to_login(SYSTEM, "bob", scene.system_password["bob"])]
    finally:
        extra.unlink()
    assert [answer[0] for answer in answers] == ["5"] * len(SPELLINGS) and [answer[0] for answer in others] == ["2", "2"]


def test_a_list_of_denied_users_in_front_of_vsftpd_holds_however_the_name_is_written(scene, denied):
    daemon = vsftpd()
    pathlib.Path("/etc/pam.d/vsftpd").write_text("\n".join(example("with-listfile")) + "\n")
    denied("bob@va.example")
    try:
        with daemon:
            answers = [answer_to_login(address, name, scene.va["bob"].password) for address, name in SPELLINGS]
            others = [answer_to_login(SYSTEM, "bob@vb.example", scene.vb["bob"].password)]
    finally:
        install_example("pam.d/vsftpd", "/etc/pam.d/vsftpd")
    assert [answer[0] for answer in answers] == ["5"] * len(SPELLINGS) and [answer[0] for answer in others] == ["2"]


def test_the_stack_for_virtual_users_only_admits_them_and_refuses_the_systems_users(pam, pam_service, scene):
    service = pam_service(*example("with-virtual-users-only"))
    answer = pam(service, "bob@va.example", scene.va["bob"].password, "auth", "setcred", "acct")
    assert list(answer.steps.values()) == ["PAM_SUCCESS"] * 3
    assert pam(service, "bob", scene.system_password["bob"], "auth").auth == "PAM_AUTH_ERR"
    assert pam(service, "bob", scene.system_password["bob"], "acct").acct == "PAM_AUTH_ERR"


def delay_of(answer):
    """Microseconds that the failure was to take, or 0."""
    return int((re.findall(r"^delay=(\d+)$", str(answer), re.M) or [0])[0])


@pytest.mark.parametrize("user", ["bob@va.example", "nobody-here@va.example", "bob"])
def test_pam_faildelay_makes_every_failure_slow(pam, pam_service, user):
    answer = pam(pam_service(*example("with-mkhomedir")), user, "wrong", "auth")
    # libpam adds or takes off up to a half, by chance.
    assert answer.auth != "PAM_SUCCESS" and 2_000_000 <= delay_of(answer) <= 6_000_000


@pytest.mark.parametrize("user", ["bob@va.example", "nobody-here@va.example"])
def test_pam_vmail_itself_makes_a_failure_slow_unless_told_not_to(pam, pam_service, user):
    stack = "auth required pam_vmail.so"
    assert 1_000_000 <= delay_of(pam(pam_service(stack, delay=True), user, "wrong", "auth")) <= 3_000_000
    assert delay_of(pam(pam_service(stack + " nodelay"), user, "wrong", "auth")) == 0
