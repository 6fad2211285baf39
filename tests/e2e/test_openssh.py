# SPDX-License-Identifier: LGPL-2.1-or-later
"""OpenSSH: no log-in for virtual users; or, where the administrator wants it, SFTP below a root of their own and no more."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

import scene as scenes
from daemons import Daemon, install_example, openssh_server, program
from programs import EXAMPLES, SYSTEM, UNPACKED, VA, run
from scene import TODAY, User, hash_of
from vmailctl import ctl, ctl_out

PORT = 22
CLOSED_PORT = 2222
SSH = pathlib.Path("/etc/ssh")
KEY = pathlib.Path("/etc/ssh/ssh_host_ed25519_key")
METHODS = ["password", "keyboard-interactive"]
SPELLINGS = ["bob@vc.example", "BOB@VC.Example", "bob@vc.example.org", "bob%vc.example", "Bob%VC.example.org"]


@pytest.fixture(scope="module")
def client_key(tmp_path_factory):
    """The path of a key that every virtual user here has in authorized_keys."""
    path = tmp_path_factory.mktemp("key") / "key"
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path), check=True)
    return path


@pytest.fixture(scope="module")
def domains(client_key):
    """Two bobs, each with a root as sshd wants it."""
    vc = scenes.Domain("vc.example", User("bob", 77001, "vc-bob-secret"),
                       User("locked", 77002, "vc-locked-secret", hash="!" + hash_of("vc-locked-secret")),
                       User("expired", 77003, "vc-expired-secret", expire=TODAY - 1),
                       User("mustchange", 77004, "vc-mustchange-secret", lstchg=0)).write()
    vd = scenes.Domain("vd.example", User("bob", 77101, "vd-bob-secret"),
                       User("nogroup", 77102, "vd-nogroup-secret", gid=77199),
                       User("shell", 77103, "vd-shell-secret", shell="/bin/sh")).write()
    conf = scenes.ETC / "vmail.conf"
    before = conf.read_text()
    scenes.write(conf, before.replace("[vmail]\n", "[vmail]\nseparators = @%\n") + "\n[domain vc.example]\naliases = vc.example.org\n"
                 "[domain vd.example]\naliases = vd.example.org\n")
    for domain in (vc, vd):
        for user in domain.users.values():
            files = pathlib.Path(user.home, "files")
            files.mkdir(parents=True)
            (files / "hello").write_text(f"Hello {user.login}\n")
            shutil.chown(files, user.uid, user.gid)
            keys = pathlib.Path(user.home, ".ssh", "authorized_keys")
            keys.parent.mkdir()
            shutil.copy(client_key.with_suffix(".pub"), keys)
    yield vc, vd
    scenes.write(conf, before)
    for domain in (vc, vd):
        domain.remove()


def debians_settings(name, drop_ins):
    """Debian's own sshd_config as /etc/ssh/NAME, which includes the files of examples/ssh that DROP_INS names."""
    text = UNPACKED / "openssh-server/usr/share/openssh/sshd_config"
    if not text.exists():
        text = pathlib.Path("/usr/share/openssh/sshd_config")
    directory = SSH / f"{name}.d"
    directory.mkdir(parents=True, exist_ok=True)
    for drop_in in drop_ins:
        install_example(f"ssh/{drop_in}", directory / drop_in)
    return scenes.write(SSH / name, text.read_text().replace("/etc/ssh/sshd_config.d/", f"{directory}/"))


@pytest.fixture(scope="module", autouse=True)
def binary():
    path = openssh_server()
    install_example("pam.d/sshd", "/etc/pam.d/sshd")
    if not KEY.exists():
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(KEY), check=True)
    return path


def daemon(binary, config, port):
    """sshd with these settings; and the second method is on, which Debian has off."""
    options = ["-o", "KbdInteractiveAuthentication=yes"]
    if pathlib.Path("/usr/lib/openssh/sshd-session").exists():
        # OpenSSH 9.8 and later shut out an address that guesses passwords, as these tests do.
        options += ["-o", "PerSourcePenalties=no"]
    return Daemon(binary, "-D", "-e", "-f", str(config), "-p", str(port), *options, ports=[(SYSTEM, port), (VA, port)])


@pytest.fixture(scope="module", autouse=True)
def sshd(domains, binary):
    """Virtual users have SFTP."""
    with daemon(binary, debians_settings("sftp_config", ["vmail.conf", "vmail-sftp.conf"]), PORT) as running:
        yield running


@pytest.fixture(scope="module")
def closed_sshd(domains, binary):
    """Virtual users have nothing."""
    with daemon(binary, debians_settings("closed_config", ["vmail.conf"]), CLOSED_PORT) as running:
        yield running


@pytest.fixture(scope="module")
def stock_sshd(domains, binary):
    """As Debian ships it."""
    with daemon(binary, debians_settings("stock_config", []), CLOSED_PORT + 1) as running:
        yield running


@pytest.fixture
def sshd_config():
    """sshd_config(DROP_IN...) makes Debian's settings the ones of the host, for this test only."""
    made = []
    yield lambda *drop_ins: made.append(debians_settings("sshd_config", drop_ins)) or made[-1]
    for path in made:
        path.unlink(missing_ok=True)
        shutil.rmtree(f"{path}.d", ignore_errors=True)


def user_option(name):
    """A name for the option User, in which new releases of ssh expand "%"."""
    return name.replace("%", "%%") if pathlib.Path("/usr/lib/openssh/sshd-session").exists() else name


def client(program_name, address, user, password, *arguments, method="password", input="", port=None):
    options = {} if port is None else {"Port": str(port)}
    options |= {"User": user_option(user), "BatchMode": "no", "StrictHostKeyChecking": "no", "UserKnownHostsFile": "/dev/null",
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


def recipe(user, home):
    """The commands that vmail-sftp.conf gives for a home, for this one."""
    text = (EXAMPLES / "ssh" / "vmail-sftp.conf").read_text()
    commands = re.findall(r"^    #     (.*)$", text, re.M)
    assert len(commands) == 3
    return [command.replace("/vhome/va.example/bob", home).replace("bob@va.example", user) for command in commands]


def test_the_recipe_for_a_home_works_literally_and_the_user_can_be_renamed_and_deleted(domains, tmp_path):
    ctl_out("user", "add", "amy@vc.example", "--password-stdin", input="amy-secret\n")
    for command in recipe("amy@vc.example", "/vhome/vc.example/amy"):
        subprocess.run(["sh", "-ec", command], check=True)
    (tmp_path / "report").write_text("a report\n")
    done = sftp(SYSTEM, "amy@vc.example", "amy-secret", f"put {tmp_path}/report", "get report /dev/null")
    assert done.returncode == 0, done.stderr
    found = json.loads(ctl("--json", "check", "vc.example", "--area=users").stdout)
    assert [finding for finding in found if finding["user"] == "amy"] == []
    ctl_out("user", "rename", "amy@vc.example", "eve")
    assert pathlib.Path("/vhome/vc.example/eve/files/report").read_text() == "a report\n"
    assert sftp(SYSTEM, "eve@vc.example", "amy-secret", "ls report").returncode == 0
    ctl_out("-y", "user", "del", "eve@vc.example", "--purge")
    assert not pathlib.Path("/vhome/vc.example/eve").exists() and not pathlib.Path("/vhome/vc.example/amy").exists()


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


@pytest.mark.parametrize("typed", SPELLINGS)
def test_a_virtual_user_cannot_forward_a_port_however_the_name_is_written(domains, typed):
    done = client("ssh", SYSTEM, typed, domains[0]["bob"].password, "-W", f"{SYSTEM}:{PORT}", SYSTEM)
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


@pytest.mark.parametrize("typed", SPELLINGS)
def test_the_home_is_the_root_however_the_name_is_written(domains, typed):
    done = sftp(SYSTEM, typed, domains[0]["bob"].password, "pwd")
    assert (done.returncode, "/files" in done.stdout) == (0, True), done.stderr


@pytest.mark.parametrize("typed", ["nogroup@vd.example", "nogroup%vd.example"])
def test_a_user_whose_group_has_no_name_does_not_get_past_the_rules(domains, typed):
    refused(SYSTEM, typed, domains[1]["nogroup"].password, "password")


def with_key(port, user, key, *arguments, command=""):
    """ssh by public key; never asks for a password."""
    options = {"User": user_option(user), "BatchMode": "yes", "StrictHostKeyChecking": "no", "UserKnownHostsFile": "/dev/null",
               "IdentitiesOnly": "yes", "Port": str(port)}
    return run("ssh", "-F", "/dev/null", "-i", str(key), *(f"-o{name}={value}" for name, value in options.items()), *arguments, SYSTEM,
               *([command] if command else []))


def forward(port, user, key):
    return with_key(port, user, key, "-W", f"{SYSTEM}:{port}")


def test_the_sshd_of_debian_lets_a_key_forward_ports_without_our_file(stock_sshd, client_key):
    assert "SSH-2.0-" in forward(CLOSED_PORT + 1, "bob%vc.example", client_key).stdout


@pytest.mark.parametrize("typed", [*SPELLINGS, "nogroup@vd.example", "nogroup%vd.example"])
def test_no_key_lets_a_virtual_user_in(closed_sshd, client_key, typed):
    for arguments in (["-W", f"{SYSTEM}:{CLOSED_PORT}"], ["-T"]):
        done = with_key(CLOSED_PORT, typed, client_key, *arguments)
        assert (done.returncode, "Permission denied" in done.stderr, done.stdout) == (255, True, ""), done.stderr


@pytest.mark.parametrize("typed", ["bob@vc.example", "bob%vc.example"])
def test_no_password_lets_a_virtual_user_in(closed_sshd, domains, typed):
    done = client("ssh", SYSTEM, typed, domains[0]["bob"].password, "-p", str(CLOSED_PORT), SYSTEM, "id")
    assert (done.returncode, done.stdout) == (255, "")


def test_a_system_user_still_logs_in(closed_sshd, scene):
    done = client("ssh", SYSTEM, "bob", scene.system_password["bob"], "-p", str(CLOSED_PORT), SYSTEM, "id -un")
    assert (done.returncode, done.stdout) == (0, "bob\n"), done.stderr


@pytest.mark.parametrize("typed", ["shell@vd.example", "SHELL@VD.Example", "shell@vd.example.org", "shell%vd.example"])
def test_the_limits_of_a_user_apply_however_the_name_is_written(stock_sshd, client_key, typed):
    limits = scenes.write("/etc/security/limits.d/vmail-test.conf", "shell@vd.example hard nofile 77\n")
    try:
        done = with_key(CLOSED_PORT + 1, typed, client_key, "-T", command="ulimit -Hn; echo $VMAIL_USER")
    finally:
        limits.unlink()
    assert (done.returncode, done.stdout) == (0, "77\nshell\n"), done.stderr


def findings(*domains):
    done = ctl("--json", "check", "--area=sshd", *domains)
    assert done.stderr == ""
    return json.loads(done.stdout)


@pytest.mark.parametrize("drop_ins", [["vmail.conf"], ["vmail.conf", "vmail-sftp.conf"]])
def test_check_is_content_with_the_examples(sshd_config, drop_ins):
    sshd_config(*drop_ins)
    assert findings() == []


def test_check_finds_that_debians_settings_let_virtual_users_in_and_says_what_to_run(sshd_config):
    sshd_config()
    found, = findings("vc.example")
    assert (found["severity"], found["file"], found["domain"]) == ("error", "/etc/ssh/sshd_config", "vc.example")
    assert found["what"] == ("sshd lets bob@vc.example in: any command, TCP forwarding, socket forwarding, agent forwarding, "
                             "X11 forwarding, a terminal; a key in ~/.ssh/authorized_keys is enough, without a password")
    assert found["to_do"] == "run  vmailctl setup sshd && systemctl reload ssh"
    ctl_out("--yes", "setup", "sshd")
    assert findings("vc.example") == []
    ctl_out("--yes", "setup", "--undo", "sshd")


@pytest.mark.parametrize("rules, typed", [
    ("Match User *@*", "bob%vc.example"),
    ("Match User *@vc.example,*%vc.example", "bob@vc.example.org"),
])
def test_check_finds_the_way_to_write_a_name_that_escapes_the_rules(sshd_config, rules, typed):
    config = sshd_config()
    scenes.write(f"{config}.d/own.conf", f"{rules}\n    ForceCommand internal-sftp\n    DisableForwarding yes\n    PermitTTY no\n")
    found, = findings("vc.example")
    assert f"lets {typed} in" in found["what"]


def test_check_finds_a_user_whose_group_is_not_covered_by_rules_for_groups(sshd_config):
    config = sshd_config()
    scenes.write(f"{config}.d/own.conf", "Match Group *@*\n    ForceCommand internal-sftp\n    DisableForwarding yes\n    PermitTTY no\n")
    found, = findings("vd.example")
    assert "lets nogroup@vd.example in" in found["what"]


def test_check_finds_a_user_whose_group_is_one_of_the_system(sshd_config):
    sshd_config("vmail.conf")
    run("groupadd", "--gid", "77199", "customers", check=True)
    try:
        found, = findings("vd.example")
    finally:
        run("groupdel", "--force", "customers", check=True)
    assert "lets nogroup@vd.example in" in found["what"] and "customers" in found["what"] and "group.vd.example" in found["to_do"]


@pytest.mark.parametrize("line", ["AllowUsers admin", "AllowGroups sudo ssh-users", "DenyUsers *vc.example"])
def test_check_is_content_where_lines_of_the_administrator_refuse_virtual_users(sshd_config, line):
    config = sshd_config()
    scenes.write(f"{config}.d/own.conf", line + "\n")
    assert findings("vc.example") == []


def test_check_says_that_sshd_cannot_be_asked(sshd_config):
    config = sshd_config("vmail.conf")
    scenes.write(f"{config}.d/own.conf", "NoSuchKeyword yes\n")
    found, = findings()
    assert found["severity"] == "warning" and "NoSuchKeyword" in found["what"]


def test_check_says_nothing_of_sshd_where_it_is_not_installed():
    assert findings() == []


# Rules that sshd takes apart at the "@", see vmail(7)


@contextlib.contextmanager
def ruled_sshd(binary, rules):
    """sshd with SFTP for virtual users, and RULES in front of all other settings."""
    config = debians_settings("ruled_config", ["vmail.conf", "vmail-sftp.conf"])
    scenes.write(SSH / "ruled_config.d" / "00-rules.conf", rules + "\n")
    with daemon(binary, config, CLOSED_PORT + 2) as running:
        yield running


def who_gets_in(rules, binary, domains, scene):
    """Which of the virtual bobs of vc.example and vd.example and the system's bob RULES let in."""
    with ruled_sshd(binary, rules):
        options = {"port": CLOSED_PORT + 2}
        virtual = [domain.name for domain in domains
                   if sftp(SYSTEM, domain["bob"].login, domain["bob"].password, "pwd", **options).returncode == 0]
        plain = client("ssh", SYSTEM, "bob", scene.system_password["bob"], SYSTEM, "true", **options).returncode == 0
        return {*virtual, *(["system"] if plain else [])}


@pytest.mark.parametrize("rules, who", [
    ("AllowUsers bob@vc.example", set()),
    ("AllowUsers bob?vc.example", {"vc.example"}),
    ("AllowUsers *?vc.example bob", {"vc.example", "system"}),
    ("AllowGroups bob@vc.example bob", {"vc.example", "system"}),
    ("DenyUsers bob@vc.example", {"vc.example", "vd.example", "system"}),
    ("DenyUsers *@*", set()),
    ("DenyUsers *?vc.example", {"vd.example", "system"}),
    ("DenyGroups bob@vc.example", {"vc.example", "vd.example", "system"}),  # vmail-sftp.conf has one of its own
    ("Match User bob@vc.example\n  MaxSessions 0\n  PasswordAuthentication no\nMatch all", {"vd.example", "system"}),
    ("Match Group *@vc.example\n  PasswordAuthentication no\nMatch all", {"vd.example", "system"}),
    (f"Match LocalAddress {SYSTEM}\n  PasswordAuthentication no\nMatch all", set()),
])
def test_which_rules_mean_a_virtual_user(binary, domains, scene, rules, who):
    assert who_gets_in(rules, binary, domains, scene) == who


def test_a_rule_for_a_virtual_user_lets_the_systems_user_of_that_name_in_from_a_host_of_the_domains_name(binary, domains, scene):
    hosts = pathlib.Path("/etc/hosts")
    before = hosts.read_text()
    scenes.write(hosts, f"{SYSTEM} vc.example\n" + before)
    try:
        assert who_gets_in("AllowUsers bob@vc.example\nUseDNS yes", binary, domains, scene) == {"system"}
    finally:
        scenes.write(hosts, before)
