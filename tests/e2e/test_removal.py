# SPDX-License-Identifier: LGPL-2.1-or-later
"""doc/install.md, "Remove it": the steps in that order, and after each of them the system's own users can still log in."""

import pathlib
import re
import shutil
import subprocess

import pytest

import scene as scenes
import test_dovecot
from daemons import dovecot_daemon
from mail import mail_of
from programs import SYSTEM, out, run

PAGE = pathlib.Path(__file__).parents[2] / "doc/install.md"
PAM = pathlib.Path("/etc/pam.d")
NSSWITCH = pathlib.Path("/etc/nsswitch.conf")
DOVECOT = pathlib.Path("/etc/dovecot/conf.d/90-vmail.conf")


def make(target):
    subprocess.run(["make", "-s", "-C", "/src", target], check=True, capture_output=True)


@pytest.fixture
def put_back():
    """Whatever a test removes is there again afterwards."""
    files = {path: path.read_bytes() for path in (*PAM.iterdir(), NSSWITCH, DOVECOT) if path.is_file()}
    yield
    make("install")
    for path, text in files.items():
        path.write_bytes(text)


def take_out_the_settings_of_dovecot():
    DOVECOT.unlink()


def take_the_lines_out_of_pam():
    for path in PAM.iterdir():
        if path.is_file() and "pam_vmail" in path.read_text():
            scenes.write(path, "".join(line for line in path.read_text().splitlines(True) if not re.match(r"[^#]*pam_vmail", line)))


def take_vmail_out_of_nsswitch():
    scenes.write(NSSWITCH, re.sub(r"^aliases:.*\n|vmail \[[^]]*\] ?", "", NSSWITCH.read_text(), flags=re.M))


def uninstall():
    make("uninstall")
    shutil.rmtree("/var/cache/vmail", ignore_errors=True)


STEPS = [("settings that are made for virtual users", take_out_the_settings_of_dovecot), ("lines of pam_vmail", take_the_lines_out_of_pam),
         ("lines of nsswitch.conf", take_vmail_out_of_nsswitch), ("make uninstall", uninstall)]


@pytest.fixture
def set_up():
    test_dovecot.daemon()  # which writes the files


def test_the_steps_of_the_page_are_these():
    text = PAGE.read_text().split("## Remove it", 1)[1].split("\n## ", 1)[0]
    at = [text.find(words) for words, _ in STEPS]
    assert -1 not in at and at == sorted(at)


def test_the_systems_users_log_in_after_each_step(scene, set_up, put_back):
    def log_in():
        with dovecot_daemon([(SYSTEM, 143)]):
            assert mail_of("imap", SYSTEM, "bob", scene.system_password["bob"]) == ["for bob"]

    log_in()
    for _, step in STEPS:
        step()
        log_in()
        assert out("su", "-s", "/bin/sh", "-c", "id -u", "bob") == "1001"
    assert run("getent", "passwd", "bob@va.example").returncode == 2
    assert not list(pathlib.Path("/usr/lib").rglob("*nss_vmail*")) and not shutil.which("vmailctl")
    assert scene.va.passwd.exists() and pathlib.Path(scene.va["bob"].home).exists()
