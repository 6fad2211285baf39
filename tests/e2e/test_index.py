# SPDX-License-Identifier: LGPL-2.1-or-later
"""Indexes: never out of date, never trusted when damaged, and few system calls."""

import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import time

import pytest

from daemons import install_example
from programs import SOURCE, out, run
from scene import ETC, User, hash_of, shadow_group, write
from vmailctl import UNAVAILABLE, ctl, ctl_json, ctl_out

CACHE = pathlib.Path("/var/cache/vmail")
DOMAIN = "index.example"
USERS = 2000
FIRST = 80000

ASKER = """
import pwd, sys
for line in sys.stdin:
    key = line.strip()
    try:
        entry = pwd.getpwuid(int(key)) if key.isdigit() else pwd.getpwnam(key)
        print(entry.pw_name, entry.pw_uid, entry.pw_gecos, flush=True)
    except KeyError:
        print("nobody", flush=True)
"""


class Asker:
    """A process that goes on asking, as a daemon does."""

    def __init__(self):
        self.process = subprocess.Popen([sys.executable, "-c", ASKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, key):
        self.process.stdin.write(f"{key}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        assert answer, f"the process ended at {key} with {self.process.wait()}"
        return answer

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


def ask_anew(key):
    """The same by a new process."""
    done = run(sys.executable, "-c", ASKER, input=f"{key}\n")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def passwd_text(users=USERS, gecos="Number"):
    return "".join(f"user{i}:x:{FIRST + i}:{FIRST + i}:{gecos} {i}::/bin/false\n" for i in range(users))


def shadow_text(users=USERS):
    hash = hash_of("the-password")
    return "".join(f"user{i}:{hash}:20000:0:99999:7:::\n" for i in range(users))


@pytest.fixture
def asker():
    asker = Asker()
    yield asker
    asker.stop()


@pytest.fixture
def domain():
    """A domain of 2,000 users with its indexes."""
    write(ETC / f"passwd.{DOMAIN}", passwd_text())
    write(ETC / f"shadow.{DOMAIN}", shadow_text(), 0o640, shadow_group())
    write(ETC / f"group.{DOMAIN}", "staff:x:90001:user1,user2\ncrew:x:90002:user2\n")
    ctl_out("index")
    yield ETC / f"passwd.{DOMAIN}"
    for path in [*ETC.glob(f"*.{DOMAIN}"), *CACHE.glob(f"*.{DOMAIN}.cdb")]:
        path.unlink()


@pytest.fixture(scope="module")
def lookups_program(tmp_path_factory):
    binary = tmp_path_factory.mktemp("lookups") / "lookups"
    subprocess.run(["gcc", "-Wall", "-Wextra", "-Werror", "-o", binary, SOURCE / "tests/e2e/lookups.c"], check=True)
    return str(binary)


def index(kind):
    return CACHE / f"{kind}.{DOMAIN}.cdb"


def opened(*argv):
    """The names of the files that a program opens."""
    done = run("strace", "-f", "-e", "trace=openat", *argv)
    return [path.rpartition("/")[2] for path in re.findall(r'"([^"]+)".*\) = \d', done.stderr)]


# --- an index is used, and by whom


def test_a_look_up_reads_the_index_and_not_the_text(domain):
    files = opened("getent", "passwd", f"user1999@{DOMAIN}")
    assert index("passwd").name in files and "vmail.conf.cdb" in files
    assert domain.name not in files


def test_names_ids_and_groups_are_the_same_with_and_without_indexes(domain):
    keys = [f"user{i}@{DOMAIN}" for i in (0, 1, 1999, 2000)] + [f"USER7@{DOMAIN.upper()}"] + [str(FIRST + i) for i in (0, 1999, 2000)]
    questions = [*(("passwd", key) for key in keys), *(("group", key) for key in [f"staff@{DOMAIN}", f"user5@{DOMAIN}", "90002",
                 str(FIRST + 7)]), *(("initgroups", f"user{i}@{DOMAIN}") for i in (0, 1, 2)), ("shadow", f"user9@{DOMAIN}")]
    answers = {question: run("getent", *question).stdout for question in questions}
    shutil.move(CACHE, "/var/cache/away")
    try:
        assert {question: run("getent", *question).stdout for question in questions} == answers
    finally:
        shutil.move("/var/cache/away", CACHE)
    assert answers["passwd", f"user1999@{DOMAIN}"].startswith(f"user1999@{DOMAIN}:x:81999:81999:Number 1999:")
    assert answers["passwd", f"user2000@{DOMAIN}"] == answers["passwd", str(FIRST + 2000)] == ""
    assert answers["initgroups", f"user2@{DOMAIN}"].split()[1:] == ["90001", "90002"]


def test_who_has_two_lines_is_who_stands_first_by_name_and_by_id(domain):
    write(domain, f"bob:x:{FIRST}:{FIRST}:first::\nbob:x:{FIRST + 1}:{FIRST + 1}:second::\ncarol:x:{FIRST}:{FIRST}:third::\n"
          f"broken:x:nonsense\nbroken:x:{FIRST + 5}:{FIRST + 5}:whole::\n")
    ctl_out("index")
    assert ask_anew(f"bob@{DOMAIN}").endswith(f"{FIRST} first")
    assert ask_anew(FIRST).startswith("bob@")
    assert ask_anew(FIRST + 1) == "nobody"
    assert ask_anew(f"carol@{DOMAIN}").endswith(" third")
    assert ask_anew(FIRST + 5).endswith(" whole")


def test_all_users_of_a_domain_may_have_one_uid(domain):
    write(domain, "".join(f"user{i}:x:{FIRST}:{FIRST}:::\n" for i in range(5000)))
    ctl_out("index")
    assert ask_anew(FIRST).startswith(f"user0@{DOMAIN}")
    assert ask_anew(f"user4999@{DOMAIN}").startswith(f"user4999@{DOMAIN} {FIRST}")


def test_no_index_holds_a_hash_and_each_is_as_readable_as_its_text(domain):
    write(domain, passwd_text().replace(":x:", f":{hash_of('in-passwd')}:", 1))
    ctl_out("index")
    for path in CACHE.iterdir():
        text = path.read_bytes()
        assert b"$6$" not in text and hash_of("the-password")[20:28].encode() not in text, path
    modes = {kind: index(kind).stat() for kind in ("passwd", "shadow", "group")}
    assert {kind: status.st_mode & 0o777 for kind, status in modes.items()} == {"passwd": 0o644, "shadow": 0o640, "group": 0o644}
    assert modes["shadow"].st_gid == shadow_group()
    assert CACHE.stat().st_mode & 0o777 == 0o755


# --- never out of date

NEW = passwd_text(gecos="Edited")
SAME_SIZE = passwd_text(gecos="Nomber")


def in_place(path):
    path.write_text(NEW)


def by_moving(path):
    other = path.with_name("moved.tmp")
    other.write_text(NEW)
    other.rename(path)


def by_copying(path):
    other = pathlib.Path("/tmp/copied")
    other.write_text(NEW)
    out("cp", str(other), str(path))


def by_rsync(path):
    other = pathlib.Path("/tmp/synced")
    other.write_text(NEW)
    out("rsync", "-a", "--checksum", "--inplace", str(other), str(path))


def by_sed(path):
    out("sed", "-i", "s/Number/Edited/", str(path))


def same_size_and_time(path):
    """As of a backup: the size is the same, and so is the time of modification."""
    before = path.stat()
    path.write_text(SAME_SIZE)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def an_old_backup(path):
    other = pathlib.Path("/tmp/backup")
    other.write_text(NEW)
    os.utime(other, (1, 1))
    out("cp", "-p", str(other), str(path))


def another_inode_of_the_same_look(path):
    before = path.stat()
    other = path.with_name("moved.tmp")
    other.write_text(SAME_SIZE)
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.rename(path)


EDITS = [in_place, by_moving, by_copying, by_rsync, by_sed, same_size_and_time, an_old_backup, another_inode_of_the_same_look]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_an_edit_by_hand_is_in_force_at_the_next_look_up(domain, asker, edit):
    name = f"user7@{DOMAIN}"
    assert asker(name).endswith("Number 7")
    edit(domain)
    assert re.search("(Edited|Nomber) 7$", asker(name)), "a process that has asked before"
    assert re.search("(Edited|Nomber) 7$", asker(FIRST + 7)), "by uid"
    assert re.search("(Edited|Nomber) 7$", ask_anew(name)), "a new process"


def test_an_edit_right_after_an_index_was_made_is_never_missed(domain, asker):
    """Within one tick of the file system's clock, and without a change of size: 100 times."""
    for round in range(100):
        domain.write_text(passwd_text(50, f"Round {round:3} a"))
        ctl_out("index", DOMAIN)
        assert asker(f"user3@{DOMAIN}").endswith(f"Round {round:3} a 3")
        domain.write_text(passwd_text(50, f"Round {round:3} b"))
        assert asker(f"user3@{DOMAIN}").endswith(f"Round {round:3} b 3")


def test_an_index_made_while_the_text_is_edited_is_right_or_not_used(domain, asker):
    with subprocess.Popen(["sh", "-c", "for i in $(seq 40); do vmailctl index --anew >/dev/null 2>&1; done"]) as builder:
        round = 0
        while builder.poll() is None:
            round += 1
            domain.write_text(passwd_text(200, f"Round {round % 1000:3}"))
            assert asker(f"user3@{DOMAIN}").endswith(f"Round {round % 1000:3} 3")
    assert round > 20


def test_a_user_who_is_added_or_removed_by_hand_is_there_or_gone(domain, asker):
    assert asker(f"dave@{DOMAIN}") == asker("75000") == "nobody"
    with open(domain, "a") as file:
        file.write("dave:x:75000:75000:Dave::\n")
    assert asker(f"dave@{DOMAIN}") == asker("75000") == f"dave@{DOMAIN} 75000 Dave"
    out("sed", "-i", "/^dave/d", str(domain))
    assert asker(f"dave@{DOMAIN}") == asker("75000") == "nobody"


def test_a_process_takes_up_a_new_index(domain, asker, lookups):
    assert asker(f"user7@{DOMAIN}").endswith("Number 7")
    in_place(domain)
    ctl_out("index")
    assert asker(f"user7@{DOMAIN}").endswith("Edited 7")
    maps = pathlib.Path(f"/proc/{asker.process.pid}/maps").read_text()
    assert str(index("passwd")) in maps and "(deleted)" not in [line for line in maps.splitlines() if DOMAIN in line][-1]
    assert len([line for line in maps.splitlines() if f"passwd.{DOMAIN}" in line]) == 1


def test_an_edit_of_vmail_conf_is_in_force(domain, asker, vmail_conf):
    assert asker(f"user7@{DOMAIN}").endswith("Number 7")
    vmail_conf("[vmail]\nids = 90000-99999\n")
    time.sleep(0.02)  # a tick of the clock
    assert asker(f"user7@{DOMAIN}") == asker(FIRST + 7) == ask_anew(f"user7@{DOMAIN}") == "nobody"
    vmail_conf(f"[vmail]\nids = 70000-89999\n[domain {DOMAIN}]\naliases = other.example\n")
    time.sleep(0.02)
    assert asker("user7@other.example").endswith("Number 7")
    ctl_out("index")
    assert asker("user7@other.example").endswith("Number 7")
    assert ask_anew("user7@other.example").endswith("Number 7")


def test_what_is_not_trusted_is_not_answered_from_an_index_either(domain, asker):
    name = f"user7@{DOMAIN}"
    for path in (domain, ETC):
        mode = path.stat().st_mode & 0o7777
        assert asker(name).endswith("Number 7")
        path.chmod(mode | 0o020)
        try:
            time.sleep(0.02)
            assert asker(name) == ask_anew(name) == "nobody"
        finally:
            path.chmod(mode)
        ctl_out("index")


# --- never trusted when damaged


def check_all_answers(ask):
    for i in (0, 7, 1234, 1999):
        assert ask(f"user{i}@{DOMAIN}") == f"user{i}@{DOMAIN} {FIRST + i} Number {i}"
        assert ask(FIRST + i) == f"user{i}@{DOMAIN} {FIRST + i} Number {i}"
    assert ask(f"user2000@{DOMAIN}") == ask(FIRST + 2000) == "nobody"


DAMAGE = {
    "deleted": lambda path: path.unlink(),
    "empty": lambda path: os.truncate(path, 0),
    "cut to a part of the header": lambda path: os.truncate(path, 2100),
    "cut in the middle": lambda path: os.truncate(path, path.stat().st_size // 2),
    "cut by one byte": lambda path: os.truncate(path, path.stat().st_size - 1),
    "longer": lambda path: os.truncate(path, path.stat().st_size + 4096),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "noise": lambda path: path.write_bytes(random.Random(1).randbytes(path.stat().st_size)),
    "another domain's": lambda path: path.write_bytes((CACHE / "passwd.va.example.cdb").read_bytes()),
    "another kind's": lambda path: path.write_bytes((CACHE / f"shadow.{DOMAIN}.cdb").read_bytes()),
    "a directory": lambda path: (path.unlink(), path.mkdir()),
    "a fifo": lambda path: (path.unlink(), os.mkfifo(path)),
    "a link to a device": lambda path: (path.unlink(), path.symlink_to("/dev/zero")),
    "somebody else's": lambda path: os.chown(path, 1001, 1001),
    "writable by others": lambda path: path.chmod(0o666),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_of_a_damaged_index_the_text_is_asked(domain, asker, damage):
    path = index("passwd")
    check_all_answers(asker)
    DAMAGE[damage](path)
    time.sleep(0.02)  # only root can do this to a file that is mapped; it is seen at the next tick of the clock
    check_all_answers(asker)
    check_all_answers(ask_anew)
    if path.is_dir():
        path.rmdir()
    ctl_out("index")
    check_all_answers(ask_anew)
    assert index("passwd").name in opened("getent", "passwd", f"user1@{DOMAIN}")


@pytest.mark.parametrize("damage", ["deleted", "cut in the middle", "noise", "zeros"])
def test_of_a_damaged_compiled_vmail_conf_the_text_is_asked(domain, asker, vmail_conf, damage):
    vmail_conf(f"[domain {DOMAIN}]\naliases = other.example\nids = {FIRST}-{FIRST + 4999}\n")
    ctl_out("index")
    time.sleep(0.02)
    assert asker("user7@other.example").endswith("Number 7")
    DAMAGE[damage](CACHE / "vmail.conf.cdb")
    time.sleep(0.02)
    for ask in (asker, ask_anew):
        assert ask("user7@other.example") == ask(FIRST + 7) == f"user7@{DOMAIN} {FIRST + 7} Number 7"
        assert ask("user7@third.example") == "nobody"


def test_a_cache_directory_that_others_may_write_is_not_trusted(domain):
    CACHE.chmod(0o777)
    try:
        assert index("passwd").name not in opened("getent", "passwd", f"user1@{DOMAIN}")
        assert ask_anew(f"user1@{DOMAIN}").endswith("Number 1")
    finally:
        CACHE.chmod(0o755)


# --- system calls


@pytest.fixture
def lookups(lookups_program):
    """The program, on a machine whose nsswitch.conf names no other module than files behind ours."""
    path = pathlib.Path("/etc/nsswitch.conf")
    before = path.read_text()
    write(path, before.replace(" systemd", ""))
    yield lookups_program
    write(path, before)


def calls(lookups, count, *keys):
    """The system calls of COUNT rounds, and how many ticks of the clock they took, and what was found."""
    done = run("strace", "-qq", "-s", "200", lookups, str(count), *keys)
    assert done.returncode == 0, done.stderr
    found, ticks = map(int, done.stdout.split())
    inside = re.search(r'write\(9, "begin".*?\n(.*)write\(9, "end"', done.stderr, re.S).group(1).splitlines()
    # glibc looks at nsswitch.conf once a look-up, and asks its own module behind ours.
    others = r'nsswitch\.conf|nscd|AF_UNIX|"/etc/passwd"|^(read|close|fstat|lseek)\(|^newfstatat\(\d'
    return [line for line in inside if not re.search(others, line)], ticks, found


@pytest.mark.parametrize("key", [f"user7@{DOMAIN}", str(FIRST + 7), f"user2000@{DOMAIN}"])
def test_a_look_up_in_a_process_that_has_asked_costs_one_stat(domain, vmail_conf, lookups, key):
    vmail_conf(f"[domain {DOMAIN}]\nids = {FIRST}-{FIRST + 4999}\n")
    ctl_out("index")
    lines, ticks, _ = calls(lookups, 300, key)
    assert all("stat" in line for line in lines), lines
    assert len([line for line in lines if f"{ETC}/passwd.{DOMAIN}" in line]) == 300
    rest = [line for line in lines if f"{ETC}/passwd.{DOMAIN}" not in line]
    assert len(rest) <= 4 * (ticks + 1), f"more than vmail.conf, its index, /etc/vmail and the index once a tick: {rest}"


@pytest.mark.parametrize("key,most", [("no-such-plain-name", "getsockname"), ("root", "getsockname"), ("200000", None),
                                      ("999", None), ("bob@unknown.example", "passwd.unknown.example")])
def test_what_is_not_ours_costs_one_system_call_at_most(domain, lookups, key, most):
    lines, ticks, _ = calls(lookups, 300, key)
    counted = [line for line in lines if most is not None and most in line]
    assert len(counted) <= 300
    assert len(lines) - len(counted) <= 2 * (ticks + 1), f"more than vmail.conf and its index once a tick: {lines[:10]}"


def test_no_descriptor_is_kept(domain, asker):
    asker(f"user7@{DOMAIN}")
    targets = [os.readlink(path) for path in pathlib.Path(f"/proc/{asker.process.pid}/fd").iterdir()]
    assert not [target for target in targets if "vmail" in target], targets


# --- the shadow file


def bytes_read(argv, name):
    """How many bytes a program reads from the file of this name."""
    done = run("strace", "-f", "-y", "-e", "trace=read,pread64", *argv)
    return sum(int(count) for path, count in re.findall(r"read(?:64)?\(\d+<([^>]*)>.*= (\d+)$", done.stderr, re.M)
               if path.endswith(name))


@pytest.fixture
def service(pam_service):
    return pam_service("auth required pam_vmail.so", "account required pam_vmail.so", "password required pam_vmail.so")


def log_in(pam, service, user, password):
    return pam(service, f"{user}@{DOMAIN}", password, "auth", "acct")


def test_a_log_in_reads_one_block_of_a_large_shadow_file(domain, pam, service):
    assert log_in(pam, service, "user1999", "the-password").acct == "PAM_SUCCESS"
    read = bytes_read((pam.binary, service, f"user1999@{DOMAIN}", "the-password", "auth"), f"shadow.{DOMAIN}")
    assert 0 < read <= 2 * 65536 < (ETC / f"shadow.{DOMAIN}").stat().st_size


def test_after_a_change_of_password_the_index_is_right(domain, pam, service):
    install_example("pam.d/chpasswd", "/etc/pam.d/chpasswd")
    for number in (1990, 3, 1000, 1990, 5):
        done = run("chpasswd", input=f"user{number}@{DOMAIN}:new-{number}\n")
        assert done.returncode == 0, done.stderr
    for number, password in ((1990, "new-1990"), (3, "new-3"), (5, "new-5"), (1000, "new-1000"), (1999, "the-password"),
                             (4, "the-password")):
        assert log_in(pam, service, f"user{number}", password).acct == "PAM_SUCCESS", number
        read = bytes_read((pam.binary, service, f"user{number}@{DOMAIN}", password, "auth"), f"shadow.{DOMAIN}")
        assert 0 < read <= 2 * 65536, f"user{number} was looked for in all of the file"
    assert log_in(pam, service, "user1990", "the-password").auth == "PAM_AUTH_ERR"
    assert log_in(pam, service, "user2000", "the-password").auth == "PAM_USER_UNKNOWN"


def test_a_broken_line_is_still_told_of(domain, pam, service, syslog):
    write(ETC / f"shadow.{DOMAIN}", shadow_text() + "user2000:x\n", 0o640, shadow_group())
    write(domain, passwd_text(2001))
    ctl_out("index")
    log_in(pam, service, "user2000", "the-password")
    syslog.wait_for(f"shadow.{DOMAIN}:2001: user2000: expected 9 fields")


# --- vmailctl index


def states(*arguments):
    return {row["index"]: row["state"] for row in ctl_json("index", *arguments)}


def test_vmailctl_index_makes_what_is_missing_or_damaged_and_removes_what_belongs_to_nothing(domain):
    assert set(states().values()) == {"current"}
    in_place(domain)
    shutil.copy(index("group"), CACHE / "group.gone.example.cdb")
    (CACHE / ".passwd.gone.example.cdb.new").write_bytes(b"left by a crash")
    with open(index("group"), "r+b") as file:
        file.seek(2048 + 4096 + 1500)
        file.write(b"damage")
    made = states()
    assert made[f"passwd.{DOMAIN}"] == made[f"group.{DOMAIN}"] == "made" and made[f"shadow.{DOMAIN}"] == "current"
    assert made["group.gone.example.cdb"] == made[".passwd.gone.example.cdb.new"] == "removed"
    assert not (CACHE / "group.gone.example.cdb").exists()
    assert set(states().values()) == {"current"}
    assert states("--anew")[f"shadow.{DOMAIN}"] == "made"


def test_vmailctl_index_may_be_asked_what_it_would_do(domain):
    in_place(domain)
    before = index("passwd").stat()
    assert states("--dry-run")[f"passwd.{DOMAIN}"] == "made"
    assert index("passwd").stat() == before


def test_vmailctl_index_takes_the_domains_that_it_is_told(domain):
    in_place(domain)
    assert f"passwd.{DOMAIN}" not in states("va.example")
    assert states(DOMAIN)[f"passwd.{DOMAIN}"] == "made"


def test_vmailctl_index_names_what_it_cannot_index_and_goes_on(domain):
    bad = write(ETC / "passwd.bad.example", "bob:x:80001:80001:::\n", 0o666)
    try:
        in_place(domain)
        done = ctl("index")
        assert done.returncode == UNAVAILABLE and "chmod go-w" in done.stderr
        assert f"passwd.{DOMAIN}  made" in re.sub(" +", "  ", done.stdout)
    finally:
        bad.unlink()
        ctl("index")


def test_vmailctl_index_is_for_root(domain):
    in_place(domain)
    assert "only root may" in ctl("index", user="nobody").stderr


def test_the_units_of_the_examples_are_whole():
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze")
    done = run("systemd-analyze", "verify", "--man=no", str(SOURCE / "examples/systemd/vmail-index.service"))
    assert done.returncode == 0 and "vmail-index" not in done.stderr, done.stderr


def test_an_enumeration_gives_every_user_though_the_file_is_replaced_in_the_middle(make_domain):
    domain = make_domain("many.example", *(User(f"u{i:04}", 78000 + i, hash="*") for i in range(5000)))
    script = """
import ctypes, os, shutil, sys
libc = ctypes.CDLL(None)
libc.getpwent.restype = ctypes.POINTER(ctypes.c_char_p)
path, seen = sys.argv[1], []
while entry := libc.getpwent():
    name = entry[0].decode()
    if name.endswith("@many.example"):
        seen.append(name)
        if len(seen) == 10:
            shutil.copy2(path, path + ".other")
            with open(path + ".other", "a") as file:
                file.write("late:x:77999:77999:::\\n")
            os.rename(path + ".other", path)
print(len(seen), len(set(seen)))
"""
    done = run("python3", "-c", script, str(domain.passwd))
    assert done.stdout == "5001 5001\n", done.stderr
