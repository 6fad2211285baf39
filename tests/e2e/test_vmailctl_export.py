# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmailctl export: each form, read by the program that it is for; and back by import."""

import base64
import json
import os
import pathlib
import pty
import re

import pytest

from daemons import Daemon, program
from programs import out, run
from scene import ETC, TODAY, User, hash_of, write
from vmailctl import DONE, EXISTS, NEGATIVE, REFUSED, UNAVAILABLE, USAGE, VMAILCTL, admin, ctl, ctl_fails, ctl_out

VC = "vc.example"


@pytest.fixture
def vc(make_domain):
    """A domain as `vmailctl import` writes it, with all that a line can hold."""
    domain = make_domain(VC, User("bob", 69001, "vc-bob-secret", gecos="Bob, of VC", home="/srv/mail/bob"),
                         User("amy", 69002, "vc-amy-secret", gecos="Ämy <x>", inact=30, expire=TODAY + 99, flag=3),
                         User("off", 69003, "vc-off-secret", hash="!" + hash_of("vc-off-secret")),
                         User("old", 69004, "vc-old-secret", expire=TODAY - 1),
                         groups="team:x:69100:bob,amy\nnone:x:69101:\n")
    write(ETC / "aliases.vc.example", "# ours\nsales: bob, amy@else.example,\n  off\nprog: |/bin/cat, bob\n")
    yield domain
    (ETC / "aliases.vc.example").unlink(missing_ok=True)


def files():
    return {kind: (ETC / f"{kind}.vc.example").read_bytes() for kind in ("passwd", "shadow", "group", "aliases")}


# our own


def test_json_with_hashes_gives_the_same_files_back(vc, tmp_path):
    before = files()
    ctl_out("export", "json", VC, "--with-hashes", "-o", str(tmp_path / "x.json"))
    for kind in before:
        (ETC / f"{kind}.vc.example").unlink()
    ctl_out("import", "json", str(tmp_path / "x.json"))
    assert files() == before


def test_json_without_hashes_holds_none_and_makes_locked_users(vc, tmp_path):
    text = ctl_out("export", "json", VC)
    assert "$6$" not in text and "ageing" not in text
    data = json.loads(text)
    assert (data["format"], data["version"], [user["name"] for user in data["domains"][0]["users"]]) == (
        "vmailctl", 1, ["bob", "amy", "off", "old"])
    path = write(tmp_path / "x.json", text)
    for kind in files():
        (ETC / f"{kind}.vc.example").unlink()
    ctl_out("import", "json", str(path))
    assert {line.split(":")[1] for line in (ETC / "shadow.vc.example").read_text().splitlines()} == {"!"}


def test_what_is_left_of_json_after_a_failure_is_no_json(vc):
    (ETC / "group.vc.example").chmod(0o666)
    done = ctl("export", "json", VC)
    assert done.returncode == UNAVAILABLE and "group.vc.example: writable by others" in done.stderr
    with pytest.raises(json.JSONDecodeError):
        json.loads(done.stdout)


def test_all_domains_are_exported_where_none_is_named(vc):
    names = [domain["domain"] for domain in json.loads(ctl_out("export", "json"))["domains"]]
    assert names == sorted(names) and {"va.example", "vb.example", VC} <= set(names)


# hashes


def test_hashes_go_into_a_new_file_that_only_root_reads(vc, tmp_path):
    path = tmp_path / "secret"
    ctl_out("export", "dovecot", VC, "--with-hashes", "-o", str(path))
    assert path.stat().st_mode & 0o777 == 0o600 and "$6$" in path.read_text()
    assert "it was not overwritten" in ctl_fails(EXISTS, "export", "dovecot", VC, "-o", str(path))


def test_an_output_that_is_a_link_is_not_followed(vc, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "target")
    assert ctl("export", "dovecot", VC, "-o", str(tmp_path / "link")).returncode == EXISTS
    assert not (tmp_path / "target").exists()


def test_hashes_are_not_shown_on_a_terminal(vc):
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(VMAILCTL, [VMAILCTL, "export", "dovecot", VC, "--with-hashes"])
    text = b""
    try:
        while chunk := os.read(fd, 4096):
            text += chunk
    except OSError:  # the terminal is gone with the program
        pass
    os.close(fd)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == REFUSED
    assert b"cannot write hashes to a terminal" in text and b"$6$" not in text


def test_hashes_are_for_root_only(vc):
    assert "only root may export hashes" in ctl_fails(REFUSED, "export", "json", VC, "--with-hashes", user="sue")
    assert ctl("export", "dovecot", "vb.example", user="sue").returncode == DONE


def test_a_co_administrator_writes_no_file(vmail_conf, tmp_path):
    vmail_conf("[domain va.example]\nadmins = sue\n")
    done = admin("export", "dovecot", "va.example", "-o", str(tmp_path / "x"), uid=1002)
    assert (done.returncode, done.stdout) == (REFUSED, "") and "run sudo vmailctl export" in done.stderr
    assert not (tmp_path / "x").exists()


def test_maps_have_no_hashes(vc):
    assert "has no hashes" in ctl_fails(USAGE, "export", "postfix-domains", "--with-hashes")


def test_a_dry_run_makes_no_file(vc, tmp_path):
    ctl_out("--dry-run", "export", "json", "-o", str(tmp_path / "x"))
    assert not (tmp_path / "x").exists()


# Dovecot


def test_a_dovecot_file_has_full_names_and_lets_in_the_same_users(vc):
    lines = ctl_out("export", "dovecot", VC, "--with-hashes").splitlines()
    users = {line.split(":")[0]: line.split(":") for line in lines}
    assert users["bob@vc.example"][1:] == ["{CRYPT}" + hash_of("vc-bob-secret"), "69001", "69001", "Bob, of VC",
                                           "/srv/mail/bob", "/bin/false", ""]
    assert users["off@vc.example"][1] == users["old@vc.example"][1] == "{CRYPT}!"
    assert {line.split(":")[1] for line in ctl_out("export", "dovecot", VC).splitlines()} == {"{CRYPT}!"}


def test_the_real_dovecot_authenticates_against_it(vc, tmp_path):
    binary = program("dovecot-core", "/usr/sbin/dovecot")
    version = re.match(r"\d+\.\d+", out(binary, "--version")).group()
    users = pathlib.Path("/run/dovecot-export-users")
    ctl_out("export", "dovecot", VC, "--with-hashes", "-o", str(users))
    base = pathlib.Path("/run/dovecot-export")
    if version == "2.3":
        head, passdb = "", f"passdb {{\n driver = passwd-file\n args = {users}\n}}\nuserdb {{\n driver = passwd-file\n args = {users}\n}}\n"
    else:
        head = "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n"
        passdb = f"passdb passwd-file {{\n passwd_file_path = {users}\n}}\nuserdb passwd-file {{\n passwd_file_path = {users}\n}}\n"
    conf = write(tmp_path / "dovecot.conf", f"{head}base_dir = {base}\nprotocols =\nssl = no\nlog_path = /var/log/dovecot-export.log\n"
                 f"auth_failure_delay = 0\n{passdb}service auth {{\n user = root\n}}\n")
    try:
        with Daemon(binary, "-F", "-c", str(conf), unix=str(base / "auth-client")):
            def login(name, password):
                return run("doveadm", "-c", str(conf), "auth", "test", name, password).returncode

            assert login("bob@vc.example", "vc-bob-secret") == 0
            assert login("bob@vc.example", "wrong") != 0
            for name in ("off", "old"):
                assert login(f"{name}@vc.example", f"vc-{name}-secret") != 0
    finally:
        users.unlink()


# Postfix


@pytest.fixture
def postmap(tmp_path):
    binary = program("postfix", "/usr/sbin/postmap")

    def make(form, *domains, code=DONE):
        done = ctl("export", form, *domains)
        assert done.returncode == code, done.stderr
        path = write(tmp_path / form, done.stdout)
        out(binary, f"hash:{path}")
        return lambda key: run(binary, "-q", key, f"hash:{path}").stdout.rstrip("\n")

    return make


def test_postfix_finds_the_domains_and_their_aliases(postmap):
    query = postmap("postfix-domains")
    assert query("va.example") == query("va.example.org") == "OK" and query("elsewhere.example") == ""


def test_postfix_finds_the_mailboxes(vc, postmap):
    query = postmap("postfix-mailboxes")
    assert query("bob@vc.example") == "srv/mail/bob/Maildir/" and query("alice@va.example") == "vhome/va.example/alice/Maildir/"
    assert query("nobody@vc.example") == ""


def test_postfix_finds_the_aliases_and_what_is_no_address_is_left_out(vc, postmap):
    query = postmap("postfix-aliases", VC, code=NEGATIVE)
    assert query("sales@vc.example") == "bob@vc.example, amy@else.example, off@vc.example"
    assert query("prog@vc.example") == "bob@vc.example"


def test_what_is_left_out_is_told(vc):
    done = ctl("export", "postfix-aliases", VC)
    assert "/aliases.vc.example:4: prog: left out: a target that is not an address" in done.stderr and "|" not in done.stdout


def test_without_memory_a_map_of_aliases_has_all_targets_or_it_is_told(vc, without_memory):
    usual = ctl("export", "postfix-aliases", VC).stdout
    codes = set()
    for number in range(200, 400):
        done = ctl("export", "postfix-aliases", VC, env=without_memory(number))
        codes.add(done.returncode)
        assert done.returncode == UNAVAILABLE or done.stdout == usual, (number, done)
    assert codes == {NEGATIVE, UNAVAILABLE}


def test_a_fallback_catches_nobodys_mail_only(vc, postmap, vmail_conf):
    vmail_conf("[domain vc.example]\nfallback = @vb.example\naliases = vc.example.org\n")
    query = postmap("postfix-aliases", VC, code=NEGATIVE)
    assert query("@vc.example") == "@vb.example" and query("bob@vc.example") == "bob@vc.example"
    assert query("bob@vc.example.org") == "bob@vc.example" and query("@vc.example.org") == ""


# LDIF


def entries(text):
    """LDIF, read strictly: a list of (attribute, value) lists."""
    result = []
    version, *blocks = text.split("\n\n")
    assert version == "version: 1"
    for block in blocks:
        entry = []
        for line in block.rstrip("\n").split("\n"):
            match = re.fullmatch(r"([A-Za-z]+):(:?) (.*)", line)
            assert match, line
            name, encoded, value = match.groups()
            if encoded:
                value = base64.b64decode(value, validate=True).decode()
            else:
                assert re.fullmatch(r"([!-9;=-~]([ -~]*[!-~])?)?", value), line
            entry.append((name, value))
        assert entry[0][0] == "dn"
        result.append(entry)
    return result


def test_ldif_has_an_entry_for_each_user_and_group(vc):
    found = {entry[0][1]: entry[1:] for entry in entries(ctl_out("export", "ldif", VC, "--with-hashes", "--base", "dc=example"))}
    assert list(found) == ["ou=vc.example,dc=example"] + [
        f"uid={name}@vc.example,ou=vc.example,dc=example" for name in ("bob", "amy", "off", "old")] + [
        f"cn={name}@vc.example,ou=vc.example,dc=example" for name in ("team", "none")]
    amy = found["uid=amy@vc.example,ou=vc.example,dc=example"]
    assert ("cn", "Ämy <x>") in amy and ("userPassword", "{CRYPT}" + hash_of("vc-amy-secret")) in amy
    assert ("uidNumber", "69002") in amy and ("shadowInactive", "30") in amy and "gecos" not in dict(amy)
    for name in ("off", "old"):
        assert ("userPassword", "{CRYPT}!") in found[f"uid={name}@vc.example,ou=vc.example,dc=example"]
    assert [value for key, value in found["cn=team@vc.example,ou=vc.example,dc=example"] if key == "memberUid"] == [
        "bob@vc.example", "amy@vc.example"]


def test_ldif_escapes_what_a_dn_cannot_hold(make_domain):
    make_domain(VC, User("a+b;c", 69001, "secret", gecos=" leading"), User("x=y", 69002, "secret", gecos="x\tend "))
    text = ctl_out("export", "ldif", VC)
    assert "dn: uid=a\\+b\\;c@vc.example,ou=vc.example,ou=vmail\n" in text and "dn: uid=x\\=y@vc.example" in text
    assert ("cn", " leading") in entries(text)[1] and ("cn", "x\tend ") in entries(text)[2]
    assert "userPassword" not in text
