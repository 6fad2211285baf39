# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmailctl import: each kind of source, what becomes of it, and that nothing is half done."""

import concurrent.futures
import json
import os
import pathlib
import pwd
import time

import pytest

import scene as scenes
from programs import CLOSED
from scene import ETC, TODAY, User, costly_hash, hash_of, shadow_group, write
from vmailctl import BAD_DATA, DONE, NEGATIVE, NO_SUCH, REFUSED, UNAVAILABLE, USAGE, admin, ctl, ctl_fails

NEW = "new.example"
CONF = "[domain new.example]\nids = 68000-68999\naliases = new.example.org\n"
HASH = hash_of("imported-secret")


def tree():
    """Everything in /etc/vmail, as bytes; locks and indexes aside."""
    return {path.name: path.read_bytes() for path in sorted(ETC.iterdir()) if path.is_file()}


@pytest.fixture(autouse=True)
def leave_nothing(scene):
    before = tree()
    yield
    for path in ETC.iterdir():
        if path.is_file() and path.name not in before:
            path.unlink()


@pytest.fixture(autouse=True)
def conf(vmail_conf):
    vmail_conf((ETC / "vmail.conf").read_text() + "\n" + CONF)


@pytest.fixture
def source(tmp_path):
    def make(name, text, mode=0o600):
        return str(write(tmp_path / name, text, mode))

    return make


def imported(*arguments, code=DONE):
    """The report of an import that ends with this code, by name of the item."""
    done = ctl("--json", "import", *arguments)
    assert done.returncode == code, f"{done.returncode} {done.stdout} {done.stderr}"
    return {row["name"]: row for row in json.loads(done.stdout)}


def skipped(name, rows):
    assert rows[name]["result"] == "skipped"
    return rows[name]["reason"]


def shadow(domain=NEW):
    return dict(line.split(":", 2)[:2] for line in (ETC / f"shadow.{domain}").read_text().splitlines())


# Dovecot


def test_a_dovecot_passwd_file_becomes_users_who_log_in(source, pam, pam_service):
    path = source("users", f"bob@new.example:{{SHA512-CRYPT}}{HASH}:5000:5000::/var/vmail/new.example/bob::userdb_mail=x\n"
                           f"amy@NEW.example:{HASH}\n")
    rows = imported("dovecot", path)
    assert (rows["bob@new.example"]["old_uid"], rows["bob@new.example"]["result"]) == (5000, "renumbered")
    bob, amy = (pwd.getpwnam(f"{name}@new.example") for name in ("bob", "amy"))
    assert (bob.pw_uid, bob.pw_gid, bob.pw_dir) == (68000, 68000, "/var/vmail/new.example/bob")
    assert (amy.pw_uid, amy.pw_dir) == (68001, "/vhome/new.example/amy")
    service = pam_service("auth required pam_vmail.so", "account required pam_vmail.so")
    for name in ("bob", "amy"):
        answer = pam(service, f"{name}@new.example", "imported-secret", "auth", "acct", stdin=CLOSED)
        assert (answer.auth, answer.acct) == ("PAM_SUCCESS", "PAM_SUCCESS")
    assert pam(service, "bob@new.example", "another", "auth", stdin=CLOSED).auth == "PAM_AUTH_ERR"


def test_a_dovecot_file_of_one_domain_needs_the_domain(source):
    path = source("passwd", f"bob:{HASH}\n")
    assert skipped("bob", imported("dovecot", path, code=NEGATIVE)) == "no domain; use --domain"
    assert imported("dovecot", path, "--domain=new.example")["bob@new.example"]["result"] == "taken"


def test_an_empty_shell_of_dovecot_is_no_shell(source):
    """passwd(5) would take it for /bin/sh."""
    imported("dovecot", source("users", f"bob@new.example:{HASH}:5000:5000::/srv/bob::\n"))
    assert pwd.getpwnam("bob@new.example").pw_shell == "/usr/sbin/nologin"


def test_an_empty_shell_that_means_one_is_told(tmp_path):
    write(tmp_path / NEW, f"smith:{HASH}:1000:1000::/var/mail/smith:\n")
    assert "which means /bin/sh" in imported("mailutils", str(tmp_path))["smith@new.example"]["reason"]


@pytest.mark.parametrize("field, options", [("{PLAIN}clear-secret", []), ("{cleartext}clear-secret", []),
                                            ("clear-secret", ["--scheme=plain"])])
def test_a_password_in_clear_is_hashed(source, pam, pam_service, field, options):
    rows = imported("dovecot", source("users", f"bob@new.example:{field}:::::\n"), *options)
    assert rows["bob@new.example"]["result"] == "taken"
    assert not any(b"clear-secret" in text for text in tree().values())
    assert shadow()["bob"].startswith("$")
    service = pam_service("auth required pam_vmail.so")
    assert pam(service, "bob@new.example", "clear-secret", "auth", stdin=CLOSED).auth == "PAM_SUCCESS"


@pytest.mark.parametrize("field, reason", [
    ("{SSHA}c2VjcmV0c2VjcmV0", "hash not supported by crypt(3): scheme SSHA"),
    ("$apr1$salt$secretsecret", "hash not supported by crypt(3): $apr1$"),
    ("hunter2", "not a hash supported by crypt(3); if this is a clear-text password, see --scheme"),
    (costly_hash(), "the hash takes too long to check"),
])
def test_a_password_that_cannot_be_checked_skips_the_user_and_is_not_told(source, field, reason):
    rows = imported("dovecot", source("users", f"bob@new.example:{field}\n"), code=NEGATIVE)
    assert skipped("bob@new.example", rows) == reason
    assert not (ETC / "passwd.new.example").exists()


@pytest.mark.parametrize("line", ["bob@new.example:\n", f"bob@new.example:{HASH}::::::nologin\n",
                                  f"bob@new.example:{HASH}::::::allow_nets=192.0.2.0/24\n"])
def test_who_had_no_password_or_a_restriction_is_locked(source, line):
    assert imported("dovecot", source("users", line))["bob@new.example"]["reason"].startswith("locked")
    assert shadow()["bob"] == "!"


# the others


def test_a_tree_of_vpopmail_is_read_with_its_flags_and_passwords_in_clear(tmp_path):
    domain = tmp_path / "domains" / "0" / NEW
    write(domain / "vpasswd", f"bob:{HASH}:1:0:Bob:/home/vpopmail/domains/0/new.example/bob:NOQUOTA\n"
                              "amy::1:0:Amy:/home/vpopmail/domains/0/new.example/amy:10M:clear-secret\n"
                              f"tom:{HASH}:1:2:Tom:/home/vpopmail/domains/0/new.example/tom:NOQUOTA\n")
    rows = imported("vpopmail", str(tmp_path / "domains"))
    assert [row["result"] for row in rows.values()] == ["taken"] * 3
    assert shadow()["bob"] == HASH and shadow()["amy"].startswith("$") and shadow()["tom"] == "!"
    assert pwd.getpwnam("bob@new.example").pw_dir == "/home/vpopmail/domains/0/new.example/bob"


def test_a_vpasswd_file_knows_its_domain_by_its_directory(tmp_path):
    path = write(tmp_path / NEW / "vpasswd", f"bob:{HASH}:1:0:Bob:/x/bob:NOQUOTA\n")
    assert imported("vpopmail", str(path))["bob@new.example"]["uid"] == 68000


def test_a_mailutils_directory_gives_a_domain_a_file(tmp_path):
    write(tmp_path / NEW, "smith:Wbld/G2Q2Le2w:1000:1000:Email Account:/var/mail/domain/smith:/dev/null\n")
    write(tmp_path / "README", "no domain: has no dot\n")
    write(tmp_path / "new.example.bak", "old:*:1:1::/:\n")
    rows = imported("mailutils", str(tmp_path), code=NEGATIVE)
    assert rows["smith@new.example"]["result"] == "renumbered" and shadow()["smith"] == "Wbld/G2Q2Le2w"
    assert not (ETC / "passwd.new.example.bak").exists()


def test_lines_of_htpasswd_are_read(source):
    rows = imported("htpasswd", source("ht", f"# users\nbob:{HASH}\namy:{HASH}:more:of:it\n"), "-d", NEW)
    assert [row["result"] for row in rows.values()] == ["taken", "taken"]


def test_a_virtuald_tree_is_read_without_its_system_accounts(tmp_path):
    etc = tmp_path / NEW / "etc"
    write(etc / "passwd", "root:x:0:0::/root:/bin/sh\nbob:x:501:100:Bob:/home/bob:/bin/false\n"
                          "guest1:x:502:100::/home/g/guest1/./incoming:/bin/false\n")
    write(etc / "shadow", f"root:{HASH}:10000::::::\nbob:{HASH}:10000:0:99999:7:::\nguest1:*:10000::::::\n")
    write(etc / "aliases", "postmaster: bob\n")
    (tmp_path / "other.example").symlink_to(NEW)
    rows = imported("virtuald", str(tmp_path), code=NEGATIVE)
    assert skipped("root@new.example", rows) == "a system account"
    assert pwd.getpwnam("bob@new.example").pw_dir == f"{tmp_path}/{NEW}/home/bob"
    assert pwd.getpwnam("guest1@new.example").pw_dir == f"{tmp_path}/{NEW}/home/g/guest1"
    assert f"bob:{HASH}:10000:0:99999:7:::\n" in (ETC / "shadow.new.example").read_text()
    assert (ETC / "aliases.new.example").read_text() == "postmaster: bob\n"
    assert not (ETC / "passwd.other.example").exists()


# Links and homes that lead out of the tree

SECRET = f"bob:{HASH}:10000::::::\n"
PASSWD = "bob:x:68500:68500:Bob:/home/bob:/bin/false\n"


def virtuald_tree(top):
    write(top / NEW / "etc" / "passwd", PASSWD)
    write(top / NEW / "etc" / "shadow", SECRET)
    return top / NEW / "etc" / "passwd", ("virtuald", str(top))


def virtuald_configuration(top):
    path, _ = virtuald_tree(top / "tree")
    return path, ("virtuald", str(write(top / "virtual.conf", f"192.0.2.9 {top}/tree/{NEW}\n")))


def legacy_directory(top):
    write(top / f"shadow.{NEW}", SECRET)
    return write(top / f"passwd.{NEW}", PASSWD), ("legacy", str(top) + "/")


def host_directory(top):
    write(top / "shadow", SECRET)
    return write(top / "passwd", PASSWD), ("host", str(top / "passwd"), "--domain", NEW)


def mailutils_directory(top):
    return write(top / NEW, PASSWD.replace(":x:", f":{HASH}:")), ("mailutils", str(top))


def vpopmail_directory(top):
    return (write(top / "domains" / NEW / "vpasswd", f"bob:{HASH}:1:0:Bob:/x/bob:NOQUOTA\n"),
            ("vpopmail", str(top / "domains")))


TREES = [virtuald_tree, virtuald_configuration, legacy_directory, host_directory, mailutils_directory, vpopmail_directory]


def made(make, top):
    top.mkdir()
    return make(top)


@pytest.mark.parametrize("absolute", [False, True])
@pytest.mark.parametrize("make", TREES)
def test_a_link_that_leads_out_of_the_tree_is_refused(tmp_path, make, absolute):
    path, command = made(make, tmp_path / "source")
    target = write(tmp_path / "outside", path.read_text())
    path.unlink()
    path.symlink_to(target if absolute else os.path.relpath(target, path.parent))
    before = tree()
    assert f"{NEW if make != host_directory else 'passwd'}" in ctl_fails(REFUSED, "import", *command)
    assert tree() == before


@pytest.mark.parametrize("make", [virtuald_tree, virtuald_configuration, legacy_directory, host_directory])
def test_a_shadow_file_is_not_read_by_a_link_that_leads_out_of_the_tree(tmp_path, make):
    path, command = made(make, tmp_path / "source")
    path = path.parent / path.name.replace("passwd", "shadow")
    target = write(tmp_path / "outside", path.read_text())
    path.unlink()
    path.symlink_to(target)
    before = tree()
    assert f"{path} is a symbolic link out of the imported tree" in ctl_fails(REFUSED, "import", *command)
    assert tree() == before


@pytest.mark.parametrize("make", TREES)
def test_a_link_within_the_tree_is_followed(tmp_path, make):
    path, command = made(make, tmp_path / "source")
    path.rename(path.parent / ".real")
    path.symlink_to(".real")
    assert "bob@new.example" in imported(*command)


@pytest.mark.parametrize("home", ["/home/../../other.example/home/bob", "/..", "/home/bob/..", "//../x"])
@pytest.mark.parametrize("make", TREES)
def test_a_home_with_a_part_that_leads_up_is_skipped(tmp_path, make, home):
    path, command = made(make, tmp_path / "source")
    write(path, path.read_text().replace("/home/bob", home).replace("/x/bob", home))
    assert skipped("bob@new.example", imported(*command, code=NEGATIVE)) == "the home contains .."


def test_a_home_with_dots_in_a_name_is_taken(source):
    imported("dovecot", source("users", f"bob@new.example:{HASH}:::Bob:/home/..bob/a..:/bin/false\n"))
    assert pwd.getpwnam("bob@new.example").pw_dir == "/home/..bob/a.."


def test_homes_of_a_virtuald_tree_are_absolute_whatever_its_path(tmp_path):
    write(tmp_path / NEW / "etc" / "passwd", "bob:x:501:100:Bob:/home/bob:/bin/false\n")
    write(tmp_path / NEW / "etc" / "shadow", f"bob:{HASH}:10000::::::\n")
    imported("virtuald", os.path.relpath(tmp_path))
    assert pwd.getpwnam("bob@new.example").pw_dir == f"{tmp_path}/{NEW}/home/bob"


def test_a_configuration_of_virtuald_names_trees_and_addresses(tmp_path, source):
    write(tmp_path / NEW / "etc" / "passwd", "bob:*:501:100::/home/bob:/bin/false\n")
    conf = source("virtual.conf", f"# IP directory\n192.0.2.9 {tmp_path}/{NEW}\n192.0.2.10 {tmp_path}/{NEW}\ndefault /\n")
    rows = imported("virtuald", conf, code=NEGATIVE)
    assert rows["bob@new.example"]["uid"] == 68000
    assert {"192.0.2.9@new.example", "192.0.2.10@new.example"} <= set(rows)


def test_a_host_is_folded_in_with_shadow_and_groups_from_beside(tmp_path):
    write(tmp_path / "passwd", "root:x:0:0::/root:/bin/sh\nbob:x:1000:1000:Bob:/home/bob:/bin/bash\n"
                               "amy:x:1001:1500::/home/amy:/bin/bash\nnobody:x:65534:65534::/:/bin/false\n")
    write(tmp_path / "shadow", f"bob:{HASH}:{TODAY - 5}:1:90:14:::\namy:!:1::::::\n")
    write(tmp_path / "group", "root:x:0:\nteam:x:1500:bob,amy\n")
    rows = imported("host", str(tmp_path / "passwd"), "--domain", NEW, code=NEGATIVE)
    assert skipped("root@new.example", rows) == skipped("nobody@new.example", rows) == "a system account"
    bob, amy = (pwd.getpwnam(f"{name}@new.example") for name in ("bob", "amy"))
    team = rows["team@new.example"]["gid"]
    assert amy.pw_gid == team and bob.pw_gid == bob.pw_uid and team not in (bob.pw_uid, amy.pw_uid)
    assert (ETC / "group.new.example").read_text() == f"team:x:{team}:bob,amy\n"
    assert f"bob:{HASH}:{TODAY - 5}:1:90:14:::" in (ETC / "shadow.new.example").read_text()


def test_a_host_without_a_domain_is_a_wrong_command_line(source):
    assert "needs --domain" in ctl_fails(USAGE, "import", "host", source("passwd", ""))


def test_an_old_etc_vmail_is_renumbered_and_keeps_the_ids_that_are_free_and_allowed(tmp_path):
    write(tmp_path / "passwd.new.example", "bob:x:60000:60000:Bob:/vhome/new.example/bob:/bin/false\n"
                                           "amy:x:68500:68500::/vhome/new.example/amy:/bin/false\n"
                                           "tom:x:70000:70000::/vhome/new.example/tom:/bin/false\n")
    write(tmp_path / "shadow.new.example", f"bob:{HASH}:10000::::::\namy:!:1::::::\ntom:!:1::::::\n")
    write(tmp_path / "aliases.new.example", "# ours\nsales: bob,\n  amy\n")
    rows = imported("legacy", str(tmp_path))
    assert {name: (row["result"], row["uid"]) for name, row in rows.items() if row["kind"] == "user"} == {
        "bob@new.example": ("renumbered", 68000), "amy@new.example": ("taken", 68500),
        "tom@new.example": ("renumbered", 68001)}
    assert (ETC / "aliases.new.example").read_text() == "# ours\nsales: bob,\n  amy\n"


def test_etc_vmail_itself_is_no_source():
    assert "move the old files elsewhere" in ctl_fails(USAGE, "import", "legacy", "/etc/vmail")


def test_settings_of_a_legacy_directory_are_told_to_stay_behind(tmp_path):
    write(tmp_path / f"passwd.{NEW}", "bob:x:60000:60000::/home/bob:/bin/false\n")
    write(tmp_path / f"shadow.{NEW}", f"bob:{HASH}:10000::::::\n")
    write(tmp_path / "vmail.conf", "[domain new.example]\nids = 60000-60999\n")
    rows = imported("legacy", str(tmp_path), code=NEGATIVE)
    assert rows["bob@new.example"]["result"] == "renumbered"
    assert [row["reason"] for row in rows.values() if row["source"].endswith("/vmail.conf")] == [
        "settings are not imported: use `domain set'; to keep ids, set `ids' first"]


# decisions


def test_a_dry_run_reports_and_changes_nothing(source):
    before = tree()
    path = source("users", f"bob@new.example:{{PLAIN}}secret:5000\namy@va.example:{HASH}\n")
    done = ctl("--dry-run", "import", "dovecot", path)
    assert done.returncode == DONE and "would be taken: 2 (1 renumbered), skipped: 0\n" in done.stdout
    assert tree() == before


def test_the_table_shows_what_there_is_to_say_and_a_sum(source):
    done = ctl("import", "dovecot", source("users", f"bob@new.example:{HASH}:5000\namy@new.example:{HASH}\n-x@new.example:{HASH}\n"))
    assert done.returncode == NEGATIVE
    lines = done.stdout.splitlines()
    assert lines[0].split()[:3] == ["KIND", "NAME", "RESULT"] and lines[-1] == "taken: 2 (1 renumbered), skipped: 1"
    assert "users:3" in done.stdout and "amy@" not in done.stdout and "$6$" not in done.stdout


def test_the_others_of_a_domain_stay_as_they_are(source, make_domain):
    domain = make_domain(NEW, User("bob", 68000, "secret"))
    before = domain.passwd.read_text(), domain.shadow.read_text()
    rows = imported("dovecot", source("users", f"bob@new.example:{HASH}\nAmy@new.example.ORG:{HASH}\n"), code=NEGATIVE)
    assert skipped("bob@new.example", rows) == "already exists" and rows["amy@new.example"]["uid"] == 68001
    assert domain.passwd.read_text().startswith(before[0]) and domain.shadow.read_text().startswith(before[1])


def test_a_last_line_without_its_newline_does_not_swallow_the_next(source, make_domain):
    domain = make_domain(NEW, User("bob", 68000, "secret"))
    write(domain.passwd, domain.passwd.read_text().rstrip("\n"))
    imported("dovecot", source("users", f"amy@new.example:{HASH}"))
    assert pwd.getpwnam("bob@new.example").pw_uid == 68000 and pwd.getpwnam("amy@new.example").pw_uid == 68001


def test_an_old_line_of_shadow_gives_nobody_its_password(source, make_domain):
    domain = make_domain(NEW, User("bob", 68000, "secret"))
    write(domain.shadow, domain.shadow.read_text() + f"amy:{hash_of('old-secret')}:1::::::\n", 0o640, shadow_group())
    rows = imported("dovecot", source("users", f"amy@new.example:{HASH}\n"), code=NEGATIVE)
    assert "the shadow file already has a line for this name" in skipped("amy@new.example", rows)


def test_max_users_is_kept(source, vmail_conf):
    vmail_conf(CONF + "max_users = 2\n")
    rows = imported("dovecot", source("users", "".join(f"u{i}@new.example:{HASH}\n" for i in range(3))), code=NEGATIVE)
    assert "max_users" in skipped("u2@new.example", rows) and len(shadow()) == 2


def test_when_no_id_is_left_the_rest_is_skipped(source, vmail_conf):
    vmail_conf("[domain new.example]\nids = 68000-68001\n")
    rows = imported("dovecot", source("users", "".join(f"u{i}@new.example:{HASH}\n" for i in range(3))), code=NEGATIVE)
    assert "no id is free" in skipped("u2@new.example", rows)


def test_an_id_that_a_deleted_user_had_is_given_to_nobody_even_where_the_source_has_it(source):
    write(ETC / "retired_ids", "68000\n68500\n")
    rows = imported("dovecot", source("users", f"bob@new.example:{HASH}\namy@new.example:{HASH}:68500:68500\n"))
    assert {row["uid"] for row in rows.values() if row["kind"] == "user"} == {68001, 68002}


@pytest.mark.parametrize("name, reason", [
    ("../../etc/passwd", "not a valid name"), ("a/b", "not a valid name"), ("-rf", "not a valid name"),
    ("", "not a valid name"), ("x" * 65, "not a valid name"), ("daemon", "a system account has this name"),
    ("root", "a system account has this name"),
])
def test_a_name_that_no_user_may_have_is_skipped(source, name, reason):
    rows = imported("dovecot", source("users", f"{name}@new.example:{HASH}\n"), code=NEGATIVE)
    assert skipped(f"{name}@new.example", rows) == reason


def test_a_name_that_means_something_to_a_shell_is_taken_with_a_note(source):
    row = imported("dovecot", source("users", f"$(id)@new.example:{HASH}\n"))["$(id)@new.example"]
    assert row["result"] == "taken" and "a special character of the shell" in row["reason"]


@pytest.mark.parametrize("domain", ["../x", "new/example", "x..y", "a" * 64 + ".example", ""])
def test_a_name_that_no_domain_may_have_is_skipped(source, domain):
    before = tree()
    rows = imported("dovecot", source("users", f"bob@{domain}:{HASH}\n"), code=NEGATIVE)
    assert skipped(f"bob@{domain}", rows) == "not a valid domain name" and tree() == before


@pytest.mark.parametrize("uid", ["0", "4294967295", "4294967296", "4294967297", "-1", "99999999999999999999", "x", "71000", "1001"])
def test_an_id_that_nobody_here_may_have_is_renumbered(source, uid):
    rows = imported("dovecot", source("users", f"bob@new.example:{HASH}:{uid}:{uid}\n"))
    assert rows["bob@new.example"]["uid"] == 68000 and pwd.getpwnam("bob@new.example").pw_uid == 68000


def test_users_who_come_twice_are_taken_once(source):
    path = source("users", f"bob@new.example:{HASH}:68005\nBOB@new.example:!:68006\n")
    done = ctl("--json", "import", "dovecot", path)
    first, second = json.loads(done.stdout)
    assert (done.returncode, first["uid"], second["reason"]) == (NEGATIVE, 68005, f"already defined in {path}:1")
    assert shadow() == {"bob": HASH}


def test_lines_that_are_too_long_or_hold_a_nul_are_named_and_the_others_taken(source):
    path = source("users", b"long@new.example:" + b"x" * 70000 + b"\nhuge@new.example:" + b"y" * 2000000 +
                  b"\nnul\0@new.example:x\n" + f"bob@new.example:{HASH}".encode())
    done = ctl("--json", "import", "dovecot", path)
    rows = json.loads(done.stdout)
    assert done.returncode == NEGATIVE and [row["result"] for row in rows] == ["taken"] + ["skipped"] * 3
    assert [row["source"] for row in rows] == [f"{path}:{n}" for n in (4, 1, 2, 3)]
    assert list(shadow()) == ["bob"]


def test_control_characters_reach_no_file(source):
    rows = imported("dovecot", source("users", f"bob@new.example:{HASH}:::x\x1b[31m:/home/bob:\n"), code=NEGATIVE)
    assert "character" in skipped("bob@new.example", rows)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": "vmailctl", "version": 2}', '{"format": "other", "version": 1}'])
def test_json_that_is_not_ours_is_refused(source, text):
    assert ctl_fails(BAD_DATA, "import", "json", source("x.json", text))


@pytest.mark.parametrize("kind", ["passwd", "shadow", "group", "aliases"])
def test_a_file_that_is_edited_between_the_plan_and_the_writing_is_not_added_to(source, make_domain, kind):
    domain = make_domain("meanwhile.example", User("old", 69950, "x"))
    path = ETC / f"{kind}.meanwhile.example"
    imported = source("x.json", json.dumps({"format": "vmailctl", "version": 1, "domains": [
        {"domain": domain.name, "users": [{"name": "new", "uid": 69951, "gid": 69951, "comment": "", "home": "", "shell": ""}],
         "groups": [{"name": "team", "gid": 69952, "members": []}], "aliases": ["sales: new"]}]}))
    edited = (path.read_text() if path.exists() else "") + "# by hand\n"
    try:
        with concurrent.futures.ThreadPoolExecutor(1) as pool, scenes.held(domain.name):
            running = pool.submit(ctl, "import", "json", imported)
            time.sleep(1)  # it has its plan, and waits for the lock
            scenes.write(path, edited, 0o640 if kind == "shadow" else 0o644, scenes.shadow_group() if kind == "shadow" else 0)
            before = {path: path.read_bytes() for path in ETC.glob("*.meanwhile.example")}
            assert not running.done()
        done = running.result()
        assert done.returncode == UNAVAILABLE and f"{path.name}: changed during the import; run the command again" in done.stderr
        assert {path: path.read_bytes() for path in ETC.glob("*.meanwhile.example")} == before
    finally:
        (ETC / "aliases.meanwhile.example").unlink(missing_ok=True)


@pytest.mark.parametrize("keys", [("domains", "format", "version"), ("version", "domains", "format")])
def test_json_in_another_order_and_with_other_white_space_is_read_the_same(source, make_domain, keys):
    """As jq writes it: the name of a domain behind its users."""
    document = {"format": "vmailctl", "version": 1, "domains": [
        {"users": [{"name": "kim", "uid": 69900, "gid": 69900, "comment": "K, \"x\" ]}", "home": "", "shell": "/bin/false"}], "more": {"a": [1, {}]},
         "aliases": ["sales: kim"], "domain": "order.example", "groups": [{"name": "g", "gid": 69901, "members": ["kim"]}]},
        {"domain": "empty.example"}]}
    text = json.dumps({key: document[key] for key in keys}, indent=7)
    try:
        assert ctl("import", "json", source("x.json", text)).returncode == DONE
        assert (ETC / "passwd.order.example").read_text() == 'kim:x:69900:69900:K, "x" ]}::/bin/false\n'
        assert (ETC / "aliases.order.example").read_text() == "sales: kim\n" and (ETC / "passwd.empty.example").exists()
        assert (ETC / "group.order.example").read_text() == "g:x:69901:kim\n"
    finally:
        for path in [*ETC.glob("*.order.example"), *ETC.glob("*.empty.example")]:
            path.unlink()


@pytest.mark.parametrize("text, line", [
    ('{"format": "vmailctl",\n"version": 1,\n"domains": [{"domain": "a.example",\n "users": [{}, ]}]}', 4), ("[1, 2", 1),
    ('{"format": "vmailctl", "version": 1} x', 1), ('{"format": "vmailctl" "version": 1}', 1), ('{"domains": [{}\n{}]}', 2), ("", 1)])
def test_what_is_no_json_is_told_with_its_line(source, text, line):
    path = source("x.json", text)
    assert ctl_fails(BAD_DATA, "import", "json", path) == f"vmailctl: {path}:{line}: not valid JSON\n"


def test_json_cannot_bring_in_lines_of_its_own(source):
    evil = {"name": "bob", "uid": 0, "gid": 0, "comment": "x\nroot::0:0::/:/bin/sh", "home": "/", "shell": ""}
    worse = {"name": "amy\nroot::0:0", "uid": -5, "gid": 1e9, "comment": 7, "home": None, "hash": "a:b\nc"}
    hashy = {"name": "tom", "uid": 68003, "gid": 68003, "hash": "$6$x\nroot::1:", "ageing": [1, "x", None]}
    text = json.dumps({"format": "vmailctl", "version": 1, "domains": [
        {"domain": NEW, "users": [evil, worse, hashy, {"name": "#comment"}, 7, None], "groups": [{"name": "g", "gid": 1, "members": ["a:b\nc"]}],
         "aliases": ["a: b\nc: |d", 3]}, {"domain": "../x"}, 5]})
    done = ctl("--json", "import", "json", source("x.json", text))
    assert done.returncode == NEGATIVE
    assert (ETC / "passwd.new.example").read_bytes() == b"" and not (ETC / "shadow.new.example").exists()
    assert all(row["result"] == "skipped" for row in json.loads(done.stdout))


# nothing half done


def test_a_failed_write_leaves_nothing_of_the_domain(source, make_domain):
    domain = make_domain(NEW, User("bob", 68000, "secret"))
    domain.passwd.unlink()
    domain.passwd.mkdir()  # no file can take its place
    before = tree()
    done = ctl("import", "dovecot", source("users", f"amy@new.example:{HASH}\n"))
    assert done.returncode == UNAVAILABLE and tree() == before


def test_where_passwd_cannot_be_written_shadow_is_taken_back_and_other_domains_are_imported(source):
    """passwd cannot be replaced once shadow has been: the place of its new file is taken by a directory."""
    trap = ETC / ".passwd.new.example.new"
    trap.mkdir()
    try:
        done = ctl("import", "dovecot", source("users", f"amy@new.example:{HASH}\namy@vb.example:{HASH}\n"))
    finally:
        trap.rmdir()
    try:
        assert done.returncode == UNAVAILABLE and "new.example: nothing was imported" in done.stderr
        assert not (ETC / "shadow.new.example").exists() and not (ETC / "passwd.new.example").exists()
        assert pwd.getpwnam("amy@vb.example").pw_uid > 0
    finally:
        for kind in ("passwd", "shadow"):
            path = ETC / f"{kind}.vb.example"
            lines = [line for line in path.read_text().splitlines(True) if not line.startswith("amy:")]
            write(path, "".join(lines), path.stat().st_mode & 0o777, path.stat().st_gid)


def test_what_is_written_has_the_owner_and_mode_of_other_files(source):
    imported("dovecot", source("users", f"bob@new.example:{HASH}\n"))
    for kind, mode, group in (("passwd", 0o644, 0), ("shadow", 0o640, shadow_group())):
        status = (ETC / f"{kind}.new.example").stat()
        assert (status.st_mode & 0o7777, status.st_uid, status.st_gid) == (mode, 0, group)


def test_an_import_is_logged_without_a_secret(source, syslog):
    imported("dovecot", source("users", f"bob@new.example:{HASH}\n"))
    assert "root" in syslog.wait_for("import new.example: 1 users") and "$6$" not in syslog.text()


# the command line


def test_nobody_but_root_imports(source):
    assert "only root may" in ctl_fails(REFUSED, "import", "dovecot", "/etc/hostname", user="sue")


def test_a_co_administrator_imports_nothing(source, vmail_conf, syslog):
    vmail_conf("[domain va.example]\nadmins = sue\n")
    path = source("users", f"bob@new.example:{HASH}\n")
    done = admin("import", "dovecot", path, uid=1002)
    assert done.returncode == REFUSED and "only root may do that; run sudo vmailctl import" in done.stderr
    assert "sue" in syslog.wait_for("import")
    assert admin("import", "dovecot", path, uid=1001).returncode == REFUSED
    assert ctl("import", "dovecot", path, env={"SUDO_UID": "1002"}).returncode == DONE


def test_an_unknown_format_is_told_with_a_suggestion():
    assert "did you mean 'dovecot'?" in ctl_fails(USAGE, "import", "dovecto", "/x")


def test_a_source_that_is_missing_or_no_file_is_told(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    assert "cannot open" in ctl_fails(NO_SUCH, "import", "dovecot", str(tmp_path / "none"))
    assert "not a regular file" in ctl_fails(UNAVAILABLE, "import", "dovecot", str(fifo))
    assert "not a regular file" in ctl_fails(UNAVAILABLE, "import", "htpasswd", str(tmp_path))
