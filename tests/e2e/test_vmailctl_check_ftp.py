# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmailctl check reads the settings of vsftpd, ProFTPD and Pure-FTPd. Each case breaks one setting of what vmailctl setup makes of Debian's
files, in which it finds nothing."""

import pathlib
import re

import pytest

import scene as scenes
from check_findings import findings, only, put_back  # noqa: F401
from daemons import Daemon, program
from ftp import answer_to_login
from mail_setup import forget_setup
from programs import SYSTEM, UNPACKED
from test_ftp import PORTS
from vmailctl import ctl_out

VSFTPD = pathlib.Path("/etc/vsftpd.conf")
PROFTPD = pathlib.Path("/etc/proftpd/proftpd.conf")
PURE = pathlib.Path("/etc/pure-ftpd/conf")
OURS = pathlib.Path("/etc/proftpd/conf.d/vmail.conf")
PAM = pathlib.Path("/etc/pam.d")


@pytest.fixture(scope="module", autouse=True)
def servers(scene):
    """Debian's files, set up."""
    program("vsftpd", "/usr/sbin/vsftpd")
    program("proftpd-core", "/usr/sbin/proftpd")
    templates = UNPACKED / "proftpd-core/usr/share/proftpd/templates"
    files = {VSFTPD: UNPACKED / "vsftpd/etc/vsftpd.conf", PAM / "vsftpd": UNPACKED / "vsftpd/etc/pam.d/vsftpd",
             PROFTPD: templates / "proftpd.conf", PAM / "proftpd": UNPACKED / "proftpd-core/etc/pam.d/proftpd", OURS: None}
    program("pure-ftpd", "/usr/sbin/pure-ftpd")
    files |= {PAM / "pure-ftpd": None, **{PURE / name: None for name in ("PAMAuthentication", "UnixAuthentication", "ChrootEveryone",
                                                                         "NoAnonymous", "MinUID")}}
    before = {path: path.read_bytes() if path.exists() else None for path in files}
    for path, source in files.items():
        if source is None:
            path.unlink(missing_ok=True)
        else:
            scenes.write(path, source.read_bytes())
    ctl_out("--yes", "setup", "vsftpd", "proftpd", "pure-ftpd")
    yield
    forget_setup()
    for path, text in before.items():
        if text is None:
            path.unlink(missing_ok=True)
        else:
            scenes.write(path, text)


def test_what_setup_makes_has_no_mistake():
    assert findings("vsftpd,proftpd,pure-ftpd") == []


@pytest.mark.parametrize("severity, line, text", [
    ("error", "local_enable=NO", "local_enable=NO: nobody but \"anonymous\" can log in"),
    ("error", "guest_enable=YES", "all users become the same user of the system"),
    ("warning", "chroot_local_user=NO", "users see the files of the whole machine"),
    ("error", "allow_writeable_chroot=NO", "vsftpd refuses users who can write to the top directory"),
    ("warning", "userlist_enable=YES", "virtual users evade it by another spelling"),
    ("warning", "local_root=/srv", "users see this directory instead of their homes"),
    ("error", "pam_service_name=login", "the PAM service login does not use pam_vmail"),
])
def test_a_mistake_in_vsftpd_conf_is_found(put_back, severity, line, text):  # noqa: F811
    put_back(VSFTPD)
    VSFTPD.write_text(VSFTPD.read_text() + line + "\n")
    only("vsftpd", severity, text)


def test_a_list_of_users_who_may_log_in_is_no_mistake(put_back):  # noqa: F811
    put_back(VSFTPD)
    VSFTPD.write_text(VSFTPD.read_text() + "userlist_enable=YES\nuserlist_deny=NO\n")
    assert findings("vsftpd") == []


def test_a_setting_that_is_missing_has_its_default(put_back):  # noqa: F811
    put_back(VSFTPD)
    VSFTPD.write_text(re.sub(r"^chroot_local_user=.*\n", "", VSFTPD.read_text(), flags=re.M))
    only("vsftpd", "warning", "chroot_local_user is not set: users see the files of the whole machine")


def test_vsftpd_does_what_the_finding_says(put_back, scene):  # noqa: F811
    """The one of them that is about vsftpd's own rules and not about ours."""
    put_back(VSFTPD)
    text = VSFTPD.read_text()
    bob = scene.va["bob"]
    pathlib.Path("/run/vsftpd/empty").mkdir(parents=True, exist_ok=True)
    for value, answer in (("YES", "230"), ("NO", "500")):
        scenes.write(VSFTPD, f"{text}allow_writeable_chroot={value}\n")
        with Daemon("/usr/sbin/vsftpd", str(VSFTPD), ports=PORTS):
            assert answer_to_login(SYSTEM, bob.login, bob.password).startswith(answer)


@pytest.mark.parametrize("severity, line, text", [
    ("error", "AuthPAM off", "AuthPAM off: virtual users cannot log in"),
    ("error", "AuthOrder mod_auth_unix.c", "ProFTPD does not ask PAM"),
    ("error", "PersistentPasswd on", "ProFTPD reads /etc/passwd itself"),
    ("error", "RequireValidShell on", "users whose shell is not in /etc/shells, such as /bin/false, cannot log in"),
    ("error", "AuthPAMConfig login", "the PAM service login does not use pam_vmail"),
])
def test_a_mistake_in_the_files_of_proftpd_is_found(put_back, severity, line, text):  # noqa: F811
    put_back(OURS)
    OURS.write_text(f"{OURS.read_text()}{line}\n")
    only("proftpd", severity, text)


def test_users_of_proftpd_who_see_the_whole_machine_are_found(put_back):  # noqa: F811
    put_back(OURS)
    OURS.write_text(re.sub(r"^DefaultRoot.*\n", "", OURS.read_text(), flags=re.M))
    only("proftpd", "warning", "DefaultRoot is not set: users see the files of the whole machine")


def test_hashes_that_proftpd_checks_itself_are_found_where_it_can_see_them(put_back):  # noqa: F811
    conf = scenes.ETC / "vmail.conf"
    put_back(OURS, conf)
    OURS.write_text(f"{OURS.read_text()}AuthOrder mod_auth_pam.c mod_auth_unix.c\n")
    assert findings("proftpd") == []
    scenes.write(conf, conf.read_text().replace("[vmail]\n", "[vmail]\nnss_hashes = yes\n") if "[vmail]" in conf.read_text() else
                 "[vmail]\nnss_hashes = yes\n" + conf.read_text())
    only("proftpd", "warning", "ProFTPD checks the hash itself")


def test_a_section_for_some_users_does_not_count(put_back):  # noqa: F811
    put_back(OURS)
    OURS.write_text(f"{OURS.read_text()}<Anonymous ~ftp>\nRequireValidShell on\n</Anonymous>\n<Global>\nAuthPAM on\n</Global>\n")
    assert findings("proftpd") == []


@pytest.mark.parametrize("severity, name, value, text", [
    ("error", "PAMAuthentication", "no", "PAMAuthentication no: virtual users cannot log in"),
    ("warning", "ChrootEveryone", "no", "users see the files of the whole machine"),
    ("error", "MinUID", "80000", "MinUID 80000: users with lower uids cannot log in"),
])
def test_a_mistake_in_the_files_of_pure_ftpd_is_found(severity, name, value, text):
    path = PURE / name
    before = path.read_text() if path.exists() else None
    path.write_text(value + "\n")
    try:
        only("pure-ftpd", severity, text)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before)


def test_a_server_that_virtual_users_cannot_use_is_not_judged(put_back):  # noqa: F811
    put_back(VSFTPD, PAM / "vsftpd")
    VSFTPD.write_text("guest_enable=YES\n")
    (PAM / "vsftpd").write_text("@include common-auth\n")
    assert findings("vsftpd") == []
