# SPDX-License-Identifier: LGPL-2.1-or-later
"""A name is a virtual user's, or it is not, or that cannot be told now. No shortage and no client turns one into another."""

import contextlib
import os
import pathlib
import re
import socket
import struct
import subprocess
import sys

import pytest

import scene as scenes
from pam_stack import CONTROL
from programs import SYSTEM, VA, connection_to, out, run

E2E = pathlib.Path(__file__).parent
STACK = (f"auth {CONTROL} pam_vmail.so", "auth required pam_unix.so nodelay",
         f"account {CONTROL} pam_vmail.so", "account required pam_unix.so")
EAGAIN = "error 11"
VIRTUAL, THE_SYSTEMS = "70000", "1001"  # bob of va.example, and the system's bob
ENOUGH = 12  # descriptors


@pytest.fixture(scope="module", params=["texts", "indexes"])
def stored(request):
    """What look-ups read: the text files, or the indexes of all of them, that of vmail.conf too."""
    if request.param == "indexes":
        run("vmailctl", "index", check=True)
    yield request.param
    for path in pathlib.Path("/var/cache/vmail").glob("*.cdb"):
        path.unlink()


@pytest.fixture(scope="module")
def ask(tmp_path_factory, stored):
    """ask(NAME, WHAT, NUMBER, address=, before=()) runs shortage.c and gives its answers, by database."""
    binary = tmp_path_factory.mktemp("shortage") / "shortage"
    sources = [E2E / "shortage.c", E2E / "fail_allocation.c"]
    subprocess.run(["gcc", "-Wall", "-Wextra", "-Werror", "-o", binary, *sources], check=True)

    def call(name, what="memory", number=0, address=VA, before=()):
        with connection_to(address) as connection:
            done = subprocess.run([*before, str(binary), what, str(number), name], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True, timeout=60, close_fds=False,
                                  preexec_fn=lambda: os.dup2(connection.fileno(), 3))
        assert done.returncode == 0, done.stderr
        return dict(line.split(" ", 1) for line in done.stdout.splitlines())

    return call


def is_ours_or_unknown(answers):
    """Whether nobody but bob of va.example was the answer, in every database."""
    return (answers["passwd"] == VIRTUAL or answers["passwd"].startswith("error")) and \
        (answers["shadow"] == "*" or answers["shadow"].startswith("error")) and \
        set(answers["groups"].split(",")) <= {"70064", "none"}


def test_with_nothing_short_the_answers_are_these(ask):
    for name in ("bob", "bob@va.example"):
        assert ask(name) == {"passwd": VIRTUAL, "shadow": "*", "groups": "70064"}
    assert ask("sue")["passwd"] == "1002"
    assert ask("bob", address=SYSTEM)["passwd"] == THE_SYSTEMS


@pytest.mark.parametrize("name", ["bob", "bob@va.example"])
def test_no_limit_of_descriptors_makes_a_virtual_user_somebody_else(ask, name):
    for number in range(1, ENOUGH):
        answers = ask(name, "descriptors", number)
        assert is_ours_or_unknown(answers), (number, answers)


@pytest.mark.parametrize("name", ["bob", "bob@va.example"])
def test_one_free_descriptor_is_enough(ask, name):
    assert ask(name, "descriptors", 2) == ask(name)


@pytest.mark.parametrize("name", ["bob", "bob@va.example"])
def test_no_failed_allocation_makes_a_virtual_user_somebody_else(ask, name):
    failed = 0
    for number in range(1, 40):
        answers = ask(name, "memory", number)
        assert is_ours_or_unknown(answers), (number, answers)
        failed += answers["passwd"].startswith("error")
    assert failed > 0


CALLS = {"openat": "EMFILE", "newfstatat": "EIO", "fstat": "EIO", "read": "EIO", "pread64": "EIO", "mmap": "ENOMEM"}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("name", ["bob", "bob@va.example"])
def test_no_failed_system_call_on_our_files_makes_a_virtual_user_somebody_else(ask, name, call):
    paths = [f"--trace-path={path}" for path in ("/etc/vmail", "/etc/vmail/vmail.conf", "/etc/vmail/passwd.va.example",
                                                  "/etc/vmail/shadow.va.example", "/etc/vmail/group.va.example", "/etc/passwd")]
    for number in range(1, 12):
        answers = ask(name, before=("strace", "-qq", "-o", "/dev/null", *paths, "-e", f"trace={call}", "-e",
                                    f"inject={call}:error={CALLS[call]}:when={number}"))
        assert is_ours_or_unknown(answers), (number, answers)


@pytest.mark.parametrize("name", ["bob", "bob@va.example"])
@pytest.mark.parametrize("file", ["vmail.conf", "passwd.va.example"])
def test_a_file_that_is_not_trusted_leaves_its_users_untold(ask, file, name):
    with scenes.mode(scenes.ETC / file, 0o666):
        answers = ask(name)
        assert answers["passwd"] == EAGAIN and answers["shadow"] == EAGAIN
        assert ask("root")["passwd"] == "0"
        assert ask("www-data")["passwd"] == "33"


def test_without_a_connection_everybody_of_the_system_is_found_while_vmail_conf_is_not_trusted():
    with scenes.mode(scenes.ETC / "vmail.conf", 0o666):
        assert out("getent", "passwd", "sue").startswith("sue:x:1002:")
        assert out("getent", "passwd", "1002").startswith("sue:x:1002:")
        assert out("getent", "group", "0").startswith("root:")
        assert run("getent", "passwd", "70000").returncode == 2
        assert "sue:x:1002:" in out("getent", "passwd")


def test_a_program_that_may_not_enter_etc_vmail_still_finds_the_users_of_the_system():
    with scenes.mode(scenes.ETC, 0o700):
        assert out("getent", "passwd", "sue", as_user="sue").startswith("sue:")
        assert run("getent", "passwd", "bob@va.example", as_user="sue").returncode == 2


# PAM


@pytest.mark.parametrize("call", ["openat", "newfstatat", "fstat", "read", "pread64", "getsockopt"])
@pytest.mark.parametrize("whose", ["va", "system"])
def test_no_failed_system_call_lets_one_bob_in_with_the_password_of_another(pam, pam_service, scene, call, whose):
    service = pam_service(*STACK)
    password = scene.va["bob"].password if whose == "va" else scene.system_password["bob"]
    paths = [f"--trace-path={path}" for path in ("/etc/vmail", "/etc/vmail/vmail.conf", "/etc/vmail/passwd.va.example",
                                                  "/etc/vmail/shadow.va.example", "/etc/passwd")]
    paths = [] if call == "getsockopt" else paths
    for number in range(1, 10):
        with connection_to(VA) as connection:
            answer = pam.answer(run("strace", "-f", "-qq", "-o", "/dev/null", *paths, "-e", f"trace={call}", "-e",
                                    f"inject={call}:error=EMFILE:when={number}", pam.binary, service, "bob", password, "auth",
                                    "acct", stdin=connection))
        let_in_as = answer.user if answer.auth == "PAM_SUCCESS" else None
        assert let_in_as in {"va": (None, "bob@va.example"), "system": (None,)}[whose], (number, answer)


def test_a_plain_name_is_not_left_to_the_system_while_vmail_conf_cannot_be_read(pam, pam_service, scene, vmail_conf):
    vmail_conf("[domain va.example]\naddress = 127.0.0.2\n", mode=0o666)
    with connection_to(VA) as connection:
        answer = pam(pam_service(*STACK), "bob", scene.system_password["bob"], "auth", "acct", stdin=connection)
    assert (answer.auth, answer.prompts) == ("PAM_AUTHINFO_UNAVAIL", 0)


# A connection that the client has reset or closed


@contextlib.contextmanager
def ended_connection(how, address=VA):
    with socket.socket() as listener:
        listener.bind((address, 0))
        listener.listen()
        client = socket.create_connection(listener.getsockname(), timeout=10)
        accepted, _ = listener.accept()
        with accepted:
            if how == "reset":
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                client.close()
            else:
                client.close()
                accepted.settimeout(10)
                assert accepted.recv(1) == b""
                accepted.shutdown(socket.SHUT_RDWR)
            while True:
                try:
                    accepted.getpeername()
                except OSError:
                    break
            yield accepted


@pytest.mark.parametrize("how", ["reset", "closed by both sides"])
def test_after_the_connection_has_ended_a_plain_name_is_still_the_domains(pam, pam_service, scene, how):
    with ended_connection(how) as connection:
        assert out("getent", "passwd", "bob", stdin=connection).startswith("bob@va.example:*:70000:")
        text = out(sys.executable, "-c", "import os; print(*os.getgrouplist('bob', 70000))", stdin=connection)
        assert text.split() == ["70000", "70064"]
        service = pam_service(*STACK)
        assert pam(service, "bob", scene.system_password["bob"], "auth", stdin=connection).auth == "PAM_AUTH_ERR"
        assert pam(service, "bob", scene.va["bob"].password, "auth", stdin=connection).user == "bob@va.example"


@pytest.mark.parametrize("how", ["reset", "closed by both sides"])
def test_same_domain_holds_after_the_connection_has_ended(pam, pam_service, scene, how):
    service = pam_service(f"auth {CONTROL} pam_vmail.so same_domain")
    with ended_connection(how) as connection:
        answer = pam(service, "bob@vb.example", scene.vb["bob"].password, "auth", stdin=connection)
    assert answer.auth == "PAM_PERM_DENIED"


# System accounts


@pytest.fixture
def with_system_names(make_domain, vmail_conf):
    """vc.example at 127.0.0.2 has users with the names of system accounts."""
    make_domain("vc.example", *(scenes.User(name, 77001 + i, "virtual-secret")
                                for i, name in enumerate(("root", "www-data", "daemon", "nobody", "tom"))))
    vmail_conf("[domain vc.example]\naddress = 127.0.0.2\n")


@pytest.mark.parametrize("name", ["root", "www-data", "daemon", "nobody", "Root", "NOBODY"])
def test_a_system_account_is_the_systems_on_every_address_for_pam_and_nss(pam, pam_service, with_system_names, name):
    with connection_to(VA) as connection:
        if name.islower():
            assert "@" not in out("getent", "passwd", name, stdin=connection)
        service = pam_service(f"auth {CONTROL} pam_vmail.so", "auth requisite pam_debug.so auth=maxtries")
        answer = pam(service, name, "virtual-secret", "auth", stdin=connection)
        assert (answer.auth, answer.prompts) == ("PAM_MAXTRIES", 0)
        answer = pam(service, f"{name}@[127.0.0.2]", "virtual-secret", "auth", stdin=connection)
        assert (answer.auth, answer.prompts) == ("PAM_MAXTRIES", 0)
        assert pam(service, "tom", "virtual-secret", "auth", stdin=connection).user == "tom@vc.example"


def test_a_full_name_is_the_domains_also_where_a_system_account_has_its_first_part(pam, pam_service, with_system_names):
    service = pam_service(f"auth {CONTROL} pam_vmail.so")
    assert pam(service, "www-data@vc.example", "virtual-secret", "auth").user == "www-data@vc.example"


# The shadow database


def sp_pwdp(name, connection=subprocess.DEVNULL):
    done = run("getent", "shadow", name, stdin=connection)
    return done.stdout.split(":")[1] if done.returncode == 0 else None


def test_every_virtual_user_has_a_locked_shadow_entry(scene, make_domain):
    assert sp_pwdp("bob@va.example") == "*"
    make_domain("vc.example", scenes.User("tom", 77001, "secret")).shadow.unlink()
    assert sp_pwdp("tom@vc.example") == "*"
    assert sp_pwdp("nobody-here@va.example") is None


def test_a_user_without_a_shadow_line_does_not_get_the_systems(scene, pam, pam_service, make_domain, vmail_conf):
    make_domain("vc.example", scenes.User("bob", 77001, "secret")).shadow.write_text("")
    vmail_conf("[domain vc.example]\naddress = 127.0.0.2\n")
    with connection_to(VA) as connection:
        assert sp_pwdp("bob", connection) == "*"
        service = pam_service("auth required pam_unix.so nodelay", "account required pam_unix.so")
        assert pam(service, "bob", scene.system_password["bob"], "auth", stdin=connection).auth == "PAM_AUTH_ERR"


@pytest.mark.parametrize("login", ["bob@va.example", "BOB@va.example.org"])
def test_a_service_that_does_not_name_pam_vmail_admits_no_virtual_user(scene, pam, pam_service, login):
    service = pam_service("auth required pam_unix.so nodelay")
    assert pam(service, login, scene.va["bob"].password, "auth").auth == "PAM_AUTH_ERR"


def test_with_nss_hashes_pam_unix_admits_virtual_users(scene, pam, pam_service, vmail_conf):
    vmail_conf("[vmail]\nnss_hashes = yes\n")
    assert re.match(r"\$6\$", sp_pwdp("bob@va.example"))
    assert sp_pwdp("bob@va.example") == scene.va["bob"].hash
    assert run("getent", "shadow", "bob@va.example", as_user="sue").returncode == 2
    service = pam_service("auth required pam_unix.so nodelay")
    assert pam(service, "bob@va.example", scene.va["bob"].password, "auth").auth == "PAM_SUCCESS"


# Groups of /etc/group


def test_groups_of_etc_group_count_for_a_full_name_and_never_for_a_plain_one(scene):
    group = pathlib.Path("/etc/group")
    before = group.read_text()
    try:
        run("usermod", "-a", "-G", "mail", "bob@va.example", check=True)
    except subprocess.CalledProcessError:
        scenes.write(group, re.sub(r"^(mail:[^:]*:\d+:.*)$", r"\1,bob@va.example", before, flags=re.M).replace(":,", ":"))
    try:
        code = "import os, sys; print(*sorted(os.getgrouplist(sys.argv[1], 70000)))"
        assert out(sys.executable, "-c", code, "bob@va.example").split() == ["8", "70000", "70064"]
        assert "8(mail)" in out("id", "bob@va.example")
        with connection_to(VA) as connection:
            assert out(sys.executable, "-c", code, "bob", stdin=connection).split() == ["70000", "70064"]
    finally:
        scenes.write(group, before)
