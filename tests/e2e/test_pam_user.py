# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which user a PAM handle means: one and the same from the first call to the last, whatever changes meanwhile."""

import errno
import os
import subprocess
import sys
import time

import pytest

import scene as scenes
from daemons import PATIENCE
from pam_stack import CONTROL, IGNORED, QUICK, stack
from programs import CLOSED, EXAMPLES, SYSTEM, VA, VB, connection_to, out, run
from scene import User, hash_of

VMAIL_CONF = (EXAMPLES / "vmail.conf").read_text()
LONG_DOMAIN = ".".join(["a" * 62] * 3 + ["b" * 61])  # 250 characters: valid, but no file can be named after it
SYSTEM_GROUPS_OF_BOB = {4, 1001}  # adm and their own


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
        scenes.next_tick()
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
    return make_domain("handle.example", User("bob", 77002, "old-secret", lstchg=scenes.TODAY - 10))


# The groups of the system user of the same name


def groups_of(user, address):
    with connection_to(address) as connection:
        text = out(sys.executable, "-c", f"import os; print(*os.getgrouplist('{user}', 70000))", stdin=connection)
    return {int(word) for word in text.split()}


def test_a_virtual_user_and_the_system_user_of_the_same_name_have_their_own_groups(scene):
    assert groups_of("bob", VA) == {70000, 70064}
    assert groups_of("bob", SYSTEM) >= SYSTEM_GROUPS_OF_BOB - {1001}


@pytest.mark.parametrize("kind", ["group", "passwd"])
def test_a_virtual_user_gets_no_groups_of_the_system_user_of_the_same_name_if_a_file_is_not_trusted(scene, kind):
    with scenes.mode(getattr(scene.va, kind), 0o664):
        assert groups_of("bob", VA) == {70000}
        assert groups_of("bob@va.example", SYSTEM) == {70000}


# A change of a password that waits


def test_an_account_that_is_locked_while_the_user_types_stays_locked(waiting, set_id_client, pam_service, domain):
    service = pam_service(*stack(QUICK, kinds=["password"]))
    client = waiting(service, "bob@handle.example", "old-secret,@FIFO,brand-new", "chauthtok", binary=set_id_client,
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
    client = waiting(service, "bob@handle.example", "old-secret,@FIFO,brand-new", "chauthtok", binary=set_id_client,
                     wrapper=("setpriv", "--reuid", "77002", "--regid", "77002", "--clear-groups"))
    answer = client.go_on(client.open_fifo(), "brand-new")
    assert answer.chauthtok == "PAM_SUCCESS", answer
    stored = domain.shadow.read_text().split(":")[1]
    assert hash_of("brand-new", stored) == stored


# vmail.conf that is no longer, or not yet, trusted


def test_a_user_who_was_virtual_for_auth_is_never_a_system_user_for_acct(waiting, pam_service, scene, vmail_conf):
    with connection_to(VA) as connection:
        client = waiting(pam_service(*stack("keep_user")), "bob", scene.va["bob"].password, "auth", "wait=FIFO", "acct",
                         stdin=connection)
        between = client.open_fifo()
        vmail_conf(VMAIL_CONF, mode=0o666)
        answer = client.go_on(between)
    assert (answer.auth, answer.acct, answer.user) == ("PAM_SUCCESS", "PAM_AUTHINFO_UNAVAIL", "bob"), answer


def test_a_user_that_auth_left_to_the_system_is_left_to_it_by_acct_too(waiting, pam_service, scene, vmail_conf):
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


def test_with_unwrap_address_no_virtual_user_logs_in_while_vmail_conf_is_not_trusted(pam, pam_service, scene, vmail_conf):
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
