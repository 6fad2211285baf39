# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmailctl user: adding, changing and deleting users."""

import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import time

import pytest

import scene as scenes
from programs import out, run
from scene import ETC, RETIRED, TODAY, User, costly_hash, hash_of
from vmailctl import (BAD_DATA, DONE, EXISTS, NEGATIVE, NO_SUCH, REFUSED, UNAVAILABLE, USAGE, VMAILCTL, ctl, ctl_fails,
                      ctl_json, ctl_out, on_terminal)

CONF = """[vmail]
ids = 65536-99999
[domain va.example]
ids = 70000-70999
[domain vb.example]
ids = 71000-71999
[domain vc.example]
ids = 67536-67545
max_users = 5
{}
"""
LINK = pathlib.Path("/vhome/vc.example")


@pytest.fixture
def vc(make_domain, vmail_conf):
    """An empty domain with a block of ten ids; conf(TEXT) adds lines to its section."""
    vmail_conf(CONF.format(""))
    domain = make_domain("vc.example")
    domain.conf = lambda text: vmail_conf(CONF.format(text))
    yield domain
    shutil.rmtree("/var/spool/vmail/vc.example", ignore_errors=True)


def add(name, *options, **others):
    return ctl_json("user", "add", name, *(options or ("--no-password",)), **others)


def lines(path):
    return path.read_text().splitlines()


def replace_field(path, number, value):
    """Field NUMBER, from 0, of the first line."""
    fields = path.read_text().splitlines()[0].split(":")
    fields[number] = value
    path.write_text(":".join(fields) + "\n" + "".join(line + "\n" for line in lines(path)[1:]))


def files(domain):
    return {path: path.read_bytes() for path in (domain.passwd, domain.shadow, domain.group) if path.exists()}


def tree(path):
    return sorted((str(entry), entry.lstat().st_uid) for entry in pathlib.Path(path).rglob("*"))


# add


def test_the_name_is_enough(vc):
    assert add("tom@vc.example", "--password-stdin", input="tom-secret\n") == {
        "user": "tom@vc.example", "uid": 67536, "gid": 67536, "home": "/vhome/vc.example/tom",
        "mailbox": "/vhome/vc.example/tom/Maildir", "password": None}
    assert lines(vc.passwd) == ["tom:x:67536:67536::/vhome/vc.example/tom:/bin/false"]
    name, stored, *rest = lines(vc.shadow)[0].split(":")
    assert (name, rest) == ("tom", [str(TODAY), "0", "99999", "7", "", "", ""])
    assert hash_of("tom-secret", stored) == stored
    assert out("getent", "passwd", "tom@vc.example").startswith("tom@vc.example:x:67536:")
    assert out("id", "-gn", "tom@vc.example") == "tom@vc.example"


@pytest.mark.parametrize("umask", [0, 0o777], ids=oct)
def test_home_and_maildir_are_the_users_alone(vc, umask):
    os.umask(umask)
    try:
        add("tom@vc.example")
    finally:
        os.umask(0o22)
    for path in ("", "Maildir", "Maildir/cur", "Maildir/new", "Maildir/tmp"):
        status = (LINK / "tom" / path).lstat()
        assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (67536, 67536, 0o700), path
    for path in (LINK, LINK.parent):
        status = path.lstat()
        assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (0, 0, 0o755)


def test_an_mbox_is_made_where_vmail_conf_says_so(vc):
    vc.conf("mailbox = mbox:/var/spool/vmail/%d/%u")
    assert add("tom@vc.example")["mailbox"] == "/var/spool/vmail/vc.example/tom"
    status = os.lstat("/var/spool/vmail/vc.example/tom")
    assert (status.st_uid, status.st_size, status.st_mode) == (67536, 0, stat.S_IFREG | 0o600)
    assert not (LINK / "tom" / "Maildir").exists()


@pytest.fixture
def shared_spool():
    spool = pathlib.Path("/var/spool/vmail-shared")
    spool.mkdir()
    yield spool
    shutil.rmtree(spool)


@pytest.mark.parametrize("kind", ["mbox", "maildir"])
@pytest.mark.parametrize("owner", [0, 1042])
@pytest.mark.parametrize("path", ["%u", "%d", "box"])
def test_a_mailbox_that_users_of_one_name_share_is_not_taken_over(vc, shared_spool, kind, owner, path):
    vc.conf(f"mailbox = {kind}:{shared_spool}/{path}")
    mailbox = shared_spool / path.replace("%u", "tom").replace("%d", "vc.example")
    mailbox.touch() if kind == "mbox" else mailbox.mkdir()
    os.chown(mailbox, owner, owner)
    assert f"{mailbox}: already exists and is owned by somebody else" in ctl_fails(UNAVAILABLE, "user", "add", "tom@vc.example", "--no-password")
    assert mailbox.stat().st_uid == owner and (kind == "mbox" or list(mailbox.iterdir()) == [])
    assert vc.passwd.read_text() == vc.shadow.read_text() == "" and not (LINK / "tom").exists()


@pytest.mark.parametrize("kind", ["mbox", "maildir"])
@pytest.mark.parametrize("path", ["%u@%d", "%d/%u", "vc.example/%u"])
def test_an_empty_one_that_root_has_made_for_him_alone_is_his(vc, shared_spool, kind, path):
    vc.conf(f"mailbox = {kind}:{shared_spool}/{path}")
    mailbox = shared_spool / path.replace("%u", "tom").replace("%d", "vc.example")
    mailbox.parent.mkdir(exist_ok=True)
    mailbox.touch() if kind == "mbox" else mailbox.mkdir()
    assert add("tom@vc.example")["mailbox"] == str(mailbox)
    assert mailbox.stat().st_uid == 67536


@pytest.mark.parametrize("kind", ["mbox", "maildir"])
def test_a_mailbox_is_made_though_its_path_has_no_domain(vc, shared_spool, kind):
    vc.conf(f"mailbox = {kind}:{shared_spool}/%u")
    add("tom@vc.example")
    assert (shared_spool / "tom").stat().st_uid == 67536


def test_the_new_user_logs_in_at_once(vc, pam_service):
    service = pam_service("auth [success=done ignore=ignore default=die] pam_vmail.so",
                          "account [success=done ignore=ignore default=die] pam_vmail.so")
    for index in (False, True):
        name = f"tom{int(index)}@vc.example"
        if index:
            ctl_out("index", "vc.example")
        add(name, "--password-stdin", input="tom-secret\n")
        assert run("pamtester", service, name, "authenticate", "acct_mgmt", input="tom-secret\n").returncode == 0
        assert run("pamtester", service, name, "authenticate", input="wrong\n").returncode != 0
        ctl_out("user", "passwd", name, "--password-stdin", input="another\n")
        assert run("pamtester", service, name, "authenticate", input="another\n").returncode == 0
        ctl_out("-y", "user", "del", name)
        assert run("getent", "passwd", name).returncode == 2


def test_the_uid_of_a_deleted_user_is_not_given_again(vc):
    assert [add(f"u{i}@vc.example")["uid"] for i in range(3)] == [67536, 67537, 67538]
    ctl_out("-y", "user", "del", "u2@vc.example")
    ctl_out("-y", "user", "del", "u0@vc.example", "--purge")
    assert add("u3@vc.example")["uid"] == 67539
    scenes.write(vc.group, "".join(f"g{gid}:x:{gid}:\n" for gid in range(67540, 67546)))
    assert "no id is free" in ctl_fails(UNAVAILABLE, "user", "add", "u4@vc.example", "--no-password")


def test_a_uid_that_was_freed_with_an_editor_comes_back_only_when_nothing_else_is_free(vc):
    assert [add(f"u{i}@vc.example")["uid"] for i in range(2)] == [67536, 67537]
    scenes.write(vc.passwd, lines(vc.passwd)[1] + "\n")
    assert add("u2@vc.example")["uid"] == 67538
    scenes.write(vc.group, "".join(f"g{gid}:x:{gid}:\n" for gid in range(67539, 67546)))
    assert add("u3@vc.example")["uid"] == 67536


def test_retired_ids_are_kept_as_ranges_and_with_the_comments_of_the_administrator(vc):
    scenes.write(RETIRED, "# by hand\n80000-80009\r\n\n# and these\n67538")
    for i in range(5):
        add(f"u{i}@vc.example")
    for i in (0, 1, 4):
        ctl_out("-y", "user", "del", f"u{i}@vc.example", "--purge")
    assert RETIRED.read_text() == "# by hand\n# and these\n67536-67538\n67541\n80000-80009\n"
    assert RETIRED.stat().st_mode & 0o7777 == 0o644


def test_a_new_file_of_retired_ids_says_what_it_is(vc):
    add("tom@vc.example")
    ctl_out("-y", "user", "del", "tom@vc.example")
    assert re.fullmatch(r"# .*vmail\(5\)\.\n67536\n", RETIRED.read_text())


def test_the_gid_of_a_deleted_user_that_is_no_group_s_is_retired_too(vc):
    scenes.write(vc.passwd, "tom:x:67536:67539::/vhome/vc.example/tom:/bin/false\n")
    ctl_out("-y", "user", "del", "tom@vc.example")
    assert lines(RETIRED)[1:] == ["67536", "67539"]


def test_a_retired_uid_is_given_to_whoever_asks_for_it_after_a_warning(vc):
    add("tom@vc.example")
    ctl_out("-y", "user", "del", "tom@vc.example", "--purge")
    done = ctl("user", "add", "tim@vc.example", "--uid=67536", "--no-password")
    assert done.returncode == DONE and "the id 67536 belonged to a deleted user or group" in done.stderr
    assert out("id", "-u", "tim@vc.example") == "67536"


@pytest.mark.parametrize("line", ["67536-", "67540-67536", "x", "67536,67537", "-1", "4294967296", "67536 67537"])
def test_while_a_line_of_the_retired_ids_is_wrong_no_id_is_given_and_none_is_freed(vc, line):
    add("tom@vc.example")
    scenes.write(RETIRED, f"# ours\n80000\n{line}\n")
    before = files(vc)
    for command in (("user", "add", "tim@vc.example", "--no-password"), ("group", "add", "crew@vc.example"),
                    ("user", "del", "tom@vc.example"), ("domain", "add", "vf.example"), ("domain", "del", "--force", "vc.example")):
        said = ctl_fails(UNAVAILABLE, "-y", *command)
        assert "/etc/vmail/retired_ids:3: " in said and "fix the line" in said
    assert files(vc) == before and lines(RETIRED)[2] == line


def test_retired_ids_that_others_may_write_are_not_trusted(vc):
    scenes.write(RETIRED, "80000\n", 0o664)
    said = ctl_fails(UNAVAILABLE, "user", "add", "tim@vc.example", "--no-password")
    assert "chmod go-w /etc/vmail/retired_ids" in said


def test_a_dry_run_of_a_deletion_retires_no_id(vc):
    add("tom@vc.example")
    assert "# would add 67536 to /etc/vmail/retired_ids" in ctl_out("--dry-run", "user", "del", "tom@vc.example")
    assert not RETIRED.exists()


def test_an_id_of_another_domain_or_group_is_not_given(vc, make_domain):
    make_domain("vd.example", User("stray", 67536, "x"), groups="g:x:67537:\n")
    assert add("tom@vc.example")["uid"] == 67538
    assert "is already in use" in ctl_fails(EXISTS, "user", "add", "tim@vc.example", "--uid=67537", "--no-password")


@pytest.mark.parametrize("kind", ["passwd", "group"])
@pytest.mark.parametrize("command", [("user", "add", "tom@vc.example", "--no-password"), ("group", "add", "crew@vc.example"),
                                     ("domain", "add", "vf.example"), ("import", "htpasswd", "--domain=vc.example")],
                         ids=lambda command: " ".join(command[:2]))
def test_no_id_is_given_while_the_ids_of_a_domain_are_not_known(vc, make_domain, tmp_path, kind, command):
    """They could be given twice: the file is named, with what is wrong and what to do."""
    other = make_domain("vd.example", User("stray", 67536, "x"), groups="g:x:67537:\n")
    before = files(vc)
    getattr(other, kind).chmod(0o664)
    users = tmp_path / "users"
    users.write_text(f"tom:{hash_of('tom-secret')}\n")
    said = ctl_fails(UNAVAILABLE, *command, *([users] if command[0] == "import" else []))
    assert f"{kind}.vd.example" in said and "chmod go-w" in said
    assert files(vc) == before and not (ETC / "passwd.vf.example").exists()


def test_a_domain_without_a_block_takes_ids_that_are_in_nobodys(vc, make_domain):
    make_domain("vd.example")
    assert add("tom@vd.example")["uid"] == 66536


@pytest.mark.parametrize("options, code, text", [
    (("--uid=70464",), REFUSED, "block of va.example"),
    (("--uid=1000",), REFUSED, "not within `ids'"),
    (("--uid=4294967295",), USAGE, "is not an id"),
    (("--uid=-1",), USAGE, "is not an id"),
    (("--uid=0",), USAGE, "is not an id"),
    (("--gid=nosuch",), NO_SUCH, "no group nosuch"),
    (("--gid=5",), REFUSED, "not within `ids'"),
    (("--home=relative",), USAGE, "absolute"),
    (("--home=/vhome/vc.example/../../etc",), USAGE, "absolute"),
    (("--home=/x:y",), USAGE, "cannot contain"),
    (("--comment=a\nroot::0:0::/:/bin/sh",), USAGE, "cannot contain"),
    (("--shell=sh",), USAGE, "absolute"),
    (("--generate", "--password-stdin"), USAGE, "cannot be combined"),
])
def test_bad_options_are_told_and_nothing_is_changed(vc, options, code, text):
    before = files(vc)
    extra = () if "--generate" in options else ("--no-password",)
    assert text in ctl_fails(code, "user", "add", "tom@vc.example", *extra, *options)
    assert files(vc) == before and not (LINK / "tom").exists()


@pytest.mark.parametrize("name, code", [
    ("tom", USAGE), ("@vc.example", USAGE), ("to m@vc.example", USAGE), ("-tom@vc.example", USAGE),
    ("#tom@vc.example", USAGE), ("t" * 65 + "@vc.example", USAGE), ("tom@nosuch.example", NO_SUCH),
    ("tom:x@vc.example", USAGE), ("../tom@vc.example", USAGE), ("tom@vc.example@vc.example", USAGE),
])
def test_bad_names_are_told(vc, name, code):
    before = files(vc)
    ctl_fails(code, "user", "add", "--no-password", "--", name)
    assert files(vc) == before


def test_a_user_who_is_there_is_not_added_again(vc):
    add("tom@vc.example", "--password-stdin", input="tom-secret\n")
    before = files(vc)
    for name in ("tom@vc.example", "TOM@VC.example"):
        assert "already" in ctl_fails(EXISTS, "user", "add", name, "--no-password")
    assert files(vc) == before


def test_max_users_is_the_limit(vc):
    for i in range(5):
        add(f"u{i}@vc.example")
    assert "max_users" in ctl_fails(REFUSED, "user", "add", "u5@vc.example", "--no-password")


def test_a_home_that_is_there_is_given_only_on_demand_and_with_its_uid(vc):
    add("tom@vc.example")
    (LINK / "tom" / "letter").write_text("private")
    ctl_out("-y", "user", "del", "tom@vc.example")
    before = files(vc)
    assert "--adopt-home" in ctl_fails(EXISTS, "user", "add", "tom@vc.example", "--no-password")
    assert files(vc) == before
    assert add("tom@vc.example", "--no-password", "--adopt-home")["uid"] == 67536
    assert (LINK / "tom" / "letter").exists()


@pytest.mark.parametrize("where", ["/vhome/vc.example", "/vhome/vc.example/tom"])
def test_a_link_in_the_place_of_a_home_is_not_followed(vc, tmp_path, where):
    tmp_path.chmod(0o755)
    shutil.rmtree("/vhome/vc.example", ignore_errors=True)
    pathlib.Path(where).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(where).symlink_to(tmp_path)
    try:
        done = ctl("user", "add", "tom@vc.example", "--no-password", "--adopt-home")
        assert done.returncode == UNAVAILABLE
        assert list(tmp_path.iterdir()) == [] and tmp_path.stat().st_uid == 0
        assert vc.passwd.read_text() == vc.shadow.read_text() == ""
    finally:
        pathlib.Path(where).unlink()


def test_a_name_of_the_system_is_a_warning(vc):
    done = ctl("user", "add", "daemon@vc.example", "--no-password")
    assert done.returncode == DONE and "a system account is also called 'daemon'" in done.stderr


def test_subordinate_ids_that_overlap_are_a_warning(vc):
    subuid = pathlib.Path("/etc/subuid")
    before = subuid.read_bytes() if subuid.exists() else None
    subuid.write_text("sue:60000:10000\n")
    try:
        done = ctl("user", "add", "tom@vc.example", "--no-password")
        assert done.returncode == DONE and "the id 67536 also belongs to sue in /etc/subuid" in done.stderr
    finally:
        subuid.unlink() if before is None else subuid.write_bytes(before)


def test_comments_and_broken_lines_stay(vc):
    scenes.write(vc.passwd, b"# ours\r\nbroken\r\nold:x:67536:67536::/x:/bin/false")
    add("tom@vc.example")
    assert vc.passwd.read_bytes() == (b"# ours\r\nbroken\r\nold:x:67536:67536::/x:/bin/false\r\n"
                                      b"tom:x:67537:67537::/vhome/vc.example/tom:/bin/false\r\n")


def test_a_half_written_user_can_be_added(vc):
    scenes.write(vc.shadow, "tom:!old:1::::::\n", 0o640, scenes.shadow_group())
    add("tom@vc.example")
    assert [line.split(":")[:2] for line in lines(vc.shadow)] == [["tom", "!"]]


# passwords


def test_a_password_is_asked_for_twice_and_not_shown(vc):
    shown, code = on_terminal("user", "add", "tom@vc.example", answers=["tom-secret", "tom-secret"])
    assert code == DONE and "tom-secret" not in shown
    stored = lines(vc.shadow)[0].split(":")[1]
    assert hash_of("tom-secret", stored) == stored
    shown, code = on_terminal("user", "passwd", "tom@vc.example", answers=["one", "two"])
    assert code == BAD_DATA and "differ" in shown
    assert lines(vc.shadow)[0].split(":")[1] == stored


def test_without_a_terminal_there_must_be_an_option(vc):
    assert "--password-stdin" in ctl_fails(USAGE, "user", "add", "tom@vc.example")


def test_a_hash_comes_by_standard_input(vc):
    stored = hash_of("tom-secret")
    done = ctl("user", "add", "tom@vc.example", "--password-hash", input=stored + "\n")
    assert done.returncode == DONE and "weak method" in done.stderr
    assert lines(vc.shadow)[0].split(":")[1] == stored
    for bad in ("plain", "a:b", "$9$x$y", "\n", ""):
        ctl_fails(BAD_DATA, "user", "passwd", "tom@vc.example", "--password-hash", input=bad + "\n")
    said = ctl_fails(BAD_DATA, "user", "passwd", "tom@vc.example", "--password-hash", input=costly_hash() + "\n")
    assert "the hash takes too long to check" in said
    assert lines(vc.shadow)[0].split(":")[1] == stored


def test_a_generated_password_is_printed_once_and_works(vc, syslog):
    seen = [add("tom@vc.example", "--generate")["password"]]
    seen.append(ctl_json("user", "passwd", "tom@vc.example", "--generate")["password"])
    assert seen[0] != seen[1] and all(re.fullmatch(r"([a-z2-9]{5}-){3}[a-z2-9]{5}", one) for one in seen)
    stored = lines(vc.shadow)[0].split(":")[1]
    assert hash_of(seen[1], stored) == stored
    syslog.wait_for("user passwd tom@vc.example")
    assert not any(one in syslog.text() for one in (*seen, stored))


def test_a_password_in_the_passwd_file_moves_to_the_shadow_file(make_domain):
    domain = make_domain("vd.example", User("tom", 67700, "x"))
    scenes.write(domain.passwd, f"tom:{hash_of('old')}:67700:67700::/vhome/vd.example/tom:/bin/false\n")
    shown = ctl_out("--dry-run", "user", "passwd", "tom@vd.example", "--password-stdin", input="new\n")
    assert "passwd.vd.example" in shown and "shadow.vd.example" in shown and "$" not in shown
    ctl_out("user", "passwd", "tom@vd.example", "--password-stdin", input="new\n")
    stored = domain.shadow.read_text().split(":")[1]
    assert hash_of("new", stored) == stored
    assert domain.passwd.read_text() == "tom:x:67700:67700::/vhome/vd.example/tom:/bin/false\n"


def test_a_lock_of_a_password_in_the_passwd_file_moves_it_to_a_new_shadow_file(make_domain):
    domain = make_domain("vd.example", User("tom", 67700, "x"))
    stored = hash_of("old")
    scenes.write(domain.passwd, f"tom:{stored}:67700:67700::/vhome/vd.example/tom:/bin/false\n")
    domain.shadow.unlink()
    ctl_out("user", "lock", "tom@vd.example")
    assert domain.shadow.read_text() == f"tom:!{stored}::0:99999:7:::\n"
    assert (domain.shadow.stat().st_mode & 0o7777, domain.shadow.stat().st_gid) == (0o640, scenes.shadow_group())
    assert domain.passwd.read_text().startswith("tom:x:")


# the others


def test_lock_and_unlock_keep_the_hash(vc):
    add("tom@vc.example", "--password-stdin", input="tom-secret\n")
    before = vc.shadow.read_text()
    for _ in range(2):
        ctl_out("user", "lock", "tom@vc.example")
        assert vc.shadow.read_text() == before.replace("tom:$", "tom:!$")
    for _ in range(2):
        ctl_out("user", "unlock", "tom@vc.example")
        assert vc.shadow.read_text() == before


def test_who_has_no_password_cannot_be_unlocked(vc):
    add("tom@vc.example")
    assert "no password" in ctl_fails(REFUSED, "user", "unlock", "tom@vc.example")
    assert lines(vc.shadow)[0].startswith("tom:!:")


def test_expire_sets_and_clears_the_day(vc):
    add("tom@vc.example")
    ctl_out("user", "expire", "tom@vc.example", "1970-01-11")
    assert lines(vc.shadow)[0].split(":")[7] == "10"
    ctl_out("user", "expire", "tom@vc.example", "never", "--password")
    assert lines(vc.shadow)[0].split(":")[2:] == ["0", "0", "99999", "7", "", "", ""]
    for bad in ("tomorrow", "2026-02-30", "2026-1-1", "1969-12-31", "2026-01-01x"):
        ctl_fails(USAGE, "user", "expire", "tom@vc.example", bad)
    ctl_fails(USAGE, "user", "expire", "tom@vc.example")


def test_expire_sets_the_fields_for_the_age_of_passwords(vc, syslog):
    add("tom@vc.example")
    ctl_out("user", "expire", "tom@vc.example", "--minimum=1", "--maximum=90", "--warning=14", "--inactive=30")
    assert lines(vc.shadow)[0].split(":")[3:] == ["1", "90", "14", "30", "", ""]
    syslog.wait_for("user expire tom@vc.example --minimum=1 --maximum=90 --warning=14 --inactive=30$")
    ctl_out("user", "expire", "tom@vc.example", "2030-01-01", "--maximum=never", "--inactive=never", "--minimum=0")
    assert lines(vc.shadow)[0].split(":")[3:] == ["0", "", "14", "", "21915", ""]
    before = files(vc)
    for bad in ("-1", "x", "", "100000", "1.5", "99999999999999999999"):
        for option in ("minimum", "maximum", "warning", "inactive"):
            assert f"--{option} must be a number of days" in ctl_fails(USAGE, "user", "expire", "tom@vc.example", f"--{option}={bad}")
    assert files(vc) == before


@pytest.mark.parametrize("day, shown", [("99999999999", "day 99999999999"), ("2932896", "9999-12-31"), ("2932897", "day 2932897"),
                                        ("9223372036854775807", "day 9223372036854775807"), ("", None)])
def test_a_day_behind_the_year_9999_is_shown_as_it_is_and_not_as_never(vc, day, shown):
    add("tom@vc.example")
    replace_field(vc.shadow, 7, day)
    assert ctl_json("user", "show", "tom@vc.example")["expires"] == shown


def test_the_name_of_any_user_of_the_system_is_warned_of(vc):
    done = ctl("user", "add", "bob@vc.example", "--no-password")
    assert done.returncode == DONE and "a system user is also called 'bob'" in done.stderr
    add("tom@vc.example")
    assert "a system account is also called 'mail'" in ctl("user", "rename", "tom@vc.example", "mail").stderr


def test_set_changes_its_fields_and_no_other_byte(vc):
    add("tom@vc.example")
    scenes.write(vc.group, "staff:x:67545:\n")
    scenes.write(vc.passwd, "#1\n" + vc.passwd.read_text() + "x\n")
    ctl_out("user", "set", "tom@vc.example", "--comment", "Tom Ü", "--gid", "staff", "--home", "/srv/tom")
    assert vc.passwd.read_text() == "#1\ntom:x:67536:67545:Tom Ü:/srv/tom:/bin/false\nx\n"
    ctl_fails(USAGE, "user", "set", "tom@vc.example")
    ctl_fails(NO_SUCH, "user", "set", "tim@vc.example", "--comment=x")


def test_rename_takes_everything_along(vc):
    vc.conf("mailbox = mbox:/var/spool/vmail/%d/%u")
    add("tom@vc.example", "--password-stdin", input="tom-secret\n")
    add("ann@vc.example")
    scenes.write(vc.group, "staff:x:67545:ann,tom\nothers:x:67544:tom\n")
    before = vc.shadow.read_text()
    ctl_out("user", "rename", "tom@vc.example", "tim")
    assert "tim:x:67536:67536::/vhome/vc.example/tim:/bin/false" in lines(vc.passwd)
    assert sorted(lines(vc.shadow)) == sorted(before.replace("tom:", "tim:").splitlines())
    assert lines(vc.group) == ["staff:x:67545:ann,tim", "others:x:67544:tim"]
    assert (LINK / "tim").is_dir() and not (LINK / "tom").exists()
    assert sorted(os.listdir("/var/spool/vmail/vc.example")) == ["ann", "tim"]
    assert out("getent", "passwd", "67536").startswith("tim@vc.example:")


@pytest.mark.parametrize("new, code", [("ann", EXISTS), ("tom", EXISTS), ("t:m", USAGE), ("tim@vb.example", USAGE),
                                       ("staff", EXISTS), ("gone", EXISTS)])
def test_a_rename_that_cannot_be_changes_nothing(vc, new, code):
    add("tom@vc.example", "--password-stdin", input="tom-secret\n")
    add("ann@vc.example")
    scenes.write(vc.group, "staff:x:67545:tom\n")
    (LINK / "gone").mkdir()
    before = files(vc), tree(LINK)
    ctl_fails(code, "user", "rename", "tom@vc.example", new)
    assert (files(vc), tree(LINK)) == before


def test_a_rename_brings_no_second_line_to_life(vc):
    add("tom@vc.example")
    scenes.write(vc.passwd, vc.passwd.read_text() + "tom:x:67540:67540::/vhome/vc.example/old:/bin/false\n")
    ctl_out("user", "rename", "tom@vc.example", "tim")
    assert lines(vc.passwd) == ["tim:x:67536:67536::/vhome/vc.example/tim:/bin/false"]


def test_a_mailbox_in_a_directory_of_the_users_name_moves(vc):
    vc.conf("mailbox = maildir:/var/spool/vmail/%d/%u/Maildir")
    add("tom@vc.example")
    ctl_out("user", "rename", "tom@vc.example", "tim")
    assert os.lstat("/var/spool/vmail/vc.example/tim/Maildir/new").st_uid == 67536


@pytest.fixture
def spool():
    """/var/mail with the system's carol, who has mail; her mbox, as (content, uid, inode)."""
    mbox = pathlib.Path("/var/mail/carol")
    mbox.write_text("From sue\n\nfor carol\n")
    os.chown(mbox, 1042, 1042)
    yield lambda: (mbox.read_text(), mbox.stat().st_uid, mbox.stat().st_ino)
    for name in ("carol", "u1", "u2", "u3"):
        pathlib.Path("/var/mail", name).unlink(missing_ok=True)


def test_a_rename_does_not_move_a_mailbox_that_is_somebody_elses(vc, spool):
    vc.conf("mailbox = mbox:/var/mail/%u")
    mail = spool()
    scenes.write(vc.passwd, "carol:x:67536:67536::/vhome/vc.example/carol:/bin/false\n")
    (LINK / "carol").mkdir(parents=True)
    os.chown(LINK / "carol", 67536, 67536)
    before = files(vc), tree(LINK)
    assert "/var/mail/carol was not moved, because it is owned by uid 1042" in ctl_fails(REFUSED, "user", "rename", "carol@vc.example", "u2")
    assert spool() == mail and (files(vc), tree(LINK)) == before and not os.path.lexists("/var/mail/u2")


@pytest.mark.parametrize("has_mail", [True, False])
def test_nor_does_it_take_a_name_whose_mailbox_is_somebody_elses(vc, spool, has_mail):
    vc.conf("mailbox = mbox:/var/mail/%u")
    mail = spool()
    add("u1@vc.example")
    if not has_mail:
        os.unlink("/var/mail/u1")
    before = files(vc), tree(LINK)
    assert "/var/mail/carol already exists" in ctl_fails(EXISTS, "user", "rename", "u1@vc.example", "carol")
    assert spool() == mail and (files(vc), tree(LINK)) == before


@pytest.mark.parametrize("owner", [0, 67600])
def test_a_rename_does_not_move_a_home_that_is_somebody_elses(vc, owner):
    add("tom@vc.example")
    os.chown(LINK / "tom", owner, owner)
    before = files(vc), tree(LINK)
    assert f"is owned by uid {owner}" in ctl_fails(REFUSED, "user", "rename", "tom@vc.example", "tim")
    assert (files(vc), tree(LINK)) == before


def test_a_mailbox_of_his_moves_though_the_path_has_no_domain(vc, spool):
    vc.conf("mailbox = mbox:/var/mail/%u")
    uid = add("u1@vc.example")["uid"]
    ctl_out("user", "rename", "u1@vc.example", "u2")
    assert os.lstat("/var/mail/u2").st_uid == uid and not os.path.lexists("/var/mail/u1")


def test_the_index_of_a_large_file_is_right_after_a_change(vc):
    """A file that is too large for an index to be made in somebody's log-in."""
    big = "".join(f"#{i:0100}\n" for i in range(12000))
    scenes.write(vc.passwd, big)
    ctl_out("index", "vc.example")
    add("tom@vc.example")
    states = {row["index"]: row["state"] for row in ctl_json("index", "vc.example")}
    assert states["passwd.vc.example"] == "current"
    assert out("getent", "passwd", "tom@vc.example").startswith("tom@vc.example:x:67536:")


# del


def test_del_keeps_the_mail_and_leaves_no_line(vc):
    add("tom@vc.example")
    add("ann@vc.example")
    scenes.write(vc.group, "staff:x:67545:tom,ann\n")
    ctl_out("-y", "user", "del", "tom@vc.example")
    assert [line.split(":")[0] for line in lines(vc.passwd) + lines(vc.shadow)] == ["ann", "ann"]
    assert lines(vc.group) == ["staff:x:67545:ann"]
    assert (LINK / "tom" / "Maildir" / "new").is_dir()


@pytest.mark.parametrize("command", [("user", "rename", "tom@vc.example", "tim"), ("-y", "user", "del", "tom@vc.example")])
def test_aliases_that_lead_to_a_name_that_is_gone_are_told(vc, command):
    aliases = ETC / "aliases.vc.example"
    add("tom@vc.example")
    aliases.write_text("# ours\nboss: ann, Tom\nother: tom2\n")
    try:
        done = ctl(*command)
        assert done.returncode == DONE
        assert done.stderr == f"vmailctl: warning: {aliases}:2: the alias boss still leads to tom@vc.example\n"
        assert aliases.read_text() == "# ours\nboss: ann, Tom\nother: tom2\n"
    finally:
        aliases.unlink()


def test_del_asks(vc):
    add("tom@vc.example")
    before = files(vc)
    ctl_fails(USAGE, "user", "del", "tom@vc.example")
    shown, code = on_terminal("user", "del", "tom@vc.example", answers=["n"])
    assert code == NEGATIVE and "keep home and mail" in shown and files(vc) == before
    shown, code = on_terminal("user", "del", "tom@vc.example", answers=["y"])
    assert code == DONE and vc.passwd.read_text() == ""


def test_a_second_line_of_the_name_does_not_come_to_life(vc):
    add("tom@vc.example")
    scenes.write(vc.passwd, vc.passwd.read_text() + "tom:x:67540:67540::/vhome/vc.example/old:/bin/false\n")
    ctl_out("-y", "user", "del", "tom@vc.example")
    assert run("getent", "passwd", "tom@vc.example").returncode == 2


def test_purge_takes_the_users_own_and_nothing_else(vc, tmp_path):
    add("tom@vc.example")
    home = LINK / "tom"
    tmp_path.chmod(0o755)
    (tmp_path / "precious").write_text("x")
    os.chown(tmp_path / "precious", 67536, 67536)
    (home / "link").symlink_to(tmp_path)
    (home / "deep" / "er").mkdir(parents=True)
    (home / "deep" / "er" / "file").write_text("x")
    (home / "mounted").mkdir()
    for path in home.rglob("*"):
        os.lchown(path, 67536, 67536)
    (home / "roots").write_text("not his")
    run("mount", "-t", "tmpfs", "-o", "uid=67536", "tmpfs", str(home / "mounted"), check=True)
    try:
        (home / "mounted" / "file").write_text("x")
        os.chown(home / "mounted" / "file", 67536, 67536)
        error = ctl_fails(UNAVAILABLE, "-y", "user", "del", "tom@vc.example", "--purge")
        assert "2 not removed" in error
        assert (home / "mounted" / "file").exists()
    finally:
        run("umount", str(home / "mounted"), check=True)
    assert sorted(path.name for path in home.iterdir()) == ["mounted", "roots"]
    assert (tmp_path / "precious").exists()
    assert names_in(vc) == ([], [])


@pytest.mark.parametrize("command", [("user", "add", "fresh@vc.example", "--no-password"), ("group", "add", "ops@vc.example"),
                                     ("user", "rename", "tom@vc.example", "fresh@vc.example"),
                                     ("group", "set", "staff@vc.example", "--name=ops")])
def test_a_name_that_the_system_has_with_its_domain_is_refused(vc, command):
    add("tom@vc.example")
    ctl_out("group", "add", "staff@vc.example")
    files = {pathlib.Path("/etc/passwd"): "Fresh@vc.example:x:1999:1999::/:/bin/sh\n", pathlib.Path("/etc/group"): "ops@vc.example:x:1999:\n"}
    before = {path: path.read_text() for path in files}
    for path, line in files.items():
        scenes.write(path, before[path] + line)
    try:
        assert "has the" in ctl_fails(EXISTS, *command)
    finally:
        for path, text in before.items():
            scenes.write(path, text)


def purge_while_mail_comes_in(when):
    """Purges tom as if mail came in between the reading of a directory and its removal: each time, or the first time."""
    return run("strace", "-f", "-qq", "-o", "/dev/null", "-P", str(LINK), "-e", "trace=unlinkat", "-e",
               f"inject=unlinkat:error=ENOTEMPTY:when={when}", VMAILCTL, "-y", "user", "del", "tom@vc.example", "--purge")


def test_a_purge_fails_where_a_running_process_goes_on_adding_files(vc):
    add("tom@vc.example")
    done = purge_while_mail_comes_in("1+")
    assert done.returncode == UNAVAILABLE, done.stderr
    assert "1 not removed, for example 'tom': Directory not empty" in done.stderr
    assert (LINK / "tom").exists()
    shutil.rmtree(LINK / "tom")


def test_a_purge_removes_mail_that_came_in_meanwhile(vc):
    add("tom@vc.example")
    done = purge_while_mail_comes_in("1")
    assert done.returncode == DONE, done.stderr
    assert not (LINK / "tom").exists()


def test_purge_takes_home_and_spool(vc):
    vc.conf("mailbox = mbox:/var/spool/vmail/%d/%u")
    add("tom@vc.example")
    ctl_out("-y", "user", "del", "tom@vc.example", "--purge")
    assert os.listdir("/var/spool/vmail/vc.example") == [] and os.listdir(LINK) == []


# dry runs, messages, the log


@pytest.mark.parametrize("command", [
    ("user", "add", "ann@vc.example", "--generate"), ("user", "del", "tom@vc.example", "--purge"),
    ("user", "set", "tom@vc.example", "--comment=x"), ("user", "rename", "tom@vc.example", "tim"),
    ("user", "lock", "tom@vc.example"), ("user", "expire", "tom@vc.example", "2030-01-01"),
    ("user", "passwd", "tom@vc.example", "--password-stdin"),
])
def test_a_dry_run_shows_a_diff_and_changes_nothing(vc, syslog, command):
    add("tom@vc.example", "--password-stdin", input="tom-secret\n")
    syslog.wait_for("user add tom@vc.example")
    syslog.forget()
    secret = lines(vc.shadow)[0].split(":")[1]
    names = set(os.listdir(ETC))
    before = files(vc), tree(LINK)
    shown = ctl_out("--dry-run", *command, input="another\n")
    assert re.search(r"^--- /etc/vmail/(passwd|shadow)\.vc\.example\n\+\+\+ ", shown, re.M)
    items = json.loads(ctl_out("--json", "--dry-run", *command, input="another\n"))
    assert "".join(item.get("diff", "") for item in items) == re.sub("(?m)^# would.*\n", "", shown)
    assert secret not in shown and secret[5:20] not in str(items)
    assert (files(vc), tree(LINK)) == before and set(os.listdir(ETC)) == names
    assert not syslog.lines("vmailctl")


def test_every_change_is_logged(vc, syslog):
    add("tom@vc.example")
    for command, line in [
        (("set", "tom@vc.example", "--comment=x"), "user set tom@vc.example"),
        (("passwd", "tom@vc.example", "--generate"), "user passwd tom@vc.example"),
        (("lock", "tom@vc.example"), "user lock tom@vc.example"),
        (("unlock", "tom@vc.example"), "user unlock tom@vc.example"),
        (("expire", "tom@vc.example", "never"), "user expire tom@vc.example never"),
        (("rename", "tom@vc.example", "tim"), "user rename tom@vc.example to tim"),
        (("del", "tim@vc.example"), r"user del tim@vc.example \(uid 67536\)"),
    ]:
        ctl_out("-y", "user", *command)
        assert "uid 0" in syslog.wait_for(line)


@pytest.mark.parametrize("command", [
    ("add", "ann@va.example", "--no-password"), ("del", "bob@va.example"), ("set", "bob@va.example", "--comment=x"),
    ("rename", "bob@va.example", "rob"), ("passwd", "bob@va.example", "--generate"), ("lock", "bob@va.example"),
    ("unlock", "bob@va.example"), ("expire", "bob@va.example", "never"),
])
def test_nobody_may_change_anything(scene, command):
    before = files(scene.va)
    assert "refused" in ctl_fails(REFUSED, "-y", "user", *command, user="nobody")
    assert files(scene.va) == before


# crashes, full disks, others


def mutations(log):
    """The system calls in LOG, of strace, that change or lock something, as (name, how many of that name so far)."""
    seen, calls = {}, []
    for line in log.read_text().splitlines():
        name = re.match(r"(\w+)\(", line)
        if name:
            seen[name[1]] = seen.get(name[1], 0) + 1
            if re.match(r"(renameat2?|rename|unlinkat|mkdirat|fchown|fsync|write|fchmod|flock)\(|fcntl\(\d+, F_OFD_SETLK", line):
                calls.append((name[1], seen[name[1]]))
    assert any(name.startswith("rename") for name, _ in calls)
    return calls


def reset(domain):
    for path in (domain.passwd, domain.shadow):
        scenes.write(path, "ann:x:67540:67540::/vhome/vc.example/ann:/bin/false\n" if path == domain.passwd
                     else "ann:!:1::::::\n", 0o644 if path == domain.passwd else 0o640,
                     0 if path == domain.passwd else scenes.shadow_group())
    shutil.rmtree(LINK, ignore_errors=True)
    RETIRED.unlink(missing_ok=True)


def names_in(domain):
    return tuple([line.split(":")[0] for line in lines(path) if line[0] != "#"] for path in (domain.passwd, domain.shadow))


HALF = ["ann"], ["ann", "tom"]  # a shadow line without a user: what `check` names


def while_it_makes_the_home(command, edit):
    """Runs vmailctl, and EDIT before it goes on to the passwd file."""
    process = subprocess.Popen(["strace", "-qq", "-o", "/dev/null", "-e", "inject=mkdirat:delay_enter=2000000:when=1", VMAILCTL, *command],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(1)
    edit()
    output = process.communicate(timeout=60)
    return subprocess.CompletedProcess(command, process.returncode, *output)


def test_a_uid_that_somebody_with_an_editor_takes_meanwhile_is_not_given_twice(vc):
    done = while_it_makes_the_home(("user", "add", "tom@vc.example", "--no-password"), lambda: scenes.write(
        vc.passwd, vc.passwd.read_text() + "eve:x:67536:67536::/vhome/vc.example/eve:/bin/false\n"))
    assert done.returncode == EXISTS and "to this file with an editor" in done.stderr and "run the command again" in done.stderr
    assert [line.split(":")[0] for line in lines(vc.passwd)] == ["eve"] and not lines(vc.shadow)
    assert not pathlib.Path("/vhome/vc.example/tom").exists()
    assert add("tom@vc.example")["uid"] == 67537


def test_a_domain_with_a_block_chooses_its_ids_while_others_choose_theirs(vc, make_domain):
    """Somebody has the lock for ids, for a long while: who has a block needs it not."""
    make_domain("noblock.example")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with scenes.held("@ids"):
            assert add("tom@vc.example")["uid"] == 67536
            assert ctl("group", "add", "crew@vc.example").returncode == DONE
            waiting = pool.submit(ctl, "user", "add", "tom@noblock.example", "--no-password")
            time.sleep(1)
            assert not waiting.done()
        assert waiting.result().returncode == DONE


def test_an_id_in_a_comment_or_in_a_line_that_does_not_count_is_free(vc):
    scenes.write(vc.passwd, "#old:x:67536:67536::/:/bin/false\nb/d:x:67537:67537::/:/bin/false\n")
    scenes.write(vc.group, "#crew:x:67538:\n")
    assert [add(f"u{i}@vc.example")["uid"] for i in range(2)] == [67536, 67537]
    assert ctl("group", "add", "crew@vc.example", "--gid=67538").returncode == DONE


@pytest.mark.parametrize("command", ["add", "del"])
def test_killed_at_any_change_there_is_at_most_a_line_too_many_in_the_shadow_file(vc, command, tmp_path):
    log = tmp_path / "log"
    arguments = {"add": ("user", "add", "tom@vc.example", "--no-password"),
                 "del": ("-y", "user", "del", "tom@vc.example", "--purge")}[command]

    def start():
        reset(vc)
        if command == "del":
            add("tom@vc.example")

    start()
    assert run("strace", "-qq", "-o", str(log), VMAILCTL, *arguments).returncode == 0
    outcomes = set()
    for name, count in mutations(log):
        start()
        run("strace", "-qq", "-o", "/dev/null", "-e", f"inject={name}:signal=KILL:when={count}", VMAILCTL, *arguments)
        passwd, shadow = names_in(vc)
        outcomes.add((tuple(passwd), tuple(shadow)))
        assert (passwd, shadow) in ((["ann"], ["ann"]), HALF, (["ann", "tom"], ["ann", "tom"])), (name, count)
        if passwd == ["ann"]:  # and he can be added after all
            add("tom@vc.example", "--no-password", "--adopt-home")
    assert len(outcomes) == 3


def test_killed_at_any_change_of_a_rename_the_user_has_his_password_and_can_be_renamed_after_all(vc, tmp_path):
    log = tmp_path / "log"
    command = ("user", "rename", "tom@vc.example", "tim")

    def start():
        reset(vc)
        add("tom@vc.example", "--password-stdin", input="tom-secret\n")

    start()
    assert run("strace", "-qq", "-o", str(log), VMAILCTL, *command).returncode == 0
    outcomes = set()
    for name, count in mutations(log):
        start()
        run("strace", "-qq", "-o", "/dev/null", "-e", f"inject={name}:signal=KILL:when={count}", VMAILCTL, *command)
        passwd, shadow = names_in(vc)
        outcomes.add(passwd[1])
        assert passwd in (["ann", "tom"], ["ann", "tim"]) and set(passwd) <= set(shadow), (name, count)
        if passwd[1] == "tom":
            ctl_out(*command)
            assert names_in(vc) == (["ann", "tim"], ["ann", "tim"])
        assert (LINK / "tim" / "Maildir").is_dir() and not (LINK / "tom").exists(), (name, count)
    assert outcomes == {"tom", "tim"}


MEMBERS = "staff:x:67545:ann,tom\nothers:x:67544:ann\ncrew:x:67543:tom\n"


def groups_of(domain, name):
    return [line.split(":")[0] for line in lines(domain.group) if name in line.split(":")[3].split(",")]


@pytest.mark.parametrize("after", ["again", "repair"])
@pytest.mark.parametrize("call", ["renameat2", "fsync"])
def test_killed_anywhere_in_a_rename_the_user_keeps_his_groups(vc, call, after):
    """Whatever name he has then, he is in his groups at once; and in the end the other name is in none."""
    command, seen = ("user", "rename", "tom@vc.example", "tim"), set()
    for count in range(1, 100):
        reset(vc)
        scenes.write(vc.group, MEMBERS)
        add("tom@vc.example", "--password-stdin", input="tom-secret\n")
        done = run("strace", "-qq", "-o", "/dev/null", "-e", f"inject={call}:signal=KILL:when={count}", VMAILCTL, *command)
        name = names_in(vc)[0][1]
        assert groups_of(vc, name) == ["staff", "crew"], count
        assert "staff" in out("id", "-Gn", f"{name}@vc.example"), count
        if after == "repair":
            ctl("-y", "check", "--repair", "--area=users", "vc.example")
        elif done.returncode != DONE:
            again = ctl(*command)
            assert (again.returncode, again.stderr) == (DONE, "") or (again.returncode == NO_SUCH and name == "tim")
        name = names_in(vc)[0][1]
        seen.add(name)
        other = {"tom": "tim", "tim": "tom"}[name]
        assert (groups_of(vc, name), groups_of(vc, other)) == (["staff", "crew"], []), count
        assert groups_of(vc, "ann") == ["staff", "others"] and names_in(vc)[1] == ["ann", name], count
        if done.returncode == DONE:
            break
    assert done.returncode == DONE and count > 1 and seen == ({"tim"} if after == "again" else {"tom", "tim"})


def test_a_rename_that_fails_anywhere_leaves_the_new_name_in_no_group(vc):
    scenes.write(vc.group, MEMBERS)
    failures = 0
    for count in range(1, 100):
        reset(vc)
        scenes.write(vc.group, MEMBERS)
        add("tom@vc.example", "--password-stdin", input="tom-secret\n")
        done = run("strace", "-qq", "-o", "/dev/null", "-e", f"inject=renameat2:error=EIO:when={count}", VMAILCTL, "user",
                   "rename", "tom@vc.example", "tim")
        passwd, shadow = names_in(vc)
        assert set(passwd) <= set(shadow), count
        if passwd[1] == "tom":
            failures += 1
            assert vc.group.read_text() == MEMBERS and shadow == ["ann", "tom"], (count, done.stderr)
            assert done.returncode != DONE and done.stderr and (LINK / "tom").is_dir()
        else:
            assert groups_of(vc, "tim") == ["staff", "crew"], count
        if done.returncode == DONE:
            break
    assert done.returncode == DONE and failures >= 1


def test_a_failed_rename_leaves_alone_who_was_a_member_before(vc):
    """tim, no user, is listed in a group of which tom is not."""
    add("tom@vc.example")
    text = "staff:x:67545:tom\nothers:x:67544:tim\n"
    scenes.write(vc.group, text)
    (LINK / "tim").mkdir()
    ctl_fails(EXISTS, "user", "rename", "tom@vc.example", "tim")
    assert vc.group.read_text() == text


@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
def test_whatever_fails_there_is_no_half_user_and_success_means_a_whole_one(vc, error, tmp_path):
    log = tmp_path / "log"
    command = ("user", "add", "tom@vc.example", "--no-password")
    reset(vc)
    assert run("strace", "-qq", "-o", str(log), VMAILCTL, *command).returncode == 0
    failures = 0
    for name, count in mutations(log):
        reset(vc)
        done = run("strace", "-qq", "-o", "/dev/null", "-e", f"inject={name}:error={error}:when={count}", VMAILCTL,
                   *command)
        passwd, shadow = names_in(vc)
        if "tom" in passwd:
            assert "tom" in shadow and (LINK / "tom" / "Maildir" / "new").is_dir(), (name, count)
        else:
            failures += 1
            assert done.returncode == UNAVAILABLE and done.stderr, (name, count)
            assert (passwd, shadow) == (["ann"], ["ann"]), (name, count)
            assert not (LINK / "tom").exists() or name in ("mkdirat", "fchown", "fchmod"), (name, count)
    assert failures > 5


def restored_maildir(uid):
    """A Maildir in the spool with mail of UID in cur/, itself still root's: as out of a backup."""
    maildir = pathlib.Path("/var/spool/vmail/vc.example/tom")
    shutil.rmtree(maildir, ignore_errors=True)
    (maildir / "cur").mkdir(parents=True)
    (maildir / "cur" / "1.one").write_text("precious")
    for path in (maildir / "cur", maildir / "cur" / "1.one"):
        os.chown(path, uid, uid)
    return maildir


def test_mail_that_was_there_outlives_an_add_whose_mailbox_cannot_be_made(vc):
    vc.conf("mailbox = maildir:/var/spool/vmail/%d/%u")
    maildir = restored_maildir(67536)
    (maildir / "new").symlink_to("/root")
    ctl_fails(UNAVAILABLE, "user", "add", "tom@vc.example", "--no-password")
    assert (maildir / "cur" / "1.one").read_text() == "precious"
    assert sorted(path.name for path in maildir.iterdir()) == ["cur", "new"]  # not tmp, which was made
    assert not (LINK / "tom").exists() and vc.shadow.read_text() == ""


def failing_renames(command, log, start):
    """Runs COMMAND, after start(), once for each of its renames, which fails; yields when the command did, too."""
    start()
    assert run("strace", "-qq", "-o", str(log), VMAILCTL, *command).returncode == 0
    for name, count in mutations(log):
        if name.startswith("rename"):
            start()
            done = run("strace", "-qq", "-o", "/dev/null", "-e", f"inject={name}:error=EIO:when={count}", VMAILCTL, *command)
            if done.returncode != DONE:
                yield name, count


def test_mail_that_was_there_outlives_an_add_whose_line_cannot_be_written(vc, tmp_path):
    vc.conf("mailbox = maildir:/var/spool/vmail/%d/%u")
    maildir = pathlib.Path("/var/spool/vmail/vc.example/tom")

    def start():
        reset(vc)
        restored_maildir(67541)  # the uid that he gets

    failures = 0
    for failure in failing_renames(("user", "add", "tom@vc.example", "--no-password"), tmp_path / "log", start):
        failures += 1
        assert (maildir / "cur" / "1.one").read_text() == "precious", failure
        assert [path.name for path in maildir.iterdir()] == ["cur"] and not (LINK / "tom").exists(), failure
        assert names_in(vc) == (["ann"], ["ann"]), failure
    assert failures == 2  # of the shadow file and the passwd file; the others are of indexes


@pytest.mark.parametrize("mailbox", ["maildir:~/mail/box/Maildir", "mbox:~/mail/inbox", "maildir:/var/spool/vmail/%d/%u",
                                     "mbox:/var/spool/vmail/%d/%u"])
@pytest.mark.parametrize("adopted", [False, True])
def test_an_add_that_fails_takes_back_what_it_has_made_and_no_more(vc, mailbox, adopted, tmp_path):
    vc.conf(f"mailbox = {mailbox}")
    command = "user", "add", "tom@vc.example", "--no-password", "--adopt-home"
    spool = pathlib.Path("/var/spool/vmail/vc.example")

    def start():
        reset(vc)
        shutil.rmtree(spool, ignore_errors=True)
        for path in (spool, LINK):
            path.mkdir(parents=True)
        if adopted:
            (LINK / "tom" / "empty").mkdir(parents=True)
            for path in (LINK / "tom", LINK / "tom" / "empty"):
                os.chown(path, 67541, 67541)

    start()
    before = tree(LINK) + tree(spool)
    failures = 0
    for failure in failing_renames(command, tmp_path / "log", start):
        failures += 1
        assert names_in(vc) == (["ann"], ["ann"]) and tree(LINK) + tree(spool) == before, failure
    assert failures == 2


def test_a_directory_that_is_put_in_the_place_of_a_new_one_is_not_given_away(vc, tmp_path):
    """Another of root's, with something in it, between mkdirat and openat: by who may write to the home."""
    home = LINK / "tom"
    (home / "roots").mkdir(parents=True)
    (home / "roots" / "file").write_text("")
    os.chown(home, 67536, 67536)
    log, made = tmp_path / "log", home / "Maildir"
    delay = "inject=mkdirat:delay_exit=2000000:when=2"
    command = ("strace", "-qq", "-o", str(log), "-e", delay, VMAILCTL, "user", "add", "tom@vc.example", "--no-password",
               "--adopt-home")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        adding = pool.submit(run, *command)
        while not made.exists() and not adding.done():
            time.sleep(0.01)
        os.rename(home / "roots", made)
        done = adding.result()
    assert done.returncode == UNAVAILABLE and "owned by somebody else" in done.stderr
    assert made.stat().st_uid == 0 and [path.name for path in made.iterdir()] == ["file"]


def test_a_full_disk_changes_nothing(vc):
    copy = pathlib.Path("/run/vmail-full")
    shutil.copytree(ETC, copy, symlinks=True)
    for path in copy.iterdir():
        os.chown(path, (ETC / path.name).stat().st_uid, (ETC / path.name).stat().st_gid)
    run("mount", "-t", "tmpfs", "-o", "size=256k,mode=755", "tmpfs", str(ETC), check=True)
    try:
        run("cp", "-a", f"{copy}/.", str(ETC), check=True)
        for name in ("@ids", "vc.example", "passwd.vc.example.new", "shadow.vc.example.new"):
            scenes.lock_file(name).touch(mode=0o600)
        with open(ETC / "ballast", "wb", buffering=0) as ballast, pytest.raises(OSError):
            while True:
                ballast.write(b"x" * 512)
        before = files(vc)
        assert "No space left" in ctl_fails(UNAVAILABLE, "user", "add", "tom@vc.example", "--no-password")
        assert files(vc) == before and not (LINK / "tom").exists()
    finally:
        run("umount", str(ETC), check=True)
        shutil.rmtree(copy)


def test_many_at_once_get_uids_of_their_own(vc, make_domain):
    make_domain("vd.example")
    make_domain("ve.example")
    names = [f"u{i}@{domain}" for domain in ("vc.example", "vd.example", "ve.example") for i in range(5)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        uids = list(pool.map(lambda name: add(name)["uid"], names))
    assert len(set(uids)) == len(names)
    assert len(lines(vc.passwd)) == len(lines(vc.shadow)) == 5


def test_the_same_user_twice_at_once_is_added_once(vc):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda _: ctl("user", "add", "tom@vc.example", "--no-password").returncode, range(4)))
    assert sorted(codes) == [DONE, EXISTS, EXISTS, EXISTS]
    assert len(lines(vc.passwd)) == len(lines(vc.shadow)) == 1
