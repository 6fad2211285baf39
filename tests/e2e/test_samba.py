# SPDX-License-Identifier: LGPL-2.1-or-later
"""Samba, by the files of examples/samba: what its users of domains can do, and what they cannot. It has passwords of its own, so
each user has two."""

import pathlib
import shutil

import pytest

from daemons import Daemon, install_example, program
from programs import run
from scene import write

ETC = pathlib.Path("/etc/samba")
MAIN, OURS, OTHERS = "192.0.2.1", "192.0.2.2", "192.0.2.3"
SHARE = pathlib.Path("/srv/samba/va.example")
NT = {"bob@va.example": "nt-va-bob", "alice@va.example": "nt-va-alice", "bob@vb.example": "nt-vb-bob"}
LETTER = "letter"  # in each home; other tests move the messages there
FORCED = """
[forced]
path = /srv/samba/va.example
read only = no
force user = {}
"""


def smbd():
    return Daemon(program("samba", "/usr/sbin/smbd"), "--foreground", "--no-process-group", ports=[(MAIN, 445), (OURS, 445), (OTHERS, 445)])


def set_password(user, password):
    run("smbpasswd", "-s", "-a", user, input=f"{password}\n{password}\n", check=True)


@pytest.fixture(scope="module")
def installed(scene):
    """Debian's settings, and the example files. va.example has an address of its own for Samba, vb.example has none."""
    program("samba", "/usr/sbin/smbd"), program("smbclient", "/usr/bin/smbclient")
    before = {path: path.read_bytes() for path in (ETC / "smb.conf", pathlib.Path("/etc/pam.d/samba"))}
    run("ip", "address", "add", f"{OTHERS}/24", "dev", "vmail0")
    install_example("pam.d/samba", "/etc/pam.d/samba")
    install_example("samba/vmail.conf", ETC / "vmail.conf")
    (ETC / "vmail.conf").write_text((ETC / "vmail.conf").read_text().replace(f"{MAIN} {OURS}", f"{MAIN} {OURS} {OTHERS}"))
    install_example("samba/domain.conf", ETC / f"smb.{OURS}.conf")
    write(ETC / "smb.conf", before[ETC / "smb.conf"] + b"include = /etc/samba/vmail.conf\n")
    run("install", "-d", "-m", "2770", "-g", "staff@va.example", str(SHARE), check=True)
    write(SHARE / "news", "of va.example\n", 0o660, SHARE.stat().st_gid)
    letters = []
    for user, password in NT.items():
        set_password(user, password)
        name, _, domain = user.partition("@")
        letters.append(write(pathlib.Path("/vhome") / domain / name / LETTER, f"for {user}\n"))
    yield
    for letter in letters:
        letter.unlink()
    for path, content in before.items():
        path.write_bytes(content)
    for path in (ETC / "vmail.conf", ETC / f"smb.{OURS}.conf"):
        path.unlink()
    for user in NT:
        run("smbpasswd", "-x", user)
    shutil.rmtree(SHARE.parent)
    run("ip", "address", "del", f"{OTHERS}/24", "dev", "vmail0")


@pytest.fixture(scope="module")
def server(installed):
    with smbd():
        yield


def client(address, share, user, command, password=None, *options):
    """What smbclient prints, or the error that ends it."""
    done = run("smbclient", f"//{address}/{share}", "-U", f"{user}%{password or NT[user]}", *options, "-c", command)
    return done.stdout + done.stderr


def read(address, share, user, file="news", password=None):
    return client(address, share, user, f"get {file} -", password)


def test_the_share_is_there_on_the_address_of_the_domain_and_on_no_other(server):
    assert "of va.example\n" in read(OURS, "files", "bob@va.example")
    for address in (MAIN, OTHERS):
        assert "NT_STATUS_BAD_NETWORK_NAME" in read(address, "files", "bob@va.example")


def test_a_file_is_the_users_own_and_of_the_group_of_the_domain(server):
    client(OURS, "files", "alice@va.example", "put /etc/hostname new")
    found = (SHARE / "new").stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (70001, 70064, 0o660)


def test_users_who_are_not_in_the_group_are_refused(server):
    assert "NT_STATUS_ACCESS_DENIED" in read(OURS, "files", "bob@vb.example")


def test_each_user_has_their_home_and_not_that_of_another(server):
    assert "for bob@va.example" in read(MAIN, "bob@va.example", "bob@va.example", LETTER)
    assert "for bob@vb.example" in read(MAIN, "homes", "bob@vb.example", LETTER)
    assert "NT_STATUS_ACCESS_DENIED" in read(MAIN, "bob@va.example", "bob@vb.example", LETTER)


@pytest.mark.parametrize("user", ["bob@va.example", "bob@vb.example"])
def test_the_password_here_and_that_of_a_namesake_are_refused(server, scene, user):
    for password in (scene.va["bob"].password, scene.vb["bob"].password, *NT.values()):
        if password != NT[user]:
            assert "session setup failed" in read(MAIN, "homes", user, password=password), password


@pytest.mark.parametrize("address", [MAIN, OURS])
def test_a_plain_name_is_refused_whatever_the_address(server, address):
    answer = read(address, "bob@va.example", "bob", LETTER, NT["bob@va.example"])
    assert answer == "tree connect failed: NT_STATUS_ACCESS_DENIED\n"


def test_a_session_is_opened_and_closed_by_pam_vmail(server, syslog):
    read(OURS, "files", "bob@va.example")
    syslog.wait_for(r"smbd.*pam_vmail\(samba:session\): session opened for user bob@va.example\(uid=70000\)")
    syslog.wait_for(r"smbd.*pam_vmail\(samba:session\): session closed for user bob@va.example")


def test_an_expired_account_is_refused_by_pam_vmail(server, syslog):
    set_password("expired@va.example", "nt-expired")
    try:
        assert "NT_STATUS_ACCOUNT_EXPIRED" in read(OURS, "files", "expired@va.example", password="nt-expired")
        syslog.wait_for(r"pam_vmail\(samba:account\): account expired@va.example: has expired")
    finally:
        run("smbpasswd", "-x", "expired@va.example", check=True)


def test_a_locked_password_here_does_not_lock_that_of_samba_and_smbpasswd_does(server):
    set_password("locked@va.example", "nt-locked")
    try:
        assert "blocks available" in client(MAIN, "homes", "locked@va.example", "ls", "nt-locked")
        run("smbpasswd", "-d", "locked@va.example", check=True)
        assert "NT_STATUS_ACCOUNT_DISABLED" in client(MAIN, "homes", "locked@va.example", "ls", "nt-locked")
    finally:
        run("smbpasswd", "-x", "locked@va.example", check=True)


def test_a_user_who_changes_the_password_of_samba_changes_the_one_here(server, scene, pam):
    user, old, new = "alice@va.example", scene.va["alice"].password, "a new one for both"
    try:
        done = run("smbpasswd", "-s", "-r", OURS, "-U", user, input=f"{NT[user]}\n{new}\n{new}\n")
        assert done.returncode == 0, done.stderr
        assert "of va.example\n" in read(OURS, "files", user, password=new)
        assert pam("samba", user, new).auth == "PAM_SUCCESS" and pam("samba", user, old).auth != "PAM_SUCCESS"
    finally:
        scene.va.write()
        set_password(user, NT[user])


def test_a_user_with_a_wrong_password_changes_neither(server, scene, pam):
    user = "alice@va.example"
    assert run("smbpasswd", "-s", "-r", OURS, "-U", user, input="wrong\nnew one\nnew one\n").returncode != 0
    assert "of va.example\n" in read(OURS, "files", user)
    assert pam("samba", user, scene.va["alice"].password).auth == "PAM_SUCCESS"


@pytest.mark.parametrize("user, works", [("sue", True), ("bob@va.example", False), (r"Unix User\bob@va.example", False)])
def test_files_can_be_forced_to_be_those_of_a_system_user_and_not_of_a_virtual_one(server, user, works):
    conf = ETC / f"smb.{OURS}.conf"
    before = conf.read_text()
    conf.write_text(before + FORCED.format(user))
    SHARE.chmod(0o777)
    try:
        answer = client(OURS, "forced", "alice@va.example", "put /etc/hostname forced")
        if works:
            assert (SHARE / "forced").stat().st_uid == 1002, answer
        else:
            assert "NT_STATUS_NO_SUCH_USER" in answer
    finally:
        SHARE.chmod(0o2770)
        conf.write_text(before)


def test_no_password_here_opens_samba_without_encryption_either(installed, scene):
    """smbclient still has these options; they do not help."""
    conf = ETC / "vmail.conf"
    before = conf.read_text()
    conf.write_text(before.replace("[global]\n", "[global]\nencrypt passwords = no\nmap to guest = never\nserver min protocol = NT1\n", 1))
    try:
        with smbd():
            answer = client(MAIN, "bob@va.example", "bob@va.example", f"get {LETTER} -", scene.va["bob"].password, "-m", "NT1",
                            *(f"--option=client {option}" for option in ("min protocol=NT1", "plaintext auth=yes", "ntlmv2 auth=no",
                                                                         "lanman auth=yes", "use spnego=no")))
    finally:
        conf.write_text(before)
    assert "session setup failed: NT_STATUS_LOGON_FAILURE" in answer
