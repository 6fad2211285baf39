# SPDX-License-Identifier: LGPL-2.1-or-later
"""Limits that a file system enforces: ext4 with quotas, under a kernel that has them. The kernel of this machine may not: so
User-Mode Linux of Debian runs these steps, with this machine's files and programs, and an image of its own on /vhome/vq.example.
It starts once; each test looks at what one step has left behind."""

import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

import scene as scenes
import session
from daemons import program
from programs import SOURCE, UNPACKED, run

DOMAIN = "vq.example"
HOME = pathlib.Path("/vhome") / DOMAIN
MODULES = ("quota_tree.ko", "quota_v2.ko")

# The first program there. It gets its paths as arguments, and writes what each step gave into a file.
STEPS = r'''
import ctypes, json, os, subprocess, sys

os.environ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin"
results, page, modules = {}, json.load(open(sys.argv[2])), sys.argv[3:]
libc = ctypes.CDLL(None, use_errno=True)


def do(name, *command):
    done = subprocess.run(command, capture_output=True, text=True)
    results[name] = [done.returncode, done.stdout, done.stderr]


def write(name, user, size):
    """Writes a new file of that size, as the user, as far as it goes."""
    path = f"/vhome/vq.example/{user}/{name.replace(' ', '-')}"
    name_of_user = f"{user}@vq.example"
    do(name, "setpriv", f"--reuid={name_of_user}", f"--regid={name_of_user}", "--clear-groups",
       "dd", "if=/dev/zero", f"of={path}", "bs=64K", f"count={int(size[:-1]) // 64}")
    results[name][1] = os.path.getsize(path)


def steps():
    do("add", "vmailctl", "user", "add", "tom@vq.example", "--no-password", "--mailbox-limit=1M")
    write("below", "tom", "896K")
    do("show", "vmailctl", "user", "show", "tom@vq.example", "--json")
    write("beyond", "tom", "512K")
    do("raise", "vmailctl", "user", "set", "tom@vq.example", "--mailbox-limit=2M")
    write("after raising", "tom", "512K")
    do("domain", "vmailctl", "domain", "set", "vq.example", "mailbox_limit", "3M")
    do("add ann", "vmailctl", "user", "add", "ann@vq.example", "--no-password")
    write("beyond that of the domain", "ann", "4096K")
    with open("/etc/vmail/vmail.conf") as conf:
        text = conf.read()
    with open("/etc/vmail/vmail.conf", "w") as conf:
        conf.write(text.replace("mailbox_limit = 3M", "mailbox_limit = 5M"))
    do("check after an edit", "vmailctl", "check", "--area=limits", "vq.example")
    do("limits", "vmailctl", "mail", "limits")
    do("check after limits", "vmailctl", "check", "--area=limits", "vq.example")
    write("after limits", "ann", "1024K")
    do("list", "vmailctl", "user", "list", "vq.example", "--json")
    for uid in (7805, 780001):  # outside the block, but not in the order of texts
        do(f"of {uid}", "sh", "-c", f"head -c 65536 /dev/zero >/vhome/vq.example/{uid}; chown {uid} /vhome/vq.example/{uid}")
    for number, command in enumerate(page):
        do(f"page {number}", "sh", "-c", command)
    do("after the page", "vmailctl", "user", "list", "vq.example", "--json")
    do("quotas after the page", "repquota", "-unO", "csv", "/vhome/vq.example")
    do("unset", "vmailctl", "domain", "set", "vq.example", "--unset=mailbox_limit")
    write("without one", "ann", "4096K")
    write("with the own one", "tom", "2048K")


try:
    for directory, kind in (("/proc", "proc"), ("/tmp", "tmpfs")):
        subprocess.run(["mount", "-t", kind, kind, directory], check=True)
    for module in modules:
        if libc.syscall(313, os.open(module, os.O_RDONLY), b"", 0) != 0:
            raise OSError(ctypes.get_errno(), module)
    subprocess.run(["mount", "-t", "ext4", "-o", "usrquota", "/dev/ubda", "/vhome/vq.example"], check=True)
    os.chmod("/vhome/vq.example", 0o755)
    steps()
    subprocess.run(["umount", "/vhome/vq.example"])
except BaseException as error:
    results["failed"] = repr(error)
with open(sys.argv[1], "w") as file:
    json.dump(results, file)
os.sync()
libc.reboot(0x4321FEDC)  # off
'''


def commands_of_the_page():
    """Those of the section about quotas in doc/virtuald.md, for the domain and the file system of this test."""
    section = re.search(r"\n## Quotas\n(.*?)\n## ", (SOURCE / "doc/virtuald.md").read_text(), re.S).group(1)
    commands = [command for _, command, _ in session.steps(section)]
    assert len(commands) > 2
    for there, here in (("vd.example", DOMAIN), ("70000", "78000"), ("70999", "78999"), ("/virtual", str(HOME))):
        assert any(there in command for command in commands)
        commands = [command.replace(there, here) for command in commands]
    return commands


@pytest.fixture(scope="module")
def steps(scene):
    program("quota", "/usr/sbin/setquota")
    kernel, mkfs = program("user-mode-linux", "/usr/bin/linux.uml"), program("e2fsprogs", "/usr/sbin/mkfs.ext4")
    modules = [str(next((UNPACKED / "user-mode-linux/usr/lib/uml/modules").glob(f"*/kernel/fs/quota/{name}"))) for name in MODULES]
    work = pathlib.Path("/root/quota-test")
    work.mkdir()
    image, script, result, page = work / "image", work / "steps.py", work / "result", work / "page"
    run("truncate", "-s", "32M", str(image), check=True)
    run(mkfs, "-q", "-O", "quota", "-E", "quotatype=usrquota", str(image), check=True)
    script.write_text(STEPS)
    page.write_text(json.dumps(commands_of_the_page()))
    start = work / "init"
    start.write_text(f"#!/bin/sh\nexec python3 {script} {result} {page} {' '.join(modules)}\n")
    start.chmod(0o755)
    before = (scenes.ETC / "vmail.conf").read_bytes()
    scenes.write(scenes.ETC / "vmail.conf", before.decode() + f"[domain {DOMAIN}]\nids = 78000-78999\n")
    domain = scenes.Domain(DOMAIN).write()
    HOME.mkdir(parents=True, exist_ok=True)
    try:
        command = [kernel, "rootfstype=hostfs", "rootflags=/", "rw", f"init={start}", "mem=384M", f"ubd0={image}", "con=null",
                   "con0=fd:0,fd:1"]
        log = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             errors="replace", timeout=600, env={**os.environ, "TMPDIR": "/dev/shm"}).stdout
        assert result.exists(), log[-3000:]
        results = json.loads(result.read_text())
        assert "failed" not in results, (results["failed"], log[-3000:])
        yield results
    finally:
        domain.remove()
        scenes.write(scenes.ETC / "vmail.conf", before)
        shutil.rmtree(work)


def test_a_new_user_has_the_quota_at_once(steps):
    assert steps["add"][0] == 0, steps["add"]
    assert steps["below"][:2] == [0, 896 * 1024]
    code, size, error = steps["beyond"]
    assert code != 0 and size < 512 * 1024 and "quota exceeded" in error


def test_user_show_tells_what_all_files_of_the_user_use(steps):
    shown = json.loads(steps["show"][1])
    assert shown["mailbox_limit"] == 1024 * 1024
    assert 896 * 1024 <= shown["mailbox_used"] < 1024 * 1024


def test_a_raised_limit_is_a_raised_quota(steps):
    assert steps["raise"][0] == 0, steps["raise"]
    assert steps["after raising"][:2] == [0, 512 * 1024]


def test_the_limit_of_the_domain_is_the_quota_of_its_users(steps):
    assert steps["domain"][0] == 0 and steps["add ann"][0] == 0
    code, size, error = steps["beyond that of the domain"]
    assert code != 0 and 2 * 1024 * 1024 < size < 3 * 1024 * 1024 and "quota exceeded" in error


def test_check_finds_a_quota_that_is_not_the_limit_and_mail_limits_sets_it(steps):
    code, found, _ = steps["check after an edit"]
    assert code == 1 and "the quota of the file system is 3145728 bytes, and the limit 5242880" in found
    assert steps["limits"][0] == 0, steps["limits"]
    assert steps["check after limits"][:2] == [0, "no problems found\n"]
    assert steps["after limits"][:2] == [0, 1024 * 1024]


def test_user_list_tells_use_and_limit(steps):
    rows = {row["user"]: row for row in json.loads(steps["list"][1])}
    assert rows[f"tom@{DOMAIN}"]["mailbox_limit"] == 2 * 1024 * 1024
    assert rows[f"ann@{DOMAIN}"]["mailbox_limit"] == 5 * 1024 * 1024
    assert rows[f"ann@{DOMAIN}"]["mailbox_used"] > 3 * 1024 * 1024


def test_the_page_for_virtuald_sums_up_a_domain_and_limits_its_files(steps):
    pages = [answer for name, answer in steps.items() if name.startswith("page ")]
    assert [answer[0] for answer in pages] == [0] * len(pages), pages
    rows = {row["user"]: row for row in json.loads(steps["after the page"][1])}
    assert pages[1][1] == f"{sum(row['mailbox_used'] for row in rows.values()) // 1024} KiB\n"
    assert rows[f"tom@{DOMAIN}"]["mailbox_limit"] == 2 * 1024 * 1024
    limits = {row.split(",")[0]: row.split(",")[9] for row in steps["quotas after the page"][1].splitlines()[1:]}
    assert limits == {"#0": "0", "#7805": "0", "#78000": "5000", "#78001": "5000", "#780001": "0"}


def test_without_the_domains_limit_only_own_quotas_stay(steps):
    assert steps["unset"][0] == 0, steps["unset"]
    assert steps["without one"][:2] == [0, 4 * 1024 * 1024]
    code, _, error = steps["with the own one"]
    assert code != 0 and "quota exceeded" in error
