# SPDX-License-Identifier: LGPL-2.1-or-later
"""Threads: both modules, built with TSan, in a program of many threads; and a program that forks in the middle."""

import os
import pathlib
import re
import subprocess

import pytest

from programs import SOURCE, run
from scene import User

THREADS, AUTHENTICATIONS = 16, 100


@pytest.fixture(scope="module")
def tsan(tmp_path_factory):
    """Builds the modules and threads.c with TSan; gives the directory."""
    directory = tmp_path_factory.mktemp("tsan")
    flags = ["gcc", "-std=gnu11", "-D_GNU_SOURCE", "-g", "-O1", "-fsanitize=thread", "-fPIC",
             *(f"-I{path}" for path in (SOURCE / "common").iterdir() if path.name != "mail"), f"-iquote{SOURCE}/common/mail",
             '-DVMAIL_DIRECTORY="/etc/vmail"', '-DVMAIL_CACHE_DIRECTORY="/var/cache/vmail"']
    cdb = re.search(r"^CDB_LIBS = (.*)$", (SOURCE / "Makefile").read_text(), re.M).group(1)  # Debian 13's has another name
    common = sorted(str(path) for path in (SOURCE / "common").glob("*/*.c"))

    def sources(name):
        return sorted(str(path) for path in (SOURCE / name).glob("*.c"))

    subprocess.run([*flags, "-shared", "-o", directory / "pam_vmail.so", *common, *sources("pam_vmail"), "-lpam", "-lcrypt",
                    cdb], check=True)
    # As in the real build, the NSS module has nothing of what knows hashes and writes.
    makefile = (SOURCE / "Makefile.am").read_text()
    units = "".join(re.search(rf"^libvmail_{name}_a_SOURCES = ((?:.*\\\n)*.*)", makefile, re.M).group(1)
                    for name in ("base", "name", "config", "store", "alias"))
    store = [path for path in common if str(pathlib.Path(path).relative_to(SOURCE)) in units]
    subprocess.run([*flags, "-shared", "-Wl,-soname,libnss_vmail.so.2", "-o", directory / "libnss_vmail.so.2", *store,
                    *sources("nss_vmail"), cdb], check=True)
    subprocess.run([*flags, "-o", directory / "threads", SOURCE / "tests/e2e/threads.c", "-lpam"], check=True)
    return directory


def test_sixteen_threads_with_a_hundred_log_ins_each_get_the_right_answers_without_a_race(tsan, pam_service, make_domain):
    users = [User(f"user{number}", 77200 + number, f"secret-{number}") for number in range(THREADS)]
    make_domain("threads.example", *users)
    control = "[success=done ignore=ignore default=die]"
    service = pam_service(f"auth {control} {tsan}/pam_vmail.so", f"account {control} {tsan}/pam_vmail.so")
    environment = {**os.environ, "LD_LIBRARY_PATH": str(tsan), "TSAN_OPTIONS": "exitcode=66"}
    done = subprocess.run([tsan / "threads", service, str(THREADS), str(AUTHENTICATIONS),
                           *(f"{user.login}={user.password}" for user in users)],
                          env=environment, text=True, capture_output=True)
    assert "ThreadSanitizer" not in done.stderr, done.stderr[:8000]
    total = THREADS * AUTHENTICATIONS
    assert done.stdout == f"accepted={total * 3 // 4} refused={total // 4} unexpected=0\n", done.stdout + done.stderr


FORKS = """
import os, pwd, threading
stop = threading.Event()
def look():
    while not stop.is_set():
        assert pwd.getpwnam("bob@va.example").pw_uid == 70000
        os.utime("/etc/vmail/vmail.conf")
threads = [threading.Thread(target=look) for _ in range(4)]
for thread in threads:
    thread.start()
for _ in range(300):
    child = os.fork()
    if child == 0:
        os._exit(0 if pwd.getpwnam("bob@va.example").pw_uid == 70000 else 1)
    assert os.waitpid(child, 0)[1] == 0
stop.set()
for thread in threads:
    thread.join()
print("good")
"""


def test_a_child_that_was_forked_while_other_threads_look_up_gets_its_answer():
    assert run("/usr/bin/python3", "-c", FORKS).stdout == "good\n"


CLOSES = """
import os, pwd, grp
pwd.getpwnam("bob@va.example")
os.closerange(0, 1024)
assert pwd.getpwnam("bob@va.example").pw_uid == 70000
opened = os.open("/etc/hostname", os.O_RDONLY)
assert opened == 0, opened
count = sum(1 for entry in pwd.getpwall() if entry.pw_name.endswith("@va.example"))
assert count == 5, count
os.closerange(0, 1024)
assert grp.getgrnam("staff@va.example").gr_mem == ["bob@va.example", "alice@va.example"]
assert os.open("/etc/hostname", os.O_RDONLY) == 0
os._exit(42)
"""


def test_a_program_that_closes_every_descriptor_is_served_and_finds_none_left_open():
    assert run("/usr/bin/python3", "-c", CLOSES).returncode == 42


def test_a_thread_that_is_cancelled_leaves_no_lock_held_and_no_descriptor_open(scene, tmp_path):
    subprocess.run(["gcc", "-std=gnu11", "-D_GNU_SOURCE", "-o", tmp_path / "cancel", SOURCE / "tests/e2e/cancel.c"], check=True)
    done = run("timeout", "60", tmp_path / "cancel")
    assert (done.returncode, done.stdout) == (0, "found=1 left=0\n"), done.stderr
