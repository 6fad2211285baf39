# SPDX-License-Identifier: LGPL-2.1-or-later
"""What other programs make of user@domain: the rows of the table in vmail(7) that are not tried in test_openssh.py,
test_vmailctl_check_system.py (pam_access), test_fail2ban.py and test_tools.py."""

import os
import pathlib
import pwd
import re
import shutil
import subprocess
import sys

import pytest

import scene as scenes
import test_dovecot
import test_ftp
from container import in_user_namespace
from daemons import Daemon
from ftp import answer_to_login
from mail import mail_of, refusal
from programs import SYSTEM, VA, out, run


REFUSED = 5  # exit status of rsync(1)


@pytest.mark.parametrize("typed, refused", [("bob@va.example", True), ("BOB@va.example", False), ("bob@va.example.org", False)])
def test_a_list_of_vsftpd_that_denies_sees_the_name_as_it_is_typed(scene, typed, refused):
    daemon = test_ftp.vsftpd()
    with open("/etc/vsftpd.conf", "a", encoding="ascii") as conf:
        conf.write("userlist_enable=YES\nuserlist_deny=YES\nuserlist_file=/etc/vsftpd.user_list\n")
    scenes.write("/etc/vsftpd.user_list", "bob@va.example\n")
    with daemon:
        answer = answer_to_login(SYSTEM, typed, scene.va["bob"].password)
        assert answer.startswith("530" if refused else "230"), answer
        if not refused:  # and plain
            assert answer_to_login(VA, "bob", scene.va["bob"].password).startswith("230")


@pytest.mark.parametrize("letters", ["%n", "%Ln"])
def test_a_username_format_of_dovecot_without_the_domain_opens_the_mailbox_of_the_systems_user(scene, letters):
    daemon = test_dovecot.daemon()
    conf = pathlib.Path("/etc/dovecot/conf.d/90-vmail.conf")
    name = letters if test_dovecot.version() == "2.3" else "%{user | username | lower}"
    scenes.write(conf, re.sub(r"^auth_username_format = .*$", f"auth_username_format = {name}", conf.read_text(), flags=re.M))
    with daemon:
        assert mail_of("imap", SYSTEM, "bob@va.example", scene.system_password["bob"]) == ["for bob"]
        assert refusal("imap", SYSTEM, "bob@va.example", scene.va["bob"].password)


@pytest.fixture
def victim(make_domain):
    domain = make_domain("vn.example", scenes.User("ben", 77301, "ben-secret"))
    ben = domain["ben"]
    scenes.give_mail(ben.login, ben.uid, ben.gid, ben.home)
    yield ben
    shutil.rmtree(ben.home, ignore_errors=True)


def test_deluser_removes_home_and_mail_before_it_fails(victim):
    done = run("deluser", "--remove-home", victim.login)
    assert done.returncode != 0 and not pathlib.Path(victim.home).exists()
    assert pwd.getpwnam(victim.login).pw_uid == victim.uid


def test_sysusers_does_not_take_the_name(tmp_path):
    rule = scenes.write(tmp_path / "rule.conf", "u bob@va.example - -\n")
    done = run("systemd-sysusers", "--dry-run", str(rule))
    assert "bob@va.example" in done.stderr and "not a valid" in done.stderr, done.stderr


def test_an_address_of_rsync_does_not_decode_the_at(tmp_path):
    scenes.write(tmp_path / "secrets", "bob@va.example:secret\n", 0o600)
    scenes.write(tmp_path / "conf", f"use chroot = no\nport = 8730\naddress = {SYSTEM}\n[files]\npath = {tmp_path}\n"
                 f"auth users = bob@va.example\nsecrets file = {tmp_path}/secrets\n")
    environment = {**os.environ, "RSYNC_PASSWORD": "secret"}
    with Daemon("/usr/bin/rsync", "--daemon", "--no-detach", f"--config={tmp_path}/conf", ports=[(SYSTEM, 8730)]):
        asked = {name: subprocess.run(["rsync", f"rsync://{name}@{SYSTEM}:8730/files/"], env=environment, capture_output=True, timeout=60).returncode
                 for name in ("bob@va.example", "bob%40va.example")}
    assert asked["bob%40va.example"] == REFUSED and asked["bob@va.example"] != REFUSED, asked


def test_a_user_namespace_without_root_does_not_see_virtual_users():
    question = [sys.executable, "-c", "import pwd; print(pwd.getpwnam('bob@va.example').pw_uid)"]
    done = in_user_namespace("1000 1000 1", *question)
    assert done.returncode != 0 and "KeyError" in done.stderr
    done = in_user_namespace("0 0 100000", *question)
    assert (done.returncode, done.stdout) == (0, "70000\n")
