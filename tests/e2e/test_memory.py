# SPDX-License-Identifier: LGPL-2.1-or-later
"""Programs under the modules, with valgrind, and with the build that has ASan and UBSan (tests/run makes it)."""

import os
import pathlib
import shutil
import subprocess

import pytest

import scene as scenes
from programs import VA, connection_to, out, run

LOOKUPS = [
    ["passwd", "bob@va.example"], ["passwd", "70000"], ["passwd", "nobody-here@va.example"], ["passwd", "bob@[127.0.0.2]"], ["passwd"],
    ["shadow", "bob@va.example"], ["shadow"], ["group", "staff@va.example"], ["group", "70000"], ["group"], ["initgroups", "bob@va.example"],
    ["aliases", "sales@va.example"], ["aliases", "nobody-here@va.example"], ["aliases"],
]
IDS = [" ".join(lookup) for lookup in LOOKUPS]


@pytest.fixture(scope="module", autouse=True)
def aliases(scene):
    path = scenes.write(scenes.ETC / "aliases.va.example", "sales: bob, joe@elsewhere.example, /dev/null\ninfo: alice\n")
    yield
    path.unlink()


@pytest.fixture(scope="module")
def valgrind():
    if not shutil.which("valgrind"):
        pytest.skip("there is no valgrind")
    # Without the last option valgrind has glibc unload the NSS modules before it counts, and calls what they cache lost.
    return ["valgrind", "-q", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect",
            "--run-libc-freeres=no"]


@pytest.fixture(scope="module")
def sanitized():
    """The environment that puts the sanitized NSS module under a program, and the path of the PAM module."""
    root = os.environ.get("VMAIL_SANITIZED_ROOT")
    if not root:
        pytest.skip("there is no sanitized build: run 'tests/run memory' or 'tests/run all'")
    libdir = pathlib.Path(root + "/usr/lib") / out("gcc", "-print-multiarch")
    runtime = out("gcc", "-print-file-name=libasan.so")
    # Leaks: getent itself leaves what the C library keeps; valgrind looks after ours.
    return {"LD_PRELOAD": runtime, "LD_LIBRARY_PATH": str(libdir), "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=0:exitcode=99",
            "UBSAN_OPTIONS": "halt_on_error=1:exitcode=99:print_stacktrace=1"}, libdir / "security" / "pam_vmail.so"


def clean(done):
    assert done.returncode != 99 and "runtime error" not in done.stderr and "Sanitizer" not in done.stderr, done.stderr
    return done.stdout


@pytest.mark.parametrize("lookup", LOOKUPS, ids=IDS)
def test_getent_is_clean_under_valgrind(valgrind, lookup):
    with connection_to(VA) as connection:
        assert clean(run(*valgrind, "getent", *lookup, stdin=connection)) == run("getent", *lookup, stdin=connection).stdout


@pytest.mark.parametrize("lookup", LOOKUPS, ids=IDS)
def test_getent_is_clean_under_asan_and_ubsan(sanitized, lookup):
    environment, _ = sanitized
    with connection_to(VA) as connection:
        assert clean(run("getent", *lookup, stdin=connection, env=environment)) == run("getent", *lookup, stdin=connection).stdout


def test_the_sanitized_module_is_what_runs(sanitized):
    environment, _ = sanitized
    loaded = run("/usr/bin/python3", "-c", "import pwd; pwd.getpwnam('bob@va.example'); print(open('/proc/self/maps').read())",
                 env=environment)
    assert environment["LD_LIBRARY_PATH"] + "/libnss_vmail" in loaded.stdout, loaded.stderr


CASES = [("bob@va.example", "va-bob-secret", "PAM_SUCCESS"), ("bob", "va-bob-secret", "PAM_SUCCESS"), ("bob@va.example", "wrong", "PAM_AUTH_ERR"),
         ("nobody-here@va.example", "x", "PAM_USER_UNKNOWN"), ("locked@va.example", "x", "PAM_AUTH_ERR"), ("bob@[::2]", "va-bob-secret", "PAM_SUCCESS")]


@pytest.mark.parametrize("user, password, code", CASES)
def test_pam_is_clean_under_asan_and_ubsan(sanitized, pam, pam_service, user, password, code):
    environment, module = sanitized
    service = pam_service(f"auth required {module}", f"account required {module}")
    with connection_to(VA) as connection:
        answer = pam(service, user, password, "auth", "acct", stdin=connection, env=environment)
    assert answer.auth == code, answer
    assert "Sanitizer" not in answer.text and "runtime error" not in answer.text


@pytest.mark.parametrize("user, password, code", CASES)
def test_pam_is_clean_under_valgrind(valgrind, pam, pam_service, user, password, code):
    service = pam_service("auth required pam_vmail.so", "account required pam_vmail.so")
    with connection_to(VA) as connection:
        done = subprocess.run([*valgrind, pam.binary, service, user, password, "auth", "acct"], stdin=connection, text=True, timeout=300,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert f"auth={code}" in clean(done), done.stderr
