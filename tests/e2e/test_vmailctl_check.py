# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmailctl check: what it finds, each thing broken on purpose, and what --repair takes away."""

import contextlib
import json
import mmap
import os
import pathlib
import re
import shutil

import pytest

import scene as scenes
from programs import EXAMPLES, out, run
from scene import ETC, TODAY, User, costly_hash, give_mail, hash_of, mode, shadow_group, write
from vmailctl import DONE, NEGATIVE, NO_SUCH, REFUSED, UNAVAILABLE, USAGE, VMAILCTL, VMAIL_ADMIN, ctl, ctl_fails, ctl_json, ctl_out, on_terminal

# Our own areas: the host that the tests run on is not set up as one of the other areas would have it.
AREAS = "files,ids,users,aliases,names,index"
CONF = """[vmail]
ids = 65536-99999
[domain va.example]
aliases = va.example.org
address = 127.0.0.2 ::2
ids = 70000-70999
[domain vb.example]
address = 127.0.0.3 ::3
ids = 71000-71999
[domain vc.example]
ids = 67536-67635
{}
"""
CACHE = pathlib.Path("/var/cache/vmail")


@pytest.fixture
def vc(make_domain, vmail_conf):
    """A healthy domain: tom and ann, with mail, and the group staff. conf(TEXT) adds lines to its section."""
    vmail_conf(CONF.format(""))
    for index in CACHE.glob("*"):  # of other tests' files
        index.unlink()
    domain = make_domain("vc.example", User("tom", 67536, "tom-secret"), User("ann", 67537, "ann-secret"),
                         groups="staff:x:67600:tom,ann\n")
    for user in domain.users.values():
        give_mail(user.login, user.uid, user.gid, user.home)
    domain.conf = lambda text: vmail_conf(CONF.format(text))
    domain.aliases = ETC / "aliases.vc.example"
    yield domain
    domain.aliases.unlink(missing_ok=True)
    for index in CACHE.glob("*"):
        index.unlink()
    for name in ("tom", "ann"):
        pathlib.Path(f"/var/mail/{name}@vc.example").unlink(missing_ok=True)


def findings(*arguments, code=NEGATIVE, **options):
    """What check finds, as JSON; CODE is how it must end."""
    done = ctl("--json", "check", *(arguments or ("--all",)), f"--area={AREAS}", **options)
    assert (done.returncode, done.stderr) == (code, ""), f"{done.returncode} {done.stdout} {done.stderr}"
    return json.loads(done.stdout)


def the_finding(*arguments, **options):
    """The one thing that is wrong."""
    found = findings(*arguments, **options)
    assert len(found) == 1, json.dumps(found, indent=1)
    return found[0]


def is_about(finding, severity, area, path=None, line=None, user=None, domain="vc.example"):
    got = tuple(finding[key] for key in ("severity", "area", "domain", "file", "line", "user"))
    return got == (severity, area, domain, None if path is None else str(path), line, user)


def append(path, text):
    """Adds to a file as an editor does, with its mode and owner as they are."""
    before, status = path.read_text() if path.exists() else "", path.stat() if path.exists() else None
    write(path, before + text, (status.st_mode & 0o7777) if status else 0o644, status.st_gid if status else 0)


def replace(path, old, new):
    text = path.read_text()
    assert old in text
    write(path, text.replace(old, new, 1), path.stat().st_mode & 0o7777, path.stat().st_gid)


# the command


def test_a_healthy_host_has_no_finding(vc):
    assert ctl("check", f"--area={AREAS}").stdout == "no problems found\n"
    assert ctl_out("--json", "check", "--all", f"--area={AREAS}") == "[]\n"
    assert ctl_out("check", "vc.example", "va.example", "vc.example", f"--area={AREAS}") == "no problems found\n"


def test_text_tells_file_line_what_to_do_and_how_many(vc):
    add_user(vc, "mail", 67538)
    append(vc.passwd, "tim:x:67538\n")
    done = ctl("check", f"--area={AREAS}")
    assert (done.returncode, done.stderr) == (NEGATIVE, "")
    assert done.stdout == """vc.example: files
  error: /etc/vmail/passwd.vc.example:4: expected 7 fields, see passwd(5): this line is ignored
    fix or remove it; see vmail(5) for the format

vc.example: names
  note: /etc/vmail/passwd.vc.example:3: a system user is also called mail: a plain mail always means the system user
    use mail@vc.example everywhere, or rename the user

1 error, 0 warnings, 1 note
"""


def test_a_note_alone_is_no_reason_to_fail(vc):
    add_user(vc, "mail", 67538)
    assert the_finding(code=DONE)["severity"] == "note"


def test_only_the_domains_that_are_named_are_checked(vc):
    append(vc.passwd, "tim:x:67538\n")
    assert findings("va.example", "vb.example", code=DONE) == []
    assert len(findings("VC.example")) == 1
    assert len(findings("va.example.org", "vc.example")) == 1


def test_only_the_areas_that_are_named_are_checked(vc):
    append(vc.passwd, "tim:x:67538\n")
    assert ctl_out("check", "--area=names,users") == "no problems found\n"
    assert ctl("check", "--area=files").returncode == NEGATIVE


@pytest.mark.parametrize("arguments, code, text", [
    (("nosuch.example",), NO_SUCH, "nosuch.example"), (("--area=filse",), USAGE, "did you mean 'files'"),
    (("--area=files,",), USAGE, "no such area: ''"), (("--all", "vc.example"), USAGE, "cannot be combined"),
    (("a@b",), USAGE, ""),
])
def test_bad_arguments_are_told(vc, arguments, code, text):
    assert text in ctl_fails(code, "check", *arguments)


def test_the_advice_on_a_hash_in_the_passwd_file_leaves_the_user_a_password(vc):
    replace(vc.passwd, "tom:x:", f"tom:{hash_of('tom-secret')}:")
    found = the_finding()
    assert is_about(found, "warning", "users", vc.passwd, 1, "tom") and "vmailctl user passwd" in found["to_do"]
    ctl_out("user", "passwd", "tom@vc.example", "--password-stdin", input="another\n")
    assert findings(code=DONE) == []
    stored = vc.shadow.read_text().split(":")[1]
    assert hash_of("another", stored) == stored


def test_a_wrong_line_of_the_retired_ids_is_found(vc):
    path = ETC / "retired_ids"
    write(path, "80000\n80001-\n")
    found = the_finding()
    assert is_about(found, "error", "ids", path, 2, domain=None) and "fix the line" in found["to_do"]


@pytest.mark.parametrize("kind, line", [("passwd", "tim:x:65537:65537::/vhome/vc.example/tim:/bin/false"), ("group", "crew:x:65537:")])
def test_ids_that_are_a_system_account_s_in_16_bits_are_warned_of(vc, kind, line):
    if kind == "passwd":
        add_user(vc, "tim", 65537)
    else:
        append(vc.group, line + "\n")
    path = getattr(vc, kind)
    low = [found for found in findings() if "16 bits" in found["what"]]
    assert len(low) == 1 and is_about(low[0], "warning", "ids", path, len(path.read_text().splitlines()))
    assert "65537" in low[0]["what"] and "vmailctl domain set vc.example ids" in low[0]["to_do"]


def test_hostile_text_does_not_reach_the_terminal(vc):
    append(vc.aliases, 'list: "a\x1b[31mb"\n')
    write(ETC / "passwd.evil\x1b[2J", "")
    try:
        done = ctl("check", f"--area={AREAS}")
        assert done.returncode == NEGATIVE and "\x1b" not in done.stdout and "\\x1b[2J" in done.stdout
    finally:
        (ETC / "passwd.evil\x1b[2J").unlink()


def test_of_very_many_findings_the_first_are_printed_and_all_are_counted(vc):
    append(vc.passwd, "broken\n" * 1000)
    shown = ctl("check", f"--area={AREAS}").stdout
    assert shown.count("expected 7 fields") == 100 and "900 more like these" in shown and "1000 errors" in shown
    assert len(findings()) == 1000  # programs get them all


def test_very_many_files_left_behind_are_summed_up(vc):
    """The directory lists them between passwd files that were set aside."""
    left = [ETC / f"passwd.v{i}.example.new" for i in range(150)] + [ETC / f".passwd.w{i}.example.gone" for i in range(150)]
    left[:150] = [path.with_name("." + path.name) for path in left[:150]]
    try:
        for path in left:
            path.write_text("")
        shown = ctl("check", "--area=files").stdout
        assert shown.count("left behind by an interrupted change") == 100 and "50 more like these" in shown
    finally:
        for path in left:
            path.unlink()


def test_very_many_findings_of_one_kind_hide_none_of_another(vc):
    """In one file, in turn: users without a home, and one without a line in the shadow file."""
    for i in range(150):
        append(vc.passwd, f"u{i}:x:{67540 + i % 60}:67540::/nonexistent/u{i}:/bin/false\n")
        if i != 140:
            append(vc.shadow, f"u{i}:!:1::::::\n")
    shown = ctl("check", f"--area={AREAS}").stdout
    assert shown.count("/nonexistent/") == 100 and "50 more like these" in shown
    found = findings()
    assert sum("/nonexistent/" in finding["what"] for finding in found) == 150
    lacking = [finding for finding in found if finding["user"] == "u140" and "shadow" in finding["what"]]
    assert len(lacking) == 1 and lacking[0]["what"] in shown


# files


@pytest.mark.parametrize("kind", ["passwd", "shadow", "group"])
def test_a_file_that_others_may_write_is_an_error(vc, kind):
    path = getattr(vc, kind)
    path.chmod(0o664)
    found = [finding for finding in findings() if finding["area"] == "files"]
    assert len(found) == 1 and is_about(found[0], "error", "files", path)
    advice = f"chmod 640 {path}, then change the passwords: anyone could have read the hashes" if kind == "shadow" else f"chmod go-w {path}"
    assert "writable by its group" in found[0]["what"] and advice in found[0]["to_do"]


def test_a_file_of_another_owner_is_an_error(vc):
    os.chown(vc.group, 1001, 0)
    found = the_finding()
    assert is_about(found, "error", "files", vc.group) and "owned by uid 1001" in found["what"]


def test_a_home_is_not_to_be_given_to_a_uid_that_is_another_users(vc):
    """tom has ann's uid by a slip; the advice must not give tom's mail to her."""
    tom, ann = vc["tom"], vc["ann"]
    give_mail(tom.login, tom.uid, tom.uid, tom.home)
    write(vc.passwd, vc.passwd.read_text().replace(f"tom:x:{tom.uid}:{tom.uid}:", f"tom:x:{ann.uid}:{ann.uid}:"))
    found = [finding for finding in findings() if tom.home in finding["what"]]
    assert found and all("another user also has uid" in finding["to_do"] and "chown" not in finding["to_do"] for finding in found)


def test_hashes_that_everybody_can_read_are_an_error(vc):
    vc.shadow.chmod(0o644)
    found = the_finding()
    assert is_about(found, "error", "files", vc.shadow) and "readable by everybody" in found["what"]


def test_hashes_that_a_group_can_read_are_a_warning(vc):
    os.chown(vc.shadow, 0, 1001)
    found = the_finding()
    assert is_about(found, "warning", "files", vc.shadow) and "group 1001" in found["what"]


def test_users_that_nobody_can_look_up_are_an_error(vc):
    vc.passwd.chmod(0o600)
    found = the_finding()
    assert is_about(found, "error", "files", vc.passwd) and "not readable by everybody" in found["what"]


def test_a_directory_that_others_may_write_is_an_error(vc):
    ETC.chmod(0o777)
    try:
        found = findings()
    finally:
        ETC.chmod(0o755)
    assert len(found) == 1 and is_about(found[0], "error", "files", ETC, domain=None)


def test_a_vmail_conf_that_is_not_trusted_is_an_error_and_not_the_end(vc):
    (ETC / "vmail.conf").chmod(0o666)
    found = the_finding()
    assert is_about(found, "error", "files", ETC / "vmail.conf", domain=None) and "writable" in found["what"]


def test_each_wrong_line_of_vmail_conf_is_an_error(vc):
    vc.conf("nosuchkey = 1\nmax_users = many")
    found = findings()
    assert [finding["line"] for finding in found] == [12, 13]
    assert all(is_about(finding, "error", "files", ETC / "vmail.conf", finding["line"], domain=None) for finding in found)


@pytest.mark.parametrize("name", ["passwd.vc.example.bak", "passwd.VC.example", "passwd.", "shadow.gone.example"])
def test_a_file_that_makes_no_domain_is_a_warning(vc, name):
    path = write(ETC / name, "")
    try:
        assert is_about(the_finding(), "warning", "files", path, domain=None)
    finally:
        path.unlink()


@pytest.mark.parametrize("kind, line, what", [
    ("passwd", "tim:x:67538", "7 fields"), ("passwd", "tim:x:a:67538:::", "numbers"), ("passwd", "t m:x:67538:67538:::", "name"),
    ("passwd", "tim:x:67538:67538:\x07::", "control character"), ("shadow", "tim:x:1", "9 fields"),
    ("shadow", "tim:!:many::::::", "days"), ("group", "crew:x", "4 fields"), ("group", "crew:x:-1:", "gid"),
])
def test_a_broken_line_is_an_error_with_its_number(vc, kind, line, what):
    path = getattr(vc, kind)
    append(path, line + "\n")
    found = the_finding()
    assert is_about(found, "error", "files", path, 2 if kind == "group" else 3) and what in found["what"]


def test_a_comment_is_nothing_and_an_empty_line_a_note(vc):
    append(vc.passwd, "# nobody:x:1:1:::\n")
    assert findings(code=DONE) == []
    append(vc.passwd, "\n")
    assert is_about(the_finding(code=DONE), "note", "files", vc.passwd, 4)


@pytest.mark.parametrize("kind, line", [
    ("passwd", "Tom:x:67538:67538::/vhome/vc.example/tom:/bin/false"), ("shadow", "tom:!:::::::"), ("group", "staff:x:67601:")])
def test_a_name_that_stands_twice_is_an_error(vc, kind, line):
    path = getattr(vc, kind)
    append(path, line + "\n")
    found = [finding for finding in findings() if finding["area"] == "files"]
    assert len(found) == 1 and found[0]["line"] == len(path.read_text().splitlines())
    assert "already defined in line 1" in found[0]["what"]


def test_a_line_that_is_too_long_is_an_error(vc):
    append(vc.passwd, f"tim:x:67538:67538:{'x' * (1 << 20)}::\n# the end\n")
    found = [finding for finding in findings() if finding["area"] == "files"]
    assert len(found) == 1 and is_about(found[0], "error", "files", vc.passwd, 3) and "longer than" in found[0]["what"]


def test_a_broken_alias_is_an_error_with_its_line(vc):
    write(vc.aliases, "# aliases\n\nsales: tom\nhelp\nvoid:\n")
    found = findings()
    assert [(finding["severity"], finding["area"], finding["line"]) for finding in found] == [("error", "files", 4), ("error", "files", 5)]
    vc.aliases.chmod(0o666)
    found = the_finding()
    assert is_about(found, "error", "files", vc.aliases) and "writable by others" in found["what"]


def test_a_section_without_a_passwd_file_is_a_note(vc):
    vc.conf("[domain vd.example]\n")
    found = the_finding(code=DONE)
    assert is_about(found, "note", "files", ETC / "passwd.vd.example", domain="vd.example")


# ids


def test_an_id_out_of_range_is_an_error(vc):
    append(vc.passwd, "tim:x:5000:67538::/vhome/vc.example/tom:/bin/false\n")
    append(vc.group, "crew:x:100000:\n")
    append(vc.shadow, "tim:!:::::::\n")
    first, second = findings()
    assert is_about(first, "error", "ids", vc.passwd, 3, "tim") and "uid 5000 is outside `ids`" in first["what"]
    assert is_about(second, "error", "ids", vc.group, 2) and "gid 100000 is outside" in second["what"]


def add_user(domain, name, uid, gid=None, home=None, **options):
    domain.add(User(name, uid, f"{name}-secret", gid=gid, home=home, **options))
    domain.write()
    if home is None:
        give_mail(domain[name].login, uid, domain[name].gid, domain[name].home)


def test_a_uid_in_another_domains_block_is_an_error(vc):
    add_user(vc, "tim", 70164)
    found = the_finding()
    assert is_about(found, "error", "ids", vc.passwd, 3, "tim") and "the block of va.example" in found["what"]


def test_a_uid_outside_the_block_of_the_domain_is_an_error(vc):
    add_user(vc, "tim", 79000)
    found = the_finding()
    assert is_about(found, "error", "ids", vc.passwd, 3, "tim") and "not in the block of vc.example" in found["what"]
    assert run("getent", "passwd", "tim@vc.example").returncode == 0 and run("getent", "passwd", "79000").returncode == 2


def test_a_misspelt_header_is_the_error_and_not_the_ids_of_all_users(vc, vmail_conf):
    vmail_conf(CONF.format("").replace("[domain vc.example]", "[domain vc.exmaple]"))
    found = [finding for finding in findings() if finding["area"] == "ids"]
    assert len(found) == 1 and is_about(found[0], "error", "ids", ETC / "vmail.conf", 10) and "write  [domain vc.example]" in found[0]["to_do"]


def test_a_uid_that_two_users_of_a_domain_have_is_an_error(vc):
    add_user(vc, "tim", 67536)
    found = the_finding()
    assert is_about(found, "error", "ids", vc.passwd, 3, "tim") and "also belongs to tom@vc.example" in found["what"]


def test_a_uid_that_users_of_two_domains_have_is_an_error(vc):
    add_user(vc, "tim", 71000)
    for domain in ("--all", "vc.example"):
        errors = [finding for finding in findings(domain) if finding["severity"] == "error"]
        assert all(is_about(error, "error", "ids", vc.passwd, 3, "tim") for error in errors)
        assert ["block of vb.example" in error["what"] for error in errors] == [True, False]
        assert "also belongs to bob@vb.example" in errors[1]["what"]


def test_a_uid_of_the_system_is_an_error(vc):
    run("useradd", "--uid", "67538", "--no-create-home", "zoe", check=True)
    try:
        add_user(vc, "tim", 67538)
        errors = [finding for finding in findings() if finding["severity"] == "error"]
        assert len(errors) == 1 and "belongs to the system user zoe" in errors[0]["what"]
    finally:
        run("userdel", "zoe", check=True)


def test_a_block_within_subordinate_ids_is_a_warning(vc):
    path = pathlib.Path("/etc/subuid")
    before = path.read_text() if path.exists() else ""
    path.write_text(before + "zoe:67600:10\n")
    try:
        found = the_finding()
    finally:
        path.write_text(before)
    assert is_about(found, "warning", "ids", ETC / "vmail.conf", 10) and "zoe in /etc/subuid" in found["what"]


def test_more_users_than_max_users_are_a_warning(vc):
    vc.conf("max_users = 1")
    found = the_finding()
    assert is_about(found, "warning", "ids", ETC / "vmail.conf", 10) and "2 users, but max_users is 1" in found["what"]


def test_a_primary_group_of_another_domain_is_an_error(vc):
    add_user(vc, "tim", 67538, gid=70064)
    errors = [finding for finding in findings() if finding["severity"] == "error"]
    assert len(errors) == 1 and is_about(errors[0], "error", "ids", vc.passwd, 3, "tim")
    assert "the group staff@va.example" in errors[0]["what"]


def test_a_primary_group_that_is_another_users_is_a_warning(vc):
    add_user(vc, "tim", 67538, gid=67536)
    found = the_finding()
    assert is_about(found, "warning", "ids", vc.passwd, 3, "tim") and "private group of tom@vc.example" in found["what"]


def test_a_primary_group_that_is_not_there_is_a_warning(vc):
    add_user(vc, "tim", 67538, gid=67599)
    found = the_finding()
    assert is_about(found, "warning", "ids", vc.passwd, 3, "tim") and "no group has gid 67599" in found["what"]


def test_a_primary_group_of_the_domain_is_good(vc):
    add_user(vc, "tim", 67538, gid=67600)
    assert findings(code=DONE) == []


def test_a_group_with_the_gid_of_a_private_group_is_a_warning(vc):
    append(vc.group, "crew:x:67536:\n")
    found = the_finding()
    assert is_about(found, "warning", "ids", vc.passwd, 1, "tom") and "gid 67536 is the group crew@vc.example" in found["what"]
    replace(vc.group, "crew", "tom")
    assert findings(code=DONE) == []


def test_a_gid_that_two_groups_have_is_an_error(vc):
    append(vc.group, "crew:x:67600:\n")
    found = the_finding()
    assert is_about(found, "error", "ids", vc.group, 2) and "also belongs to staff@vc.example" in found["what"]


def test_a_gid_of_a_private_group_elsewhere_is_an_error(vc):
    append(vc.group, "crew:x:71000:\n")
    errors = [finding["what"] for finding in findings() if finding["severity"] == "error"]
    assert len(errors) == 2 and "also belongs to the user bob@vb.example" in errors[1]


# users


def test_a_user_without_a_password_line_is_a_warning(vc):
    replace(vc.shadow, vc["ann"].shadow_line + "\n", "")
    found = the_finding()
    assert is_about(found, "warning", "users", vc.passwd, 2, "ann") and "vmailctl user passwd" in found["to_do"]


def test_a_password_line_without_a_user_is_a_warning(vc):
    append(vc.shadow, "tim:!:::::::\n")
    found = the_finding()
    assert is_about(found, "warning", "users", vc.shadow, 3, "tim") and "--repair" in found["to_do"]


def test_a_password_line_of_a_user_who_is_commented_out_is_none_too_many(vc):
    replace(vc.passwd, "ann:", "#ann:")
    replace(vc.group, "tom,ann", "tom")
    assert findings(code=DONE) == []


def test_without_a_shadow_file_there_is_one_warning_for_all(vc):
    vc.shadow.unlink()
    assert is_about(the_finding(), "warning", "users", vc.shadow)


def test_a_directory_above_a_home_that_the_user_cannot_enter_is_an_error_told_once(vc):
    above = pathlib.Path("/vhome/vc.example")
    for bits, group, good in ((0o770, 0, False), (0o750, 67600, True), (0o711, 0, True)):
        os.chown(above, 0, group)
        with mode(above, bits):
            if good:
                assert findings(code=DONE) == []
            else:
                found = the_finding()
                assert is_about(found, "error", "users", vc.passwd, 1, "tom") and f"below {above}," in found["what"]
                assert found["to_do"] == f"run chmod o+x {above}"
    os.chown(above, 0, 0)


def test_a_home_that_root_owns_as_a_chroot_is_good_while_the_mailbox_is_there(vc):
    home = pathlib.Path(vc["tom"].home)
    os.chown(home, 0, 0)
    with mode(home, 0o755):
        assert findings(code=DONE) == []
        shutil.rmtree(home / "Maildir", ignore_errors=True)
        found = the_finding()
        assert is_about(found, "error", "users", vc.passwd, 1, "tom") and "cannot create it" in found["what"]
    with mode(home, 0o775):
        assert "owned by uid 0" in json.dumps(findings())


def test_etc_vmail_that_is_root_s_alone_is_an_error(vc):
    for bits in (0o700, 0o711, 0o754):
        with mode(ETC, bits):
            found = the_finding()
        assert is_about(found, "error", "files", ETC, domain=None) and found["to_do"] == "run chmod 755 /etc/vmail"


def test_without_etc_vmail_check_says_what_makes_it_and_domain_add_does(vc):
    shutil.move(ETC, "/etc/vmail.away")
    try:
        done = ctl("check", "--dns=no")
        assert done.returncode == NEGATIVE and "no such directory" in done.stdout and "vmailctl domain add" in done.stdout
        assert done.stderr == "" and "memory" not in done.stdout
        assert "would be created" in ctl_fails(UNAVAILABLE, "--dry-run", "domain", "add", "vn.example") and not ETC.exists()
        ctl_out("domain", "add", "vn.example")
        assert ETC.stat().st_mode & 0o7777 == 0o755
        ctl_out("user", "add", "tom@vn.example", "--no-password")
        assert out("id", "-u", "tom@vn.example") == "70000"
    finally:
        shutil.rmtree(ETC, ignore_errors=True)
        shutil.rmtree("/vhome/vn.example", ignore_errors=True)
        shutil.move("/etc/vmail.away", ETC)


def test_a_password_in_clear_is_not_taken_for_an_old_hash(vc):
    replace(vc.shadow, vc["tom"].hash, "hunter2secret-")
    found = the_finding()
    assert is_about(found, "warning", "users", vc.shadow, 1, "tom") and "crypt(3) does not support this hash" in found["what"]
    assert "hunter2" not in json.dumps(found)


def test_a_password_that_was_changed_in_the_future_is_a_warning(vc):
    text, count = re.subn(r"^(tom:[^:]*):\d+:", rf"\1:{TODAY + 1000}:", vc.shadow.read_text(), flags=re.M)
    assert count == 1
    write(vc.shadow, text, 0o640, shadow_group())
    found = the_finding()
    assert is_about(found, "warning", "users", vc.shadow, 1, "tom") and f"day {TODAY + 1000}" in found["what"]


def test_a_hash_that_costs_more_than_a_login_may_is_a_warning(vc):
    replace(vc.shadow, vc["tom"].hash, costly_hash())
    found = the_finding()
    assert is_about(found, "warning", "users", vc.shadow, 1, "tom") and "the hash takes too long to check" in found["what"]


def test_no_hash_is_ever_printed(vc):
    replace(vc.passwd, "tom:x:", f"tom:{vc['tom'].hash}:")
    append(vc.shadow, f"tim:{vc['ann'].hash}:x:::::\nzoe:{vc['ann'].hash}:::::::\n")
    for options in ((), ("--json",)):
        done = ctl("check", f"--area={AREAS}", *options)
        assert done.returncode == NEGATIVE and vc["tom"].hash not in done.stdout and vc["ann"].hash not in done.stdout
    assert vc["ann"].hash not in ctl("-y", "--dry-run", "check", "--repair").stdout


def test_a_hash_that_everybody_can_read_is_a_warning(vc):
    replace(vc.passwd, "tom:x:", f"tom:{vc['tom'].hash}:")
    assert is_about(the_finding(), "warning", "users", vc.passwd, 1, "tom")


@pytest.mark.parametrize("hash, severity", [("", "warning"), ("$9$nosuch", "warning"), ("!", None), ("$1$salt$", "note")])
def test_a_hash_that_is_no_good_is_told(vc, hash, severity):
    stored = hash_of("ann-secret", hash) if hash.startswith("$1$") else hash
    replace(vc.shadow, vc["ann"].hash, stored)
    if severity is None:
        assert findings(code=DONE) == []
    else:
        assert is_about(the_finding(code=DONE if severity == "note" else NEGATIVE), severity, "users", vc.shadow, 2, "ann")


def test_a_missing_home_is_a_warning(vc):
    shutil.rmtree(vc["tom"].home)
    found = the_finding()
    assert is_about(found, "warning", "users", vc.passwd, 1, "tom") and f"{vc['tom'].home} is missing" in found["what"]


def test_a_home_of_somebody_else_is_an_error(vc):
    os.chown(vc["tom"].home, 67537, 67537)
    found = the_finding()
    assert is_about(found, "error", "users", vc.passwd, 1, "tom") and "is owned by uid 67537" in found["what"]


@pytest.mark.parametrize("mode, who", [(0o770, "its group"), (0o777, "everybody")])
def test_a_home_that_others_may_write_is_an_error(vc, mode, who):
    pathlib.Path(vc["tom"].home).chmod(mode)
    found = the_finding()
    assert is_about(found, "error", "users", vc.passwd, 1, "tom") and f"writable by {who}" in found["what"]


@pytest.mark.parametrize("name", ["$(id)", "a;reboot", "|id", "*", "o'brien"])
def test_a_path_in_a_command_to_paste_is_quoted_for_the_shell(vc, name):
    user = User(name, 67540, "secret")
    vc.add(user)
    vc.write()
    give_mail(user.login, user.uid, user.gid, user.home)
    os.chown(user.home, 67541, 67541)
    pathlib.Path(user.home).chmod(0o777)
    to_do = [found["to_do"] for found in findings() if found["area"] == "users" and found["user"] == name]
    pathlib.Path(f"/var/mail/{user.login}").unlink(missing_ok=True)
    quoted = "'" + user.home.replace("'", "'\\''") + "'"
    assert to_do == [f"if everything in it belongs to the user, run chown -R 67540:67540 {quoted}", f"run chmod go-w {quoted}"]


def test_a_home_that_is_a_file_is_an_error(vc):
    home = pathlib.Path(vc["tom"].home)
    shutil.rmtree(home)
    home.write_text("")
    assert "is not a directory" in the_finding()["what"]


def test_a_home_behind_a_link_of_roots_is_looked_at(vc):
    home = pathlib.Path(vc["tom"].home)
    elsewhere = home.rename(home.with_name("elsewhere"))
    home.symlink_to(elsewhere)
    assert findings(code=DONE) == []
    elsewhere.chmod(0o777)
    assert "writable by everybody" in the_finding()["what"]
    shutil.rmtree(elsewhere)
    assert "a dangling symbolic link" in the_finding()["what"]


def test_a_missing_mailbox_is_a_note_and_a_foreign_one_an_error(vc):
    maildir = pathlib.Path(vc["tom"].home) / "Maildir"
    os.chown(maildir, 0, 0)
    found = the_finding()
    assert is_about(found, "error", "users", vc.passwd, 1, "tom") and f"{maildir} is owned by uid 0" in found["what"]
    shutil.rmtree(maildir)
    found = the_finding(code=DONE)
    assert is_about(found, "note", "users", vc.passwd, 1, "tom") and f"{maildir} is missing" in found["what"]


def test_a_spool_mailbox_is_looked_at_where_vmail_conf_says_it_is(vc):
    vc.conf("mailbox = mbox:/var/mail/%u@%d")
    assert findings(code=DONE) == []
    mbox = pathlib.Path("/var/mail/tom@vc.example")
    mbox.chmod(0o666)
    assert f"{mbox} is writable by everybody" in the_finding()["what"]


def test_a_mailbox_path_that_users_of_one_name_share_is_a_warning(vc):
    for user in vc.users.values():
        mbox = pathlib.Path("/var/mail", user.name)
        mbox.write_text("")
        os.chown(mbox, user.uid, user.gid)
    try:
        vc.conf("mailbox = mbox:/var/mail/%u")
        found = the_finding()
        assert is_about(found, "warning", "files", ETC / "vmail.conf") and "a system user, may share a mailbox" in found["what"]
        assert findings("va.example", code=DONE) == []
        vc.conf("mailbox = mbox:~/mbox")
        assert "warning" not in {finding["severity"] for finding in findings(code=DONE)}
    finally:
        for name in vc.users:
            pathlib.Path("/var/mail", name).unlink()


def test_a_member_who_is_no_user_is_a_warning(vc):
    replace(vc.group, "tom,ann", "tom,gone,ANN")
    found = the_finding()
    assert is_about(found, "warning", "users", vc.group, 1) and "the member gone" in found["what"]


# aliases


@pytest.mark.parametrize("text, lines", [
    ("a: b\nb: a\n", [2]), ("a: b\nb: c\nc: a, tom\n", [3]), ("a: a\n", [1]), ("a: b\nb: A@VC.Example\n", [2]),
    ("a: tom, b\nb: ann, b\n", [2]),
])
def test_a_loop_is_an_error(vc, text, lines):
    write(vc.aliases, text)
    found = findings()
    assert [finding["line"] for finding in found] == lines
    assert all(is_about(finding, "error", "aliases", vc.aliases, finding["line"]) for finding in found)


def test_a_loop_through_another_domain_is_found(vc):
    other = write(ETC / "aliases.vb.example", "b: a@vc.example\n")
    write(vc.aliases, "a: b@vb.example\n")
    try:
        assert "loop" in the_finding()["what"]
        assert "loop" in the_finding("vc.example")["what"]
        assert "loop" in the_finding("vb.example")["what"]
        assert findings("va.example", code=DONE) == []
    finally:
        other.unlink()


def test_aliases_without_a_loop_are_good(vc):
    write(vc.aliases, "all: tom, ann, sales\nsales: ann, Tom@vc.example\nout: bob@elsewhere.example\ntom: tom, ann\n"
                      "bob: bob@va.example.org\n")
    assert findings(code=DONE) == []


def test_a_chain_as_long_as_the_file_is_followed(vc):
    count = 50000
    write(vc.aliases, "".join(f"a{i}: a{i + 1}\n" for i in range(count)) + f"a{count}: a0\n")
    assert is_about(the_finding(), "error", "aliases", vc.aliases, count + 1)


def test_a_target_that_is_nobody_is_a_warning(vc):
    write(vc.aliases, "a: nobody1, tom\nb: nobody2@va.example\n")
    first, second = findings()
    assert is_about(first, "warning", "aliases", vc.aliases, 1) and "nobody1 is neither a user nor an alias" in first["what"]
    assert is_about(second, "warning", "aliases", vc.aliases, 2) and "nobody2@va.example is neither a user nor an alias" in second["what"]
    vc.conf("fallback = tom")
    assert len(findings()) == 1


def test_a_target_that_is_nothing_is_an_error(vc):
    write(vc.aliases, 'a: "to m"\n')
    assert is_about(the_finding(), "error", "aliases", vc.aliases, 1)


def test_programs_files_and_lists_are_notes(vc):
    write(vc.aliases, 'a: "|/usr/bin/true"\nb: /var/tmp/b\nc: :include:/etc/list\n')
    assert [(finding["severity"], finding["line"]) for finding in findings(code=DONE)] == [("note", 1), ("note", 2), ("note", 3)]


def test_an_alias_with_the_name_of_a_user_is_a_note(vc):
    write(vc.aliases, "tom: ann\n")
    found = the_finding(code=DONE)
    assert is_about(found, "note", "aliases", vc.aliases, 1) and "the alias takes precedence" in found["what"]


def test_an_alias_that_stands_twice_is_a_warning(vc):
    more = write("/etc/aliases.more", "Sales: tom\n")
    vc.conf(f"alias_files = {more}")
    write(vc.aliases, "help: tom\nsales: ann\nhelp: ann\n")
    try:
        first, second = findings()
    finally:
        more.unlink()
    assert is_about(first, "warning", "aliases", vc.aliases, 3) and f"{vc.aliases}:1" in first["what"]
    assert is_about(second, "warning", "aliases", more, 1) and f"{vc.aliases}:2" in second["what"]


def test_a_fallback_that_is_nobody_is_a_warning(vc):
    vc.conf("fallback = nobody1")
    found = the_finding()
    assert is_about(found, "warning", "aliases", ETC / "vmail.conf", 10) and "nobody1" in found["what"]
    vc.conf("fallback = tom")
    assert findings(code=DONE) == []


# names


@pytest.mark.parametrize("name", ["root", "Mail", "daemon"])
def test_a_user_with_the_name_of_a_system_account_is_a_note(vc, name):
    add_user(vc, name, 67538)
    found = the_finding(code=DONE)
    assert is_about(found, "note", "names", vc.passwd, 3, name.lower()) and f"a system user is also called {name}" in found["what"]


def test_an_alias_is_no_user_s_where_the_users_are_not_known(vc):
    vc.aliases.write_text("postmaster: tom\n")
    vc.passwd.chmod(0o666)
    assert not [finding for finding in findings() if finding["area"] == "aliases" and "is also a user" in finding["what"]]


@pytest.mark.parametrize("file, line, command", [("passwd", "fresh@vc.example:x:1999:1999::/:/bin/sh\n", "userdel fresh@vc.example"),
                                                 ("group", "ops@vc.example:x:1999:\n", "groupdel ops@vc.example")])
def test_a_name_of_the_system_that_is_one_of_a_domain_is_an_error(vc, file, line, command):
    path = pathlib.Path("/etc", file)
    before = path.read_text()
    write(path, before + line)
    try:
        found = the_finding()
    finally:
        write(path, before)
    assert (found["severity"], found["area"], found["file"], found["line"]) == ("error", "names", str(path), len(before.splitlines()) + 1)
    assert command in found["to_do"]


@pytest.mark.parametrize("member, what, to_do", [
    ("TOM@vc.example", "is ignored", "write tom@vc.example"), ("tom@va.example.org", "is ignored", "write tom@va.example"),
    ("gone@vc.example", "who does not exist", "gpasswd -d gone@vc.example ops")])
def test_a_member_of_a_group_of_the_system_that_does_not_count_is_a_warning(vc, member, what, to_do):
    path = pathlib.Path("/etc/group")
    before = path.read_text()
    write(path, before + f"ops:x:1999:bob,tom@vc.example,{member},tom,x@nosuch.example\n")
    try:
        found = the_finding()
    finally:
        write(path, before)
    assert (found["severity"], found["area"], found["line"]) == ("warning", "names", len(before.splitlines()) + 1)
    assert what in found["what"] and member in found["what"] and to_do in found["to_do"]


def test_an_ordinary_user_of_the_system_may_have_the_same_name(vc):
    add_user(vc, "sue", 67538)
    assert findings(code=DONE) == []


def test_a_name_with_a_separator_is_an_error(vc):
    add_user(vc, "t%m", 67538)
    assert findings(code=DONE) == []
    write(ETC / "vmail.conf", (ETC / "vmail.conf").read_text().replace("[vmail]\n", "[vmail]\nseparators = %\n"))
    found = [finding for finding in findings() if finding["area"] == "names"]
    assert len(found) == 1 and is_about(found[0], "error", "names", vc.passwd, 3, "t%m")


# indexes


def test_indexes_that_are_right_are_good_and_old_ones_a_note(vc):
    ctl_out("index")
    assert findings(code=DONE) == []
    append(vc.passwd, "# changed\n")
    found = the_finding(code=DONE)
    assert is_about(found, "note", "index", vc.passwd) and "out of date" in found["what"] and "vmailctl index" in found["to_do"]


def test_a_damaged_index_is_a_warning(vc):
    ctl_out("index")
    path = CACHE / "passwd.vc.example.cdb"
    data = path.read_bytes()
    path.write_bytes(data[:len(data) // 2])
    assert is_about(the_finding(), "warning", "index", vc.passwd)


@contextlib.contextmanager
def changed_without_a_trace(path, before, after):
    """PATH says AFTER, and its time stamps tell nothing: what mmap(2) does until the page is written back."""
    with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        mapped[0:1] = mapped[0:1]
        ctl_out("index", "--anew")
        stamps = os.stat(path).st_mtime_ns, os.stat(path).st_ctime_ns
        at = mapped.find(before)
        mapped[at:at + len(before)] = after
        assert (os.stat(path).st_mtime_ns, os.stat(path).st_ctime_ns) == stamps
        yield


def test_an_index_that_is_wrong_without_a_trace_is_an_error_and_repair_makes_it_anew(vc):
    with changed_without_a_trace(vc.passwd, b"/bin/false", b"/bin/FALSE"):
        assert out("getent", "passwd", "tom@vc.example").endswith("/bin/false")  # the index is trusted
        done = ctl("--json", "index", "--verify", "vc.example")
        states = {row["index"]: row["state"] for row in json.loads(done.stdout)}
        assert done.returncode == NEGATIVE and states["passwd.vc.example"] == "wrong" and states["shadow.vc.example"] == "current"
        assert "vmailctl index --anew" in done.stderr
        found = findings()
        assert is_about(found[-1], "error", "index", vc.passwd) and "--anew" in found[-1]["to_do"]
        assert "indexes" in repair()
        assert out("getent", "passwd", "tom@vc.example").endswith("/bin/FALSE")
        assert ctl("index", "--verify").returncode == DONE
    assert not list(pathlib.Path("/var/tmp").glob("vmail-index-*"))


def test_verify_and_anew_are_not_both_taken(vc):
    ctl_fails(USAGE, "index", "--verify", "--anew")


def test_verify_tells_which_index_is_not_used_and_makes_none(vc):
    ctl_out("index")
    append(vc.passwd, "# changed\n")
    before = (CACHE / "passwd.vc.example.cdb").read_bytes()
    assert {"index": "passwd.vc.example", "state": "not used"} in ctl_json("index", "--verify")
    assert (CACHE / "passwd.vc.example.cdb").read_bytes() == before


def test_an_old_index_of_vmail_conf_is_a_note(vc):
    ctl_out("index")
    vc.conf("; changed")
    found = the_finding(code=DONE)
    assert is_about(found, "note", "index", ETC / "vmail.conf", domain=None)


def test_an_index_of_nothing_is_a_note(vc):
    path = CACHE / "passwd.gone.example.cdb"
    CACHE.mkdir(exist_ok=True)
    path.write_bytes(b"")
    found = the_finding(code=DONE)
    assert is_about(found, "note", "index", path, domain=None)


def test_a_large_file_without_an_index_is_a_note(vc):
    append(vc.passwd, "# " + "x" * (1024 * 1024) + "\n")
    assert is_about(the_finding(code=DONE), "note", "index", vc.passwd)


# who asks


def test_nobody_is_told_what_he_can_see_and_what_he_cannot(vc):
    replace(vc.group, "tom,ann", "tom,gone")
    found = findings("vc.example", user="nobody")
    assert [finding["severity"] for finding in found if finding["severity"] != "note"] == ["warning"]
    notes = {finding["file"]: finding for finding in found if finding["severity"] == "note"}
    assert "cannot be read, so passwords are not checked" in notes[str(vc.shadow)]["what"]
    assert "homes" in notes[str(vc.passwd)]["what"]


@pytest.fixture
def sue(vc, vmail_conf):
    """sue manages vc.example by sudo; the rules are those of examples/sudo."""
    rules, extra = pathlib.Path("/etc/sudoers.d/vmail-admin"), pathlib.Path("/etc/sudoers.d/vmail-test")
    shutil.copyfile(EXAMPLES / "sudo" / "vmail-admin", rules)
    rules.chmod(0o440)
    extra.write_text("Defaults:%vmail-admins !authenticate\n")
    extra.chmod(0o440)
    run("groupadd", "--system", "vmail-admins", check=True)
    run("gpasswd", "-a", "sue", "vmail-admins", check=True)
    vc.conf("admins = sue")
    yield lambda *arguments: run("setpriv", "--reuid=sue", "--regid=sue", "--init-groups", "sudo", "-n", VMAIL_ADMIN, *arguments)
    run("groupdel", "vmail-admins", check=True)
    rules.unlink()
    extra.unlink()


def test_a_co_administrator_checks_their_domain_and_nothing_else(vc, sue):
    write(vc.aliases, "postmaster: tom\nabuse: tom\n")
    assert sue("check", "--dns=no", "vc.example").stdout == "no problems found\n"
    append(vc.shadow, "tim:!:::::::\n")
    add_user(vc, "rob", 71000)
    write(ETC / "passwd.vc.example.bak", "")
    try:
        done = sue("--json", "check", "--dns=no", "vc.example")
    finally:
        (ETC / "passwd.vc.example.bak").unlink()
    assert done.returncode == NEGATIVE and {finding["domain"] for finding in json.loads(done.stdout)} == {"vc.example"}
    assert "is in the block of another domain" in done.stdout
    assert "bob" not in done.stdout and "vb.example" not in done.stdout
    for arguments in ((), ("--all",), ("va.example",), ("vc.example", "va.example")):
        assert sue("check", *arguments).returncode == REFUSED
    assert sue("-y", "check", "--repair", "vc.example").returncode == REFUSED


# --repair


def everything():
    return {path: (path.read_bytes(), path.stat().st_ino) for path in ETC.iterdir() if path.is_file()}


def repair(*arguments, **options):
    """What --repair did, and what check then found, as text."""
    done = ctl("-y", "check", "--repair", f"--area={AREAS}", *arguments, **options)
    assert (done.returncode, done.stderr) == (DONE, ""), done.stdout + done.stderr
    return done.stdout


def test_where_nothing_is_wrong_repair_changes_nothing(vc):
    before = everything()
    assert repair() == "no problems found\n"
    assert everything() == before


@pytest.mark.parametrize("command", [("user", "add", "tim@vc.example", "--no-password"),
                                     ("-y", "user", "del", "ann@vc.example", "--purge")])
def test_what_a_killed_change_leaves_is_found_and_repaired(vc, command, tmp_path, syslog):
    """Killed before each rename and unlink: check names what is left, and after what it advises there is nothing."""
    log = tmp_path / "log"
    kept = vc["tom"].shadow_line
    before = {path: path.read_bytes() for path in (vc.passwd, vc.shadow, vc.group)}
    calls = "renameat2,unlinkat"

    def start():
        for path, content in before.items():
            write(path, content, path.stat().st_mode & 0o7777, path.stat().st_gid)
        give_mail(vc["ann"].login, 67537, 67537, vc["ann"].home)
        shutil.rmtree("/vhome/vc.example/tim", ignore_errors=True)

    assert run("strace", "-f", "-qq", "-e", f"trace={calls}", "-o", str(log), VMAILCTL, *command).returncode == 0
    counts, found = {}, 0
    for name in re.findall(r"(renameat2|unlinkat)\(", log.read_text()):
        counts[name] = counts.get(name, 0) + 1
    assert counts["renameat2"] >= 2
    for name, count in counts.items():
        for number in range(1, count + 1):
            start()
            run("strace", "-qq", "-o", "/dev/null", "-e", f"inject={name}:signal=KILL:when={number}", VMAILCTL, *command)
            done = ctl("check", "--area=files,users")
            if done.returncode == NEGATIVE:
                found += 1
                finish = "vmailctl user del ann@vc.example --purge"
                assert finish in done.stdout or "--repair" in done.stdout
                if finish in done.stdout:
                    ctl_out("-y", *finish.split()[1:])
            repair("--area=files,users")
            assert ctl("check", "--area=files,users").returncode == DONE
            assert kept in vc.shadow.read_text() and not list(ETC.glob(".*.new")), (name, number)
            assert [line.split(":")[0] for line in vc.shadow.read_text().splitlines()] == [
                line.split(":")[0] for line in vc.passwd.read_text().splitlines()]
    assert found >= 2
    assert "check --repair" in syslog.wait_for("vmailctl.*check --repair")


def test_repair_leaves_every_other_byte(vc):
    text = f"# passwords\n{vc['tom'].shadow_line}\r\nbroken\ngone:!:::::::\n\n{vc['ann'].shadow_line}\nbad:!:x:::::\ngone2:!:::::::"
    write(vc.shadow, text, 0o640, shadow_group())
    write(vc.group, "# groups\nstaff:x:67600:gone,tom,,ANN,gone\ncrew:x:67601:gone,b d\nodd:x:5:gone\nbroken:gone\n")
    repaired = ctl("-y", "check", "--repair", "--area=users")
    assert repaired.returncode == NEGATIVE and repaired.stderr == "", repaired.stdout
    assert "group.vc.example:3: the group crew has a member that is not a valid name: b d" in repaired.stdout
    assert vc.shadow.read_bytes().decode() == text.replace("gone:!:::::::\n", "").replace("gone2:!:::::::", "")
    assert vc.group.read_text() == "# groups\nstaff:x:67600:tom,ANN\ncrew:x:67601:gone,b d\nodd:x:5:gone\nbroken:gone\n"
    assert vc.shadow.stat().st_mode & 0o7777 == 0o640 and vc.shadow.stat().st_gid == shadow_group()


def test_repair_does_not_touch_the_password_of_who_may_be_meant_by_a_line_it_does_not_understand(vc):
    replace(vc.passwd, "ann:x:67537", "ann:x:6753x")
    append(vc.passwd, "  # tim:x:67538:67538:::\n")
    append(vc.shadow, "tim:!:::::::\n")
    before = vc.shadow.read_bytes()
    ctl("-y", "check", "--repair")
    assert vc.shadow.read_bytes() == before


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.chmod(0o666)])
def test_repair_takes_no_password_where_the_users_cannot_be_told(vc, harm):
    before = vc.shadow.read_bytes()
    harm(vc.passwd)
    ctl("-y", "check", "--repair")
    assert vc.shadow.read_bytes() == before


@pytest.mark.parametrize("kind", ["shadow", "group"])
def test_a_file_that_two_domains_share_is_understood_and_left_alone(vc, make_domain, kind):
    vc.conf("[domain vd.example]\nids = 67736-67800")
    make_domain("vd.example", User("zoe", 67736, "x"), groups="other:x:67790:zoe\n")
    give_mail("zoe@vd.example", 67736, 67736, "/vhome/vd.example/zoe")
    kept, other = getattr(vc, kind), ETC / f"{kind}.vd.example"
    append(kept, other.read_text())
    other.unlink()
    other.symlink_to(kept)
    before = kept.read_bytes()
    found = [finding for finding in findings("--all", code=NEGATIVE if kind == "group" else DONE) if finding["area"] == "users"]
    assert found == []
    ctl("-y", "check", "--repair")
    assert kept.read_bytes() == before and other.is_symlink()
    pathlib.Path("/var/mail/zoe@vd.example").unlink()


def test_repair_gives_nobody_a_password_line(vc):
    replace(vc.shadow, vc["ann"].shadow_line + "\n", "")
    before = everything()
    assert ctl("-y", "check", "--repair", f"--area={AREAS}").returncode == NEGATIVE
    assert everything() == before


def test_a_left_over_new_file_is_a_warning_and_goes(vc):
    path = write(ETC / ".shadow.vc.example.new", "half")
    assert is_about(the_finding(), "warning", "files", path, domain=None)
    assert f"removed {path}" in repair()
    assert not path.exists()


def test_a_new_file_that_somebody_is_writing_is_left_alone(vc):
    path = write(ETC / ".shadow.vc.example.new", "half")
    with scenes.held("shadow.vc.example.new"):
        assert findings(code=DONE) == []
        repair()
        assert path.exists()
    path.unlink()


def test_repair_makes_old_indexes_anew(vc):
    ctl_out("index")
    append(vc.passwd, "# changed\n")
    assert len(findings(code=DONE)) == 1
    assert "indexes" in repair()
    assert findings(code=DONE) == []


def test_a_dry_run_shows_what_repair_would_do_and_does_nothing(vc):
    append(vc.shadow, "gone:!:::::::\n")
    replace(vc.group, "tom,ann", "tom,gone")
    path = write(ETC / ".shadow.vc.example.new", "half")
    before = everything()
    shown = ctl_out("--dry-run", "check", "--repair")
    assert f"# would remove {path}" in shown and "\n-gone:" in shown
    assert "-staff:x:67600:tom,gone" in shown and "+staff:x:67600:tom\n" in shown
    assert "no problems found" not in shown and len(json.loads(ctl_out("--json", "-n", "check", "--repair"))) == 3
    assert everything() == before
    path.unlink()


def test_repair_asks_about_each(vc):
    append(vc.shadow, "gone:!:::::::\n")
    before = vc.shadow.read_bytes()
    shown, code = on_terminal("check", "--repair", f"--area={AREAS}", answers=["n"])
    assert "1 password lines" in shown and code == NEGATIVE and vc.shadow.read_bytes() == before
    shown, code = on_terminal("check", "--repair", f"--area={AREAS}", answers=["y"])
    assert code == DONE and vc.shadow.read_bytes() == before.replace(b"gone:!:::::::\n", b"")


def test_repair_is_for_root(vc):
    append(vc.shadow, "gone:!:::::::\n")
    assert "only root" in ctl_fails(REFUSED, "-y", "check", "--repair", user="nobody")


def test_repair_keeps_to_the_domains_that_are_named(vc):
    append(vc.shadow, "gone:!:::::::\n")
    assert "no problems found" in repair("va.example")
    assert "gone" in vc.shadow.read_text()
    assert "removed 1 line without a user" in repair("vc.example")
