# SPDX-License-Identifier: LGPL-2.1-or-later
"""OpenSSH: virtual users have SFTP below a root of their own, and nothing else."""

import os
import pathlib
import shutil
import subprocess

import pytest

import scene as scenes
from daemons import Daemon, add_daemon_account, install_example, program
from programs import SYSTEM, UNPACKED, VA, run
from scene import TODAY, User, hash_of

PORT = 22
KEY = pathlib.Path("/etc/ssh/ssh_host_ed25519_key")
METHODS = ["password", "keyboard-interactive"]


@pytest.fixture(scope="module")
def domains():
    """Two bobs, each with a root as sshd wants it."""
    vc = scenes.Domain("vc.example", User("bob", 77001, "vc-bob-secret"),
                       User("locked", 77002, "vc-locked-secret", hash="!" + hash_of("vc-locked-secret")),
                       User("expired", 77003, "vc-expired-secret", expire=TODAY - 1),
                       User("mustchange", 77004, "vc-mustchange-secret", lstchg=0)).write()
    vd = scenes.Domain("vd.example", User("bob", 77101, "vd-bob-secret")).write()
    for domain in (vc, vd):
        for user in domain.users.values():
            files = pathlib.Path(user.home, "files")
            files.mkdir(parents=True)
            (files / "hello").write_text(f"Hello {user.login}\n")
            shutil.chown(files, user.uid, user.gid)
    yield vc, vd
    for domain in (vc, vd):
        domain.remove()


@pytest.fixture(scope="module", autouse=True)
def sshd(domains):
    """Debian's own settings, with our file in the directory for such; and the second method is on, which Debian has off."""
    binary = program("openssh-server", "/usr/sbin/sshd")
    for helper in (UNPACKED / "openssh-server/usr/lib/openssh").glob("sshd-*"):
        program("openssh-server", f"/usr/lib/openssh/{helper.name}")
    options = ["-o", "KbdInteractiveAuthentication=yes"]
    if pathlib.Path("/usr/lib/openssh/sshd-session").exists():
        # OpenSSH 9.8 and later shut out an address that guesses passwords, as these tests do.
        options += ["-o", "PerSourcePenalties=no"]
    install_example("pam.d/sshd", "/etc/pam.d/sshd")
    install_example("ssh/vmail.conf", "/etc/ssh/sshd_config.d/vmail.conf")
    config = UNPACKED / "openssh-server/usr/share/openssh/sshd_config"
    if not config.exists():
        config = pathlib.Path("/usr/share/openssh/sshd_config")
    add_daemon_account("sshd", "/run/sshd")
    if not KEY.exists():
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(KEY), check=True)
    with Daemon(binary, "-D", "-e", "-f", str(config), *options, ports=[(SYSTEM, PORT), (VA, PORT)]) as daemon:
        yield daemon


def client(program_name, address, user, password, *arguments, method="password", input=""):
    options = {"User": user, "BatchMode": "no", "StrictHostKeyChecking": "no", "UserKnownHostsFile": "/dev/null",
               "PubkeyAuthentication": "no", "NumberOfPasswordPrompts": "1", "PreferredAuthentications": method, "BindAddress": address}
    program("sshpass", "/usr/bin/sshpass")
    return subprocess.run(["sshpass", "-e", program_name, "-F", "/dev/null", *(f"-o{name}={value}" for name, value in options.items()),
                           *arguments], input=input, capture_output=True, text=True, timeout=120, env={**os.environ, "SSHPASS": password})


def sftp(address, user, password, *commands, **options):
    return client("sftp", address, user, password, "-b", "-", address, input="".join(line + "\n" for line in commands), **options)


def test_sftp_reaches_the_users_own_files(domains, tmp_path):
    for domain in domains:
        bob = domain["bob"]
        done = sftp(SYSTEM, bob.login, bob.password, f"get hello {tmp_path}/{domain.name}")
        assert done.returncode == 0, done.stderr
        assert (tmp_path / domain.name).read_text() == f"Hello {bob.login}\n"


@pytest.mark.parametrize("method", METHODS)
def test_an_uploaded_file_belongs_to_the_virtual_user(domains, tmp_path, method):
    bob = domains[1]["bob"]
    (tmp_path / "report").write_text("a report\n")
    done = sftp(VA, bob.login, bob.password, f"put {tmp_path}/report report-{method}", method=method)
    assert done.returncode == 0, done.stderr
    stored = pathlib.Path(bob.home, "files", f"report-{method}")
    found = stored.stat()
    assert (found.st_uid, found.st_gid, stored.read_text()) == (bob.uid, bob.gid, "a report\n")


def test_the_home_is_the_root_and_nothing_above_it_is_seen(domains):
    bob = domains[0]["bob"]
    done = sftp(SYSTEM, bob.login, bob.password, "pwd", "ls -1 /", "ls -1 ../..")
    assert done.returncode == 0, done.stderr
    answers = [line for line in done.stdout.splitlines() if not line.startswith("sftp>")]
    assert answers == ["Remote working directory: /files", "/files", "../../files"]


def test_another_name_of_the_same_user_reaches_the_same_files(domains):
    bob = domains[0]["bob"]
    done = sftp(SYSTEM, "Bob@VC.Example", bob.password, "ls -1 hello")
    assert (done.returncode, "hello" in done.stdout) == (0, True), done.stderr


def test_a_virtual_user_gets_sftp_whatever_command_he_asks_for(domains):
    bob = domains[0]["bob"]
    done = client("ssh", SYSTEM, bob.login, bob.password, SYSTEM, "echo it runs; id")
    assert "it runs" not in done.stdout and "uid=" not in done.stdout


def test_a_virtual_user_cannot_forward_a_port(domains):
    bob = domains[0]["bob"]
    done = client("ssh", SYSTEM, bob.login, bob.password, "-W", f"{SYSTEM}:{PORT}", SYSTEM)
    assert done.returncode != 0 and "OpenSSH" not in done.stdout
    assert "administratively prohibited" in done.stderr


def refused(address, user, password, method):
    done = sftp(address, user, password, "ls -1", method=method)
    assert done.returncode != 0 and "Permission denied" in done.stderr, f"{user} over {address}: {done.stdout}{done.stderr}"


@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_password_and_the_password_of_the_other_bob_are_refused(domains, scene, method):
    refused(SYSTEM, "bob@vc.example", "wrong", method)
    refused(SYSTEM, "bob@vc.example", domains[1]["bob"].password, method)
    refused(SYSTEM, "bob@vc.example", scene.system_password["bob"], method)
    refused(SYSTEM, "bob", domains[0]["bob"].password, method)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["locked", "expired"])
def test_a_locked_and_an_expired_account_are_refused(domains, method, name):
    user = domains[0][name]
    done = sftp(SYSTEM, user.login, user.password, "ls -1", method=method)
    assert done.returncode != 0 and "hello" not in done.stdout


@pytest.mark.parametrize("method", METHODS)
def test_an_account_whose_password_must_be_changed_is_not_let_at_its_files(domains, method):
    user = domains[0]["mustchange"]
    done = sftp(SYSTEM, user.login, user.password, "ls -1", method=method)
    assert done.returncode != 0 and "hello" not in done.stdout


@pytest.mark.parametrize("user", ["nobody-here@vc.example", "bob@elsewhere.example", "root@vc.example"])
def test_an_unknown_user_and_an_unknown_domain_are_refused(domains, user):
    refused(SYSTEM, user, domains[0]["bob"].password, "password")


@pytest.mark.parametrize("address", [SYSTEM, VA])
@pytest.mark.parametrize("method", METHODS)
def test_a_plain_name_is_the_systems_at_every_address_and_has_a_shell_as_ever(scene, address, method):
    done = client("ssh", address, "bob", scene.system_password["bob"], address, "id -un; pwd", method=method)
    assert (done.returncode, done.stdout) == (0, "bob\n/home/bob\n"), done.stderr


def test_a_virtual_user_is_not_reachable_by_the_plain_name(scene):
    refused(VA, "alice", scene.va["alice"].password, "password")
