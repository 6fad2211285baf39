# SPDX-License-Identifier: LGPL-2.1-or-later
"""What reviews of the code found, so that it does not come back. As in test_pam.py, PAM_MAXTRIES is what "ignore" looks
like from outside."""

import errno
import os
import pathlib
import shutil
import subprocess
import sys
import time

import pytest

import scene as scenes
from daemons import PATIENCE
from programs import CLOSED, EXAMPLES, SYSTEM, VA, VB, connection_to, out, run
from scene import ETC, User, hash_of

CONTROL = "[success=done new_authtok_reqd=done ignore=ignore default=die]"
IGNORED = "PAM_MAXTRIES"
QUICK = "crypt=sha256 rounds=1000"
VMAIL_CONF = (EXAMPLES / "vmail.conf").read_text()
LONG_DOMAIN = ".".join(["a" * 62] * 3 + ["b" * 61])  # 250 characters: valid, but no file can be named after it
SYSTEM_GROUPS_OF_BOB = {4, 1001}  # adm and his own


def stack(*options, kinds=("auth", "account")):
    arguments = {"auth": "auth", "account": "acct", "password": "prechauthtok"}
    return [f"{kind} {CONTROL} pam_vmail.so {' '.join(options)}\n{kind} requisite pam_debug.so {arguments[kind]}=maxtries"
            for kind in kinds]


def at(pam, address, *arguments):
    with connection_to(address) as connection:
        return pam(*arguments, stdin=connection)


class Waiting:
    """A pamclient that stops where its FIFO stands (as an answer: @FIFO; as a step: wait=FIFO)."""

    def __init__(self, pam, fifo, argv, stdin):
        self.pam, self.fifo = pam, fifo
        self.process = subprocess.Popen(argv, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def open_fifo(self):
        """Waits until the client reads from the FIFO; what happens then happens while it waits."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return os.open(self.fifo, os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                assert error.errno == errno.ENXIO
            assert self.process.poll() is None and time.monotonic() < end, "pamclient does not get there"
            time.sleep(0.005)

    def go_on(self, descriptor, text=""):
        os.write(descriptor, f"{text}\n".encode())
        os.close(descriptor)
        output, errors = self.process.communicate(timeout=PATIENCE)
        return self.pam.answer(subprocess.CompletedProcess([], self.process.returncode, output, errors))


@pytest.fixture
def waiting(pam, tmp_path):
    """waiting(SERVICE, USER, ANSWERS, *steps, wrapper=(), binary=, stdin=) gives a Waiting; "FIFO" in answers and steps
    stands for the path of its FIFO."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    started = []

    def start(*arguments, wrapper=(), binary=pam.binary, stdin=subprocess.DEVNULL):
        argv = [*wrapper, binary, *(argument.replace("FIFO", str(fifo)) for argument in arguments)]
        started.append(Waiting(pam, fifo, argv, stdin))
        return started[-1]

    yield start
    for client in started:
        if client.process.poll() is None:
            client.process.kill()
            client.process.wait()


@pytest.fixture
def domain(make_domain):
    return make_domain("review.example", User("bob", 77002, "old-secret", lstchg=scenes.TODAY - 10))


# The groups of the system's namesake


def groups_of(user, address):
    with connection_to(address) as connection:
        text = out(sys.executable, "-c", f"import os; print(*os.getgrouplist('{user}', 70000))", stdin=connection)
    return {int(word) for word in text.split()}


def test_a_virtual_user_has_his_own_groups_and_the_systems_bob_has_his(scene):
    assert groups_of("bob", VA) == {70000, 70064}
    assert groups_of("bob", SYSTEM) >= SYSTEM_GROUPS_OF_BOB - {1001}


@pytest.mark.parametrize("kind", ["group", "passwd"])
def test_a_virtual_user_gets_no_groups_of_the_systems_namesake_where_a_file_is_not_believed(scene, kind):
    with scenes.mode(getattr(scene.va, kind), 0o664):
        assert groups_of("bob", VA) == {70000}
        assert groups_of("bob@va.example", SYSTEM) == {70000}


# A change of a password that waits


def test_an_account_that_is_locked_while_the_user_types_stays_locked(waiting, set_id_client, pam_service, domain):
    service = pam_service(*stack(QUICK, kinds=["password"]))
    client = waiting(service, "bob@review.example", "old-secret,@FIFO,brand-new", "chauthtok", binary=set_id_client,
                     wrapper=("setpriv", "--reuid", "77002", "--regid", "77002", "--clear-groups"))
    prompt = client.open_fifo()
    domain["bob"].hash = "!" + domain["bob"].hash
    domain.write()
    locked = domain.shadow.read_bytes()
    answer = client.go_on(prompt, "brand-new")
    assert answer.chauthtok == "PAM_AUTHTOK_ERR", answer
    assert domain.shadow.read_bytes() == locked


def test_without_a_lock_the_same_change_is_stored(waiting, set_id_client, pam_service, domain):
    service = pam_service(*stack(QUICK, kinds=["password"]))
    client = waiting(service, "bob@review.example", "old-secret,@FIFO,brand-new", "chauthtok", binary=set_id_client,
                     wrapper=("setpriv", "--reuid", "77002", "--regid", "77002", "--clear-groups"))
    answer = client.go_on(client.open_fifo(), "brand-new")
    assert answer.chauthtok == "PAM_SUCCESS", answer
    stored = domain.shadow.read_text().split(":")[1]
    assert hash_of("brand-new", stored) == stored


# vmail.conf that is no longer, or not yet, believed


def test_whom_auth_took_for_virtual_acct_never_takes_for_the_systems(waiting, pam_service, scene, vmail_conf):
    with connection_to(VA) as connection:
        client = waiting(pam_service(*stack("keep_user")), "bob", scene.va["bob"].password, "auth", "wait=FIFO", "acct",
                         stdin=connection)
        between = client.open_fifo()
        vmail_conf(VMAIL_CONF, mode=0o666)
        answer = client.go_on(between)
    assert (answer.auth, answer.acct, answer.user) == ("PAM_SUCCESS", "PAM_AUTHINFO_UNAVAIL", "bob"), answer


def test_whom_auth_left_to_the_system_acct_leaves_to_it_too(waiting, pam_service, scene, vmail_conf):
    vmail_conf("")
    with connection_to(VA) as connection:
        client = waiting(pam_service(*stack("keep_user")), "bob", scene.va["bob"].password, "auth", "wait=FIFO", "acct",
                         stdin=connection)
        between = client.open_fifo()
        vmail_conf(VMAIL_CONF)
        answer = client.go_on(between)
    assert (answer.auth, answer.acct, answer.user, answer.prompts) == (IGNORED, IGNORED, "bob", 0), answer


@pytest.mark.parametrize("login", ["sue", "sue@[127.0.0.1]"])
def test_with_unwrap_address_nobody_is_taken_for_a_system_user_while_vmail_conf_is_not_trusted(pam, pam_service, scene, vmail_conf,
                                                                                             login):
    service = pam_service(f"auth {CONTROL} pam_vmail.so unwrap_address", "auth required pam_unix.so nodelay")
    vmail_conf(VMAIL_CONF, mode=0o666)
    assert at(pam, SYSTEM, service, login, scene.system_password["sue"], "auth").auth == "PAM_AUTHINFO_UNAVAIL"


@pytest.mark.parametrize("login", ["root", "root@[127.0.0.1]"])
def test_with_unwrap_address_system_accounts_are_the_systems_while_vmail_conf_is_not_trusted(pam, pam_service, vmail_conf, login):
    service = pam_service(f"auth {CONTROL} pam_vmail.so unwrap_address", "auth requisite pam_debug.so auth=maxtries")
    vmail_conf(VMAIL_CONF, mode=0o666)
    answer = at(pam, SYSTEM, service, login, "x", "auth")
    assert (answer.auth, answer.user, answer.prompts) == (IGNORED, "root", 0)


def test_with_unwrap_address_no_virtual_user_logs_in_while_vmail_conf_is_not_believed(pam, pam_service, scene, vmail_conf):
    service = pam_service(f"auth {CONTROL} pam_vmail.so unwrap_address", "auth required pam_unix.so nodelay")
    vmail_conf(VMAIL_CONF, mode=0o666)
    for login in ("bob@[127.0.0.2]", "bob@va.example", "bob"):
        assert at(pam, VA, service, login, scene.va["bob"].password, "auth").auth != "PAM_SUCCESS"


# A section of vmail.conf that lost its bracket


@pytest.mark.parametrize("indentation", ["", "  "])
def test_a_section_without_its_bracket_gives_its_address_to_nobody(pam, pam_service, scene, vmail_conf, syslog, indentation):
    broken = VMAIL_CONF.replace("[domain vb.example]", indentation + "[domain vb.example").replace("ids = 71000-77535\n", "")
    assert broken.count("[domain vb.example\n") == 1
    vmail_conf(broken)
    service = pam_service(*stack())
    assert at(pam, VB, service, "bob", scene.va["bob"].password).auth == IGNORED
    assert at(pam, VA, service, "bob", scene.va["bob"].password).auth == "PAM_SUCCESS"
    assert "[name argument]" in syslog.wait_for(r"vmail\.conf:\d+: a section")


# same_domain


def test_same_domain_holds_after_resolve_only(pam, pam_service, scene):
    bob = scene.vb["bob"]
    service = pam_service("auth [success=ok ignore=ignore default=die] pam_vmail.so resolve_only", *stack("same_domain"))
    assert at(pam, VA, service, bob.login, bob.password, "auth").auth == "PAM_PERM_DENIED"
    assert at(pam, VB, service, bob.login, bob.password, "auth").auth == "PAM_SUCCESS"


def test_same_domain_holds_on_the_account_line_alone(pam, pam_service, scene):
    bob = scene.vb["bob"]
    service = pam_service(*stack(kinds=["auth"]), *stack("same_domain", kinds=["account"]))
    for steps in (("auth", "acct"), ("acct",)):
        assert at(pam, VA, service, bob.login, bob.password, *steps).acct == "PAM_PERM_DENIED"
        assert at(pam, VB, service, bob.login, bob.password, *steps).acct == "PAM_SUCCESS"


# Long domains


def test_a_name_with_a_domain_too_long_for_a_file_is_nobodys(pam, pam_service):
    assert len(LONG_DOMAIN) == 250
    login = f"bob@{LONG_DOMAIN}"
    answer = pam(pam_service(*stack()), login, "x", "auth", "acct", stdin=CLOSED)
    assert (answer.auth, answer.acct, answer.prompts) == (IGNORED, IGNORED, 0)
    for database in ("passwd", "group", "shadow", "initgroups"):
        done = run("getent", database, login)
        if database == "initgroups":  # which has no way to say so but to list no group
            assert done.stdout.split() == [login]
        else:
            assert (done.returncode, done.stdout) == (2, "")


# Delays


def refusal(pam, service, user, password="wrong", step="auth", **options):
    answer = pam(service, user, password, step, **options)
    assert getattr(answer, step) not in (None, "PAM_SUCCESS")
    assert len(answer.delays) == 1, answer
    return answer.delays[0]


@pytest.mark.parametrize("user", ["bob@va.example", "nobody@va.example", "locked@va.example"])
def test_a_refusal_is_delayed_by_pam(pam, pam_service, user):
    assert refusal(pam, pam_service(*stack(), delay=True), user) >= 1000000  # libpam varies it by half


@pytest.mark.parametrize("user", ["bob@va.example", "nobody@va.example", "locked@va.example"])
def test_with_nodelay_it_is_not(pam, pam_service, user):
    assert refusal(pam, pam_service(*stack("nodelay"), delay=True), user) == 0


def test_a_name_that_is_not_ours_is_not_delayed_by_us(pam, pam_service):
    assert refusal(pam, pam_service(*stack(), delay=True), "sue") == 0


@pytest.mark.parametrize("options, delayed", [((), True), (("nodelay",), False)])
def test_a_wrong_old_password_is_delayed_too(pam, pam_service, set_id_client, domain, options, delayed):
    service = pam_service(*stack(QUICK, *options, kinds=["password"]), delay=True)
    done = run("setpriv", "--reuid", "77002", "--regid", "77002", "--clear-groups", set_id_client, service,
               "bob@review.example", "wrong", "chauthtok")
    answer = pam.answer(done)
    assert answer.chauthtok == "PAM_AUTH_ERR"
    assert (answer.delays[0] >= 1000000) == delayed, answer


# Links


@pytest.fixture
def elsewhere():
    """A directory of root's, outside of /etc/vmail."""
    path = pathlib.Path("/srv/vmail-review")
    path.mkdir(parents=True, mode=0o755)
    yield path
    shutil.rmtree(path)


def move_behind_a_link(path, target):
    shutil.copy2(path, target)
    os.chown(target, 0, path.stat().st_gid)
    path.unlink()
    path.symlink_to(target)


def test_a_link_through_a_directory_of_somebody_else_is_not_believed(pam, pam_service, domain, elsewhere, syslog):
    carol = elsewhere / "carol"
    (carol / "va").mkdir(parents=True, mode=0o755)
    move_behind_a_link(domain.shadow, carol / "va" / "hashes")
    service = pam_service(*stack(QUICK, kinds=["auth", "account", "password"]))
    assert pam(service, "bob@review.example", "old-secret", "auth").auth == "PAM_SUCCESS"
    os.chown(carol, 1002, 1002)  # who may now put another directory in the place of va
    before = (carol / "va" / "hashes").read_bytes()
    answer = pam(service, "bob@review.example", "old-secret", "auth", "acct")
    assert (answer.auth, answer.acct) == ("PAM_AUTHINFO_UNAVAIL", "PAM_AUTHINFO_UNAVAIL")
    assert str(carol) in syslog.wait_for("not root's alone")
    assert pam(service, "bob@review.example", "brand-new", "chauthtok").chauthtok == "PAM_AUTHTOK_ERR"
    assert (carol / "va" / "hashes").read_bytes() == before


def test_both_files_of_a_domain_may_be_links_and_stay_links(pam, pam_service, domain, elsewhere):
    move_behind_a_link(domain.passwd, elsewhere / "users")
    move_behind_a_link(domain.shadow, elsewhere / "hashes")
    users = (elsewhere / "users").read_bytes()
    service = pam_service(*stack(QUICK, kinds=["auth", "account", "password"]))
    answer = pam(service, "bob@review.example", "brand-new", "chauthtok", "auth", "acct")
    assert (answer.chauthtok, answer.auth, answer.acct) == ("PAM_SUCCESS", "PAM_SUCCESS", "PAM_SUCCESS"), answer
    assert domain.passwd.is_symlink() and domain.shadow.is_symlink()
    assert (elsewhere / "users").read_bytes() == users


def test_a_hash_in_a_linked_passwd_file_moves_to_a_linked_shadow_file(pam, pam_service, domain, elsewhere):
    users = domain.passwd.read_text().replace(":x:", f":{domain['bob'].hash}:")
    scenes.write(domain.passwd, users, 0o640, scenes.shadow_group())
    move_behind_a_link(domain.passwd, elsewhere / "users")
    move_behind_a_link(domain.shadow, elsewhere / "hashes")
    service = pam_service(*stack(QUICK, kinds=["password"]))
    assert pam(service, "bob@review.example", "brand-new", "chauthtok").chauthtok == "PAM_SUCCESS"
    assert (elsewhere / "users").read_text().split(":")[1] == "x"
    _, stored, day, *_ = (elsewhere / "hashes").read_text().split(":")
    assert hash_of("brand-new", stored) == stored and day == str(scenes.TODAY)


def acl_of(path):
    return run("getfacl", "-pcE", str(path), check=True).stdout.split()


def test_a_default_acl_of_the_directory_does_not_widen_a_new_shadow_file(pam, pam_service, domain):
    domain.shadow.unlink()
    run("setfacl", "-d", "-m", "u:daemon:rw,g:daemon:rw,o::rw", str(ETC), check=True)
    try:
        service = pam_service(*stack(QUICK, kinds=["password"]))
        assert pam(service, "bob@review.example", "brand-new", "chauthtok").chauthtok == "PAM_SUCCESS"
    finally:
        run("setfacl", "-k", str(ETC), check=True)
    assert acl_of(domain.shadow) == ["user::rw-", "group::r--", "other::---"]
    status = domain.shadow.stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o7777) == (0, scenes.shadow_group(), 0o640)


def test_a_default_acl_behind_a_link_does_not_widen_the_file_there(pam, pam_service, domain, elsewhere):
    move_behind_a_link(domain.shadow, elsewhere / "hashes")
    run("setfacl", "-d", "-m", "u:daemon:rw", str(elsewhere), check=True)
    service = pam_service(*stack(QUICK, kinds=["password"]))
    assert pam(service, "bob@review.example", "brand-new", "chauthtok").chauthtok == "PAM_SUCCESS"
    assert acl_of(elsewhere / "hashes") == ["user::rw-", "group::r--", "other::---"]
