# SPDX-License-Identifier: LGPL-2.1-or-later
"""A root for one domain: the units ftp-va.example of examples/systemd, under the real systemd."""

import ftplib
import os
import pathlib
import shutil

import pytest

from booted import UNITS, booted
from daemons import install_example, program, wait_until
from ftp import answer_to_login, download, session, upload
from programs import SYSTEM, VA, run
from scene import User
from test_ftp import write_vsftpd_conf

SOCKET, SERVICE = "ftp-va.example.socket", "ftp-va.example@.service"
ROOT = pathlib.Path("/srv/root/va.example")


@pytest.fixture(scope="module")
def system(scene):
    program("vsftpd", "/usr/sbin/vsftpd")
    for name in ("vsftpd", "chpasswd"):
        install_example(f"pam.d/{name}", f"/etc/pam.d/{name}")
    write_vsftpd_conf()
    units = [install_example(f"systemd/{name}", UNITS / name) for name in (SOCKET, SERVICE)]
    units[0].write_text(units[0].read_text().replace("192.0.2.1", VA))
    units[1].write_text(units[1].read_text() + "BindReadOnlyPaths=-/opt/vmail-test/vsftpd\n")  # where the tests have the daemon
    for directory in ("pub", "var/log"):
        (ROOT / directory).mkdir(parents=True)
    (ROOT / "pub/news").write_text("of va.example\n")
    with booted(SOCKET) as running:
        yield running
    for unit in units:
        unit.unlink()
    shutil.rmtree(ROOT.parent)


def test_bob_of_the_domain_is_let_in_by_both_names_and_lands_in_the_home(system, scene):
    for name in ("bob", "bob@va.example"):
        with session(VA, name, scene.va["bob"].password) as client:
            assert client.pwd() == "/vhome/va.example/bob"


def test_users_of_another_domain_and_of_the_system_do_not_exist_there(system, scene):
    for name, password in (("bob@vb.example", scene.vb["bob"].password), ("sue", scene.system_password["sue"]),
                           ("bob", scene.system_password["bob"])):
        assert answer_to_login(VA, name, password).startswith("530"), name


def test_what_is_in_the_root_is_seen_and_nothing_of_other_domains(system, scene):
    with session(VA, "bob", scene.va["bob"].password) as client:
        assert download(client, "/pub/news") == "of va.example\n"
        assert client.nlst("/vhome") == ["/vhome/va.example"]
        assert {"/etc/vmail/passwd.va.example", "/etc/vmail/vmail.conf"} <= set(client.nlst("/etc/vmail"))
        for path in ("/etc/vmail/passwd.vb.example", "/etc/shadow", "/home/bob/whose", "/var/mail/bob@vb.example"):
            with pytest.raises(ftplib.error_perm):
                download(client, path)


def test_the_programs_of_the_machine_are_not_writable_there_and_not_copied(system, scene):
    with session(VA, "bob", scene.va["bob"].password) as client:
        with pytest.raises(ftplib.error_perm):
            upload(client, "/usr/new", "text\n")
        assert "/usr/bin" in client.nlst("/usr")
    assert list((ROOT / "usr").iterdir()) == []


def test_a_file_that_is_written_is_in_the_home_outside_and_the_users_own(system, scene):
    with session(VA, "bob", scene.va["bob"].password) as client:
        upload(client, "from-the-root", "text\n")
    path = pathlib.Path("/vhome/va.example/bob/from-the-root")
    assert path.stat().st_uid == scene.va["bob"].uid
    path.unlink()


def test_a_changed_password_is_known_at_the_next_connection(system, scene):
    """The files of the domain are mounted one by one, and a change replaces them."""
    scene.va.add(User("tom", 70010, "the first one"))
    home = pathlib.Path(scene.va["tom"].home)
    home.mkdir()
    os.chown(home, 70010, 70010)
    try:
        scene.va.write()
        assert answer_to_login(VA, "tom", "the first one").startswith("230")
        run("chpasswd", input="tom@va.example:the second one\n", check=True)
        assert answer_to_login(VA, "tom", "the first one").startswith("530")
        assert answer_to_login(VA, "tom", "the second one").startswith("230")
    finally:
        home.rmdir()
        del scene.va.users["tom"]
        scene.va.write()


def test_a_wrong_password_is_in_the_journal_and_a_log_in_in_the_log_of_the_root(system, scene):
    answer_to_login(VA, "bob", "wrong")
    with session(VA, "bob", scene.va["bob"].password):
        pass
    wait_until(lambda: "pam_vmail(vsftpd:auth): authentication failure" in
               system.run("journalctl", "-q", "-o", "cat", "-g", r"user=bob@va\.example$").stdout)
    wait_until(lambda: "[bob@va.example] OK LOGIN" in (ROOT / "var/log/vsftpd.log").read_text())


def test_the_units_leave_the_other_addresses_alone(system):
    with pytest.raises(OSError):
        answer_to_login(SYSTEM, "bob", "")
