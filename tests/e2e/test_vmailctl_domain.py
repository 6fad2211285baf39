# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmailctl domain, domain alias and relay: domains come, change and go."""

import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import stat

import pytest

import scene as scenes
from container import in_user_namespace
from programs import connection_to, out, run
from scene import ETC, RETIRED, User
from test_vmailctl_user import mutations
from vmailctl import (BAD_DATA, DONE, EXISTS, NEGATIVE, NO_SUCH, REFUSED, UNAVAILABLE, USAGE, VMAILCTL, ctl, ctl_fails,
                      ctl_json, ctl_out, on_terminal)

CONF = """; ours, written by hand
[vmail]
ids   =  65536-99999\t; all of them

# the first customer
[domain va.example]
aliases = va.example.org
address = 127.0.0.2 ::2
ids = 70000-70999
[domain vb.example]
ids = 71000-71999
address = 127.0.0.3 ::3

[relay partner.example]
"""
CONF_FILE = ETC / "vmail.conf"
KINDS = ("passwd", "shadow", "group", "aliases")


@pytest.fixture(autouse=True)
def conf(vmail_conf):
    """The configuration above, and nothing left of vc.example and vd.example afterwards."""
    vmail_conf(CONF)
    yield
    for domain in ("vc.example", "vd.example", "xn--mnchen-3ya.example"):
        for kind in KINDS:
            (ETC / f"{kind}.{domain}").unlink(missing_ok=True)
        (ETC / f".passwd.{domain}.gone").unlink(missing_ok=True)
        shutil.rmtree(f"/vhome/{domain}", ignore_errors=True)


def everything():
    """Every file of /etc/vmail but locks, and what /vhome holds."""
    files = {path: path.read_bytes() for path in ETC.iterdir() if not path.name.startswith(".")}
    return files, sorted(str(path) for path in pathlib.Path("/vhome").rglob("*"))


def add(name="vc.example", *options):
    return ctl_json("domain", "add", name, *options)


def section(name):
    """The lines of [domain NAME] below its heading."""
    return re.search(rf"\[domain {re.escape(name)}\]\n((?:[^\[\n].*\n)*)", CONF_FILE.read_text()).group(1).splitlines()


# add


def test_the_name_is_enough():
    assert add() == {"domain": "vc.example", "name": "vc.example", "ids": "72000-72999"}
    for kind, mode, group in (("passwd", 0o644, 0), ("shadow", 0o640, scenes.shadow_group())):
        status = (ETC / f"{kind}.vc.example").lstat()
        assert (status.st_size, stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid) == (0, mode, 0, group)
    status = os.lstat("/vhome/vc.example")
    assert (status.st_mode, status.st_uid, status.st_gid) == (stat.S_IFDIR | 0o755, 0, 0)
    assert CONF_FILE.read_text() == CONF + "\n[domain vc.example]\nids = 72000-72999\n"


def test_a_user_of_the_new_domain_is_there_at_once(pam_service):
    service = pam_service("auth [success=done ignore=ignore default=die] pam_vmail.so")
    add("vc.example", "--address=127.0.0.9", "--alias=vc.example.org")
    ctl_out("user", "add", "tom@vc.example", "--password-stdin", input="tom-secret\n")
    assert out("getent", "passwd", "tom@vc.example.org").startswith("tom@vc.example:x:72000:")
    with connection_to("127.0.0.9") as connection:
        assert out("getent", "passwd", "tom", stdin=connection).startswith("tom@vc.example:*:72000:")
    assert run("pamtester", service, "tom@vc.example", "authenticate", input="tom-secret\n").returncode == 0


def test_every_option_is_written(syslog):
    add("vc.example", "--alias=vc.example.org", "--alias=vc.example.net", "--address=127.0.0.9", "--address=::ffff:127.0.0.8",
        "--ids=80000-80009", "--mailbox=mbox:/var/spool/vmail/%d/%u", "--mailbox-limit=50M", "--max-users=5",
        "--fallback=postmaster", "--admin=sue")
    assert section("vc.example") == [
        "aliases = vc.example.org vc.example.net", "address = 127.0.0.9 127.0.0.8", "ids = 80000-80009",
        "mailbox = mbox:/var/spool/vmail/%d/%u", "mailbox_limit = 50M", "max_users = 5", "fallback = postmaster",
        "admins = sue"]
    shown = ctl_json("domain", "show", "VC.example.NET")
    assert shown["domain"] == "vc.example" and shown["mailbox_limit"] == 50 << 20 and shown["max_users"] == 5
    assert sorted(shown["aliases"]) == ["vc.example.net", "vc.example.org"] and shown["admins"] == ["sue"]
    syslog.wait_for(r"vmailctl\[\d+\].*domain add vc.example \(ids 80000-80009\)")


def test_blocks_follow_each_other_and_fill_gaps():
    assert add("vc.example", "--ids-size=100")["ids"] == "72000-72099"
    assert add("vd.example", "--ids=73000-73999")["ids"] == "73000-73999"
    ctl_out("-y", "domain", "del", "vc.example")
    assert add()["ids"] == "72000-72999"
    ctl_out("-y", "domain", "del", "vc.example")
    assert add("vc.example", "--ids-size=5000")["ids"] == "74000-78999"


def test_a_block_avoids_users_of_other_domains_and_subordinate_ids(make_domain):
    before = pathlib.Path("/etc/subuid").read_bytes()
    try:
        make_domain("ve.example", User("stray", 72064, "x"))
        pathlib.Path("/etc/subuid").write_text("sue:73065:1000\n")
        assert add("vc.example")["ids"] == "72065-73064"
        assert add("vd.example")["ids"] == "74065-75064"
    finally:
        pathlib.Path("/etc/subuid").write_bytes(before)


def test_a_domain_without_a_block():
    assert add("vc.example", "--no-ids")["ids"] is None
    assert section("vc.example") == []


def test_no_room_for_a_block_is_told_and_nothing_made():
    before = everything()
    assert "99999" in ctl_fails(UNAVAILABLE, "domain", "add", "vc.example", "--ids-size=33000")
    assert everything() == before


def test_an_international_name_is_stored_in_ascii():
    assert add("MÜNCHEN.example") == {"domain": "xn--mnchen-3ya.example", "name": "münchen.example", "ids": "72000-72999"}
    assert ctl_json("domain", "show", "münchen.example")["name"] == "münchen.example"
    ctl_out("user", "add", "tom@münchen.example", "--no-password")
    assert out("getent", "passwd", "tom@xn--mnchen-3ya.example").startswith("tom@xn--mnchen-3ya.example:")
    assert "already exists" in ctl_fails(EXISTS, "domain", "add", "xn--mnchen-3ya.example")


@pytest.mark.parametrize("arguments, code, text", [
    (("va.example",), EXISTS, "already exists"), (("VA.Example",), EXISTS, "already exists"),
    (("va.example.org",), EXISTS, "is already an alias of va.example"), (("partner.example",), EXISTS, "is already a relay"),
    (("vc.example", "--alias=vb.example"), EXISTS, "already exists"),
    (("vc.example", "--alias=va.example.org"), EXISTS, "is already an alias of va.example"),
    (("vc.example", "--alias=vc.example"), BAD_DATA, "alias of itself"),
    (("vc.example", "--address=127.0.0.2"), EXISTS, "is already an address of va.example"),
    (("vc.example", "--address=::ffff:127.0.0.2"), EXISTS, "is already an address of va.example"),
    (("vc.example", "--address=300.0.0.1"), USAGE, "is not an IPv4 or IPv6 address"),
    (("vc.example", "--ids=70464-70465"), EXISTS, "va.example"), (("vc.example", "--ids=1000-1999"), BAD_DATA, "not within"),
    (("vc.example", "--ids=7-x"), BAD_DATA, "7-x"), (("vc.example", "--ids-size=0"), USAGE, "a number, at least 1"),
    (("vc.example", "--ids=80000-80009", "--no-ids"), USAGE, "cannot be combined"),
    (("vc.example", "--mailbox=/var/mail/%u"), BAD_DATA, "/var/mail/%u"),
    (("vc.example", "--mailbox-limit=many"), BAD_DATA, "many"), (("vc.example", "--max-users=-1"), BAD_DATA, "-1"),
    (("vc.example", "--admin=a:b"), BAD_DATA, "not a user name"),
    (("-x",), USAGE, ""), (("",), USAGE, ""), (("vc..example",), USAGE, ""),
    (("../vc.example",), USAGE, ""), (("-vc.example",), USAGE, ""), (("vc.example.bak",), USAGE, ""),
    (("vc_\x1b[2Jexample.org",), USAGE, ""), (("xn--a.example",), USAGE, ""), ((f"{'a' * 250}.ex",), USAGE, ""),
    (("vc.example\n[domain x.example]",), USAGE, ""), (("vc.example", "vd.example"), USAGE, ""), ((), USAGE, ""),
], ids=lambda value: repr(value)[:40])
def test_what_cannot_be_added_is_told_and_nothing_made(arguments, code, text):
    before = everything()
    assert text in ctl_fails(code, "domain", "add", *arguments)
    assert everything() == before


def test_what_an_interrupted_add_has_left_is_taken_over():
    scenes.write(ETC / "shadow.vc.example", "", 0o640, scenes.shadow_group())
    scenes.write(ETC / "passwd.vc.example", "")
    assert add()["ids"] == "72000-72999"


def test_hashes_that_lie_there_are_not_taken_over():
    scenes.write(ETC / "shadow.vc.example", "tom:$6$x$y:1::::::\n", 0o640, scenes.shadow_group())
    assert "move it away" in ctl_fails(EXISTS, "domain", "add", "vc.example")


@pytest.mark.parametrize("call", ["openat", "renameat", "renameat2", "fsync", "unlinkat"])
def test_killed_anywhere_leaves_a_domain_or_none_and_again_finishes(call, tmp_path):
    """Every occurrence of a system call kills it, until it runs to its end."""
    survived = False
    for count in range(1, 200):
        done = run("strace", "-f", "-o", "/dev/null", "-e", f"inject={call}:signal=KILL:when={count}",
                   "/usr/sbin/vmailctl", "domain", "add", "vc.example")
        text = CONF_FILE.read_text()
        assert text in (CONF, CONF + "\n[domain vc.example]\nids = 72000-72999\n")
        assert (text == CONF) or (ETC / "passwd.vc.example").exists()
        if text == CONF:
            assert ctl("domain", "add", "vc.example").returncode == DONE
        survived = done.returncode == 0
        ctl_out("-y", "domain", "del", "vc.example")
        assert CONF_FILE.read_text().rstrip() == CONF.rstrip()
        scenes.write(CONF_FILE, CONF)
        if survived:
            break
        count += 4 if call == "openat" else 0
    assert survived


# del


def vc_with_two():
    add()
    for name in ("tom", "ann"):
        ctl_out("user", "add", f"{name}@vc.example", "--no-password")
    ctl_out("group", "add", "staff@vc.example")
    ctl_out("alias", "set", "info@vc.example", "tom")


def test_del_takes_files_and_section_and_leaves_mail(syslog):
    before = everything()[0]
    vc_with_two()
    assert "2 users" in ctl_fails(REFUSED, "-y", "domain", "del", "vc.example")
    ctl_out("-y", "domain", "del", "vc.example", "--force")
    after = everything()[0]
    assert after.pop(scenes.RETIRED).endswith(b"\n72000-72002\n")
    assert after.pop(CONF_FILE).rstrip() == before.pop(CONF_FILE).rstrip() and after == before
    assert (pathlib.Path("/vhome/vc.example/tom/Maildir/cur")).is_dir()
    assert not list(pathlib.Path("/var/cache/vmail").glob("*vc.example*"))
    assert run("getent", "passwd", "72000").returncode == 2
    syslog.wait_for("domain del vc.example$")


def purge_beside_a_foreign_file():
    """Purges vc.example, with a file of root's in tom's Maildir. Gives the file."""
    vc_with_two()
    foreign = pathlib.Path("/vhome/vc.example/tom/Maildir/cur/of-root")
    foreign.write_text("not theirs")
    done = ctl("-y", "domain", "del", "vc.example", "--force", "--purge")
    assert done.returncode == UNAVAILABLE and "of-root" in done.stderr
    assert "the deletion of vc.example is not finished; run the same command again" in done.stderr
    assert foreign.exists() and not pathlib.Path("/vhome/vc.example/ann").exists()
    assert not (ETC / "passwd.vc.example").exists() and ASIDE.exists()
    return foreign


def test_purge_takes_homes_and_no_more():
    assert purge_beside_a_foreign_file().read_text() == "not theirs"


def test_a_purge_that_left_something_is_finished_by_the_same_command():
    foreign = purge_beside_a_foreign_file()
    foreign.unlink()
    ctl_out(*PURGE)
    assert nothing_of_vc()


def test_a_purge_that_left_something_is_finished_without_purge_too():
    foreign = purge_beside_a_foreign_file()
    ctl_out("-y", "domain", "del", "vc.example", "--force")
    assert foreign.exists() and not ASIDE.exists() and CONF_FILE.read_text().rstrip() == CONF.rstrip()


def test_purge_of_all_takes_the_directory():
    vc_with_two()
    ctl_out("-y", "domain", "del", "vc.example", "--force", "--purge")
    assert not pathlib.Path("/vhome/vc.example").exists()


PURGE = ("-y", "domain", "del", "vc.example", "--force", "--purge")
ASIDE = ETC / ".passwd.vc.example.gone"


def killed(call, count, *command):
    """Runs vmailctl and kills it at that occurrence of a system call. Gives whether it lived."""
    done = run("strace", "-f", "-o", "/dev/null", "-e", f"inject={call}:signal=KILL:when={count}", "/usr/sbin/vmailctl",
               *command)
    return done.returncode == DONE


def nothing_of_vc():
    return (not pathlib.Path("/vhome/vc.example").exists() and not [path for path in ETC.iterdir() if "vc.example" in path.name] and CONF_FILE.read_text().rstrip() == CONF.rstrip())


@pytest.mark.parametrize("call", ["renameat", "renameat2", "unlinkat", "fsync"])
def test_a_purge_killed_anywhere_is_finished_by_the_same_command(call):
    """Every occurrence of a system call kills it; nobody is ever seen without his line in the shadow file."""
    halves = 0
    for count in range(1, 200):
        vc_with_two()
        survived = killed(call, count, *PURGE)
        if (ETC / "passwd.vc.example").exists():
            assert (ETC / "shadow.vc.example").read_text().count("\n") == 2
        else:
            halves += ASIDE.exists()
            assert run("getent", "passwd", "tom@vc.example").returncode == 2
        again = ctl(*PURGE)
        assert (again.returncode, again.stderr) == (DONE, "") or (again.returncode == NO_SUCH and nothing_of_vc()), count
        assert nothing_of_vc(), (call, count, os.listdir("/vhome"))
        scenes.write(CONF_FILE, CONF)
        if survived:
            break
    assert survived and count > 1 and halves >= {"unlinkat": 10, "fsync": 1}.get(call, 0)


def test_a_purge_cut_short_of_a_domain_without_a_section_is_finished_too(make_domain):
    make_domain("vc.example", User("tom", 77001, "x"))
    scenes.give_mail("tom@vc.example", 77001, 77001, "/vhome/vc.example/tom")
    assert not killed("unlinkat", 5, *PURGE) and ASIDE.exists()
    assert "the deletion of vc.example is not finished" in ctl_fails(EXISTS, "domain", "add", "vc.example")
    assert "the deletion of vc.example is not finished" in ctl_fails(EXISTS, "domain", "alias", "add", "va.example", "vc.example")
    assert "1 user;" in ctl_fails(REFUSED, "-y", "domain", "del", "vc.example", "--purge")
    ctl(*PURGE)
    assert nothing_of_vc() and CONF_FILE.read_text() == CONF


def half_purged():
    """The domain as a purge has left it that was killed at the first file of a user."""
    vc_with_two()
    for count in range(1, 100):
        assert not killed("unlinkat", count, *PURGE)
        if not (ETC / "aliases.vc.example").exists():
            break
    assert ASIDE.exists() and pathlib.Path("/vhome/vc.example/ann").is_dir()


def test_who_was_added_to_a_half_purged_domain_is_purged_with_those_of_before():
    half_purged()
    ctl_out("user", "add", "kim@vc.example", "--no-password")
    assert "3 users" in ctl_fails(REFUSED, "-y", "domain", "del", "vc.example")
    ctl_out(*PURGE)
    assert nothing_of_vc()


def test_check_names_a_half_purged_domain_and_repair_keeps_what_is_known_of_it():
    half_purged()
    before = ASIDE.read_bytes()
    for arguments in ((), ("vc.example",), ("--repair",)):
        done = ctl("-y", "check", "--area=files", *arguments)
        assert done.returncode == NEGATIVE and "vmailctl domain del --force --purge vc.example" in done.stdout
    assert ASIDE.read_bytes() == before
    assert "interrupted" not in ctl("check", "--area=files", "va.example").stdout


def test_a_half_purged_domain_is_deleted_without_its_homes_where_that_is_asked_for():
    half_purged()
    ctl_out("-y", "domain", "del", "vc.example", "--force")
    assert not ASIDE.exists() and pathlib.Path("/vhome/vc.example/ann").is_dir()
    assert CONF_FILE.read_text().rstrip() == CONF.rstrip()


@pytest.mark.parametrize("harm", [lambda: ctl("-y", "user", "del", "tom@vc.example"),
                                  lambda: (ETC / "passwd.vc.example").unlink()], ids=["former user", "no passwd file"])
def test_a_purge_that_leaves_homes_says_so(harm):
    vc_with_two()
    harm()
    assert "/vhome/vc.example is not empty" in ctl_fails(UNAVAILABLE, *PURGE)
    assert pathlib.Path("/vhome/vc.example/tom").is_dir() and CONF_FILE.read_text().rstrip() == CONF.rstrip()


@pytest.mark.parametrize("options", [("--force",), ("--force", "--purge")], ids=" ".join)
def test_ids_of_a_deleted_domain_s_users_and_groups_are_not_given_again(options):
    vc_with_two()
    ctl_out("group", "add", "crew@vc.example", "--gid=72010")
    ctl_out("-y", "domain", "del", "vc.example", *options)
    assert scenes.RETIRED.read_text().splitlines()[1:] == ["72000-72002", "72010"]
    assert add()["ids"] == "72011-73010"


def test_del_asks(make_domain):
    add()
    assert "--yes" in ctl_fails(USAGE, "domain", "del", "vc.example")
    assert (ETC / "passwd.vc.example").exists()


@pytest.mark.parametrize("name, code", [("nosuch.example", NO_SUCH), ("va.example.org", REFUSED), ("va..example", USAGE)])
def test_del_of_what_is_no_domain(name, code):
    before = everything()
    ctl_fails(code, "-y", "domain", "del", name, "--force")
    assert everything() == before


def test_a_domain_with_files_and_no_section_goes_too(make_domain):
    domain = make_domain("vc.example", User("tom", 77001, "x"))
    ctl_out("-y", "domain", "del", "vc.example", "--force")
    assert not domain.passwd.exists() and not domain.shadow.exists() and CONF_FILE.read_text() == CONF


# set


@pytest.mark.parametrize("key, values, line", [
    ("aliases", ["a.example", "b.example"], "aliases = a.example b.example"),
    ("aliases", ["va.example.org"], "aliases = va.example.org"),
    ("address", ["::2"], "address = ::2"), ("ids", ["70000-70463"], "ids = 70000-70463"),
    ("fallback", ["bob"], "fallback = bob"), ("mailbox", ["maildir:~/mail"], "mailbox = maildir:~/mail"),
    ("mailbox_limit", ["1G"], "mailbox_limit = 1G"), ("max_users", ["7"], "max_users = 7"),
    ("admins", ["bob", "sue"], "admins = bob sue"), ("alias_files", ["/etc/aliases.all"], "alias_files = /etc/aliases.all"),
])
def test_set_changes_one_key_and_keeps_every_other_byte(key, values, line):
    ctl_out("domain", "set", "va.example.org" if key != "aliases" else "va.example", key, *values)
    after = CONF_FILE.read_text().splitlines()
    assert line in after
    assert [text for text in CONF.splitlines() if not text.startswith(key) or "65536" in text or "71000" in text
            or ".0.3" in text] == [text for text in after if text != line]


def test_unset_takes_a_key_out():
    ctl_out("domain", "set", "va.example", "--unset=address")
    assert CONF_FILE.read_text() == CONF.replace("address = 127.0.0.2 ::2\n", "")
    with connection_to("127.0.0.2") as connection:
        assert out("getent", "passwd", "bob", stdin=connection).startswith("bob:x:1001:")


def test_without_memory_for_the_index_of_vmail_conf_the_change_is_made_and_this_is_told(without_memory):
    ctl_out("index")
    told = 0
    for number in range(200, 400):
        done = ctl("domain", "set", "va.example", "max_users", str(number), env=without_memory(number))
        told += done.returncode == DONE and "; the change was made, but run vmailctl index\n" in done.stderr
        if (done.returncode, done.stderr) == (DONE, ""):
            assert "vmail.conf  current" in re.sub(" +", "  ", ctl("index", "--verify").stdout), number
    assert told > 0


def test_carriage_returns_and_a_missing_newline_are_kept():
    scenes.write(CONF_FILE, b"; x\r\n[domain va.example]\r\nids=70000-70999 ; c\r\nmax_users=3\r\n[domain vb.example]\r\nids=71000-71999")
    ctl_out("domain", "set", "va.example", "max_users", "4")
    assert CONF_FILE.read_bytes() == (b"; x\r\n[domain va.example]\r\nids=70000-70999 ; c\r\nmax_users=4\r\n[domain vb.example]\r\n"
                                      b"ids=71000-71999")
    ctl_out("domain", "set", "vb.example", "max_users", "5")
    assert CONF_FILE.read_bytes().endswith(b"ids=71000-71999\r\nmax_users = 5\r\n")


def test_a_block_that_leaves_users_outside_is_warned_of():
    done = ctl("domain", "set", "va.example", "ids", "70000-70002")
    assert done.returncode == DONE and "2 users of va.example have ids outside" in done.stderr


@pytest.mark.parametrize("mailbox, warns", [
    ("mbox:/var/mail/%u", True), ("maildir:/srv/%d/box", True), ("mbox:/srv/%%d/%u", True), ("mbox:/srv/vb.example/%u", True),
    ("mbox:/var/mail/%u@%d", False), ("mbox:~/box", False), ("mbox:/srv/va.example/%u", False),
])
def test_a_mailbox_path_that_users_of_one_name_share_is_warned_of(mailbox, warns):
    done = ctl("domain", "set", "va.example", "mailbox", mailbox)
    assert done.returncode == DONE and f"mailbox = {mailbox}" in CONF_FILE.read_text()
    assert ("a system user, may share a mailbox" in done.stderr) == warns == (done.stderr != "")
    done = ctl("domain", "add", "vc.example", f"--mailbox={mailbox.replace('va.', 'vc.')}")
    assert done.returncode == DONE and ("a system user, may share a mailbox" in done.stderr) == warns


@pytest.mark.parametrize("arguments, code, text", [
    (("va.example", "max_user", "3"), USAGE, "max_users"), (("va.example", "max_users"), USAGE, ""),
    (("va.example", "max_users", "3", "4"), USAGE, "one value"), (("nosuch.example", "max_users", "3"), NO_SUCH, ""),
    (("va.exmple", "max_users", "3"), NO_SUCH, "va.example"), (("va.example", "address", "127.0.0.3"), EXISTS, "vb.example"),
    (("va.example", "ids", "70464-71464"), EXISTS, "vb.example"), (("va.example", "--unset=x"), USAGE, "no such key"),
    (("va.example", "fallback", "a\nb"), BAD_DATA, ""), (("va.example", "mailbox", "maildir:%h/x ; rm"), BAD_DATA, ""),
    (("va.example", "alias_files", "relative"), BAD_DATA, ""),
], ids=lambda value: repr(value)[:40])
def test_what_cannot_be_set_is_told_and_nothing_changed(arguments, code, text):
    before = everything()
    assert text in ctl_fails(code, "domain", "set", *arguments)
    assert everything() == before


def test_a_file_with_an_error_is_not_made_worse(vmail_conf):
    vmail_conf(CONF + "[domain vd.example]\nnonsense = 1\n")
    done = ctl("domain", "set", "va.example", "max_users", "3")
    assert (done.returncode, CONF_FILE.read_text().count("max_users = 3")) == (DONE, 1)
    assert "vmail.conf:16" in done.stderr


# alias, relay


def test_further_names_come_and_go():
    ctl_out("domain", "alias", "add", "vb.example", "vb.example.net", "bücher.example")
    assert "address = 127.0.0.3 ::3\naliases = vb.example.net xn--bcher-kva.example\n" in CONF_FILE.read_text()
    assert out("getent", "passwd", "bob@vb.example.net").startswith("bob@vb.example:")
    ctl_out("domain", "alias", "del", "vb.example", "vb.example.net", "xn--bcher-kva.example")
    assert run("getent", "passwd", "bob@vb.example.net").returncode == 2
    assert "aliases" not in "".join(section("vb.example"))


@pytest.mark.parametrize("command, code, text", [
    (("add", "vb.example", "va.example"), EXISTS, "already exists"),
    (("add", "vb.example", "va.example.org"), EXISTS, "alias of va.example"),
    (("add", "va.example", "va.example.org"), EXISTS, "already"),
    (("add", "vb.example", "good.example", "va.example"), EXISTS, "already exists"),
    (("del", "vb.example", "va.example.org"), NO_SUCH, ""), (("del", "va.example", "x.example"), NO_SUCH, ""),
    (("add", "va.example"), USAGE, ""), (("add", "nosuch.example", "x.example"), NO_SUCH, ""),
    (("add", "va.example", "b@d"), USAGE, ""),
], ids=lambda value: repr(value)[:40])
def test_alias_that_cannot_be(command, code, text):
    before = everything()
    assert text in ctl_fails(code, "domain", "alias", *command)
    assert everything() == before


def test_relays_come_and_go(syslog):
    ctl_out("relay", "add", "customer.example", "--subdomains")
    assert CONF_FILE.read_text() == CONF + "\n[relay customer.example]\nsubdomains = yes\n"
    assert ctl_json("relay", "list", user="nobody") == [
        {"relay": "partner.example", "subdomains": False, "recipients": None, "primary": None},
        {"relay": "customer.example", "subdomains": True, "recipients": None, "primary": None}]
    ctl_out("relay", "del", "Customer.Example")
    assert CONF_FILE.read_text().rstrip() == CONF.rstrip()
    syslog.wait_for("relay del customer.example")
    assert "partner.example" in ctl_fails(NO_SUCH, "relay", "del", "partnr.example")
    ctl_fails(EXISTS, "relay", "add", "partner.example")
    ctl_fails(EXISTS, "relay", "add", "va.example")


def test_a_relay_has_recipients_and_a_primary(syslog):
    path = pathlib.Path("/etc/vmail/recipients.customer")
    path.write_text("info\n")
    try:
        ctl_out("relay", "add", "customer.example", f"--recipients={path}", "--primary", "Mail.Customer.Example")
    finally:
        path.unlink()
    settings = f"recipients = {path}\nprimary = mail.customer.example\n"
    assert CONF_FILE.read_text() == CONF + f"\n[relay customer.example]\n{settings}"
    assert ctl_json("relay", "list")[1] == {"relay": "customer.example", "subdomains": False, "recipients": str(path),
                                            "primary": "mail.customer.example"}
    syslog.wait_for(f"relay add customer.example with recipients={path}, primary=mail.customer.example")


@pytest.mark.parametrize("option, code, text", [
    ("--primary=a b", USAGE, "expected the name or the IP address of a host"),
    ("--primary=[192.0.2.1]", USAGE, "expected the name or the IP address of a host"),
    ("--primary=", USAGE, "expected the name or the IP address of a host"),
    ("--recipients=list", USAGE, "expected an absolute path without .."),
    ("--recipients=/etc/../etc/passwd", USAGE, "expected an absolute path without .."),
    ("--recipients=/etc/vmail/nosuch", NO_SUCH, "/etc/vmail/nosuch: no such file; create it"),
    ("--recipients=/tmp/loose", UNAVAILABLE, "/tmp"),
])
def test_a_relay_that_cannot_be_is_not_added(option, code, text):
    pathlib.Path("/tmp/loose").write_text("info\n")
    before = everything()
    assert text in ctl_fails(code, "relay", "add", "customer.example", option)
    assert everything() == before


# all of them


COMMANDS = [
    ("domain", "add", "vc.example"), ("domain", "del", "vb.example", "--force", "--purge"),
    ("domain", "set", "va.example", "max_users", "9"), ("domain", "alias", "add", "vb.example", "vb.example.net"),
    ("domain", "alias", "del", "va.example", "va.example.org"), ("address", "add", "vb.example", "127.0.0.9"),
    ("address", "del", "va.example", "127.0.0.2"), ("relay", "add", "customer.example"), ("relay", "del", "partner.example"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_dry_run_shows_it_and_changes_nothing(command, syslog):
    before = everything()
    assert "+++ /etc/vmail/vmail.conf" in ctl_out("-n", *command)
    assert any(item.get("file") == "/etc/vmail/vmail.conf" for item in ctl_json("-n", *command))
    assert everything() == before and not syslog.lines("vmailctl")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_nobody_may_change_anything(command):
    before = everything()
    ctl_fails(REFUSED, "-y", *command, user="nobody")
    ctl_fails(REFUSED, "-n", *command, user="nobody")
    assert everything() == before


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_full_disk_loses_nothing(command, scene):
    """Every write fails as on a full file system."""
    deletes = command[:2] == ("domain", "del")
    if deletes:  # what other tests left there may be anybody's, and --purge would tell of it
        shutil.rmtree("/vhome/vb.example")
        scenes.give_mail(scene.vb["bob"].login, 71000, 71000, scene.vb["bob"].home)
    before = everything()
    done = run("strace", "-f", "-o", "/dev/null", "-e", "inject=write,pwrite64,copy_file_range,sendfile:error=ENOSPC",
               "/usr/sbin/vmailctl", "-y", *command)
    if not deletes:
        assert done.returncode != DONE
        assert everything()[0] == before[0]
        return
    try:  # what it removes needs no room
        ctl_out("-y", *command)
        assert "vb.example" not in CONF_FILE.read_text()
    finally:
        scene.vb.write()
        scenes.give_mail(scene.vb["bob"].login, 71000, 71000, scene.vb["bob"].home)


def test_a_deletion_that_fails_anywhere_says_so_and_the_same_command_finishes_it(scene, tmp_path):
    log, command = tmp_path / "log", ("-y", "domain", "del", "--force", "--purge", "vb.example")
    conf = CONF_FILE.read_text()

    def start():
        scenes.write(CONF_FILE, conf)
        scene.vb.write()
        shutil.rmtree("/vhome/vb.example", ignore_errors=True)
        scenes.give_mail(scene.vb["bob"].login, 71000, 71000, scene.vb["bob"].home)
        RETIRED.unlink(missing_ok=True)

    start()
    assert run("strace", "-qq", "-o", str(log), VMAILCTL, *command).returncode == DONE
    told = 0
    try:
        for name, count in mutations(log):
            start()
            done = run("strace", "-qq", "-o", "/dev/null", "-e", f"inject={name}:error=ENOSPC:when={count}", VMAILCTL, *command)
            if done.returncode != DONE:
                unfinished = "the deletion of vb.example is not finished; run the same command again"
                assert unfinished in done.stderr or scene.vb.passwd.exists(), (name, count, done.stderr)
                told += unfinished in done.stderr
                again = ctl(*command)
                assert (again.returncode, again.stderr) == (DONE, ""), (name, count, done.stderr, again)
            assert "vb.example" not in CONF_FILE.read_text() and not scene.vb.shadow.exists(), (name, count)
        assert told >= 3
    finally:
        start()


def test_changes_at_once_all_arrive():
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda i: ctl("domain", "alias", "add", "vb.example", f"n{i}.example"), range(8)))
    assert [(d.returncode, d.stderr) for d in done] == [(DONE, "")] * 8
    assert sorted(ctl_json("domain", "show", "vb.example")["aliases"]) == [f"n{i}.example" for i in range(8)]


def test_domains_added_at_once_have_blocks_of_their_own():
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda name: ctl("--json", "domain", "add", name), ("vc.example", "vd.example")))
    assert sorted(json.loads(d.stdout)["ids"] for d in done) == ["72000-72999", "73000-73999"]


def test_an_editor_that_saves_meanwhile_is_not_overwritten():
    """The tool stops at its rename, an editor saves by rename, and the tool then sees that."""
    strace = ["strace", "-f", "-o", "/dev/null", "-e", "inject=fsync:delay_enter=1500000:when=1"]
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        slow = pool.submit(run, *strace, "/usr/sbin/vmailctl", "domain", "set", "va.example", "max_users", "9")
        run("sleep", "0.7")
        scenes.write(CONF_FILE, CONF.replace("; ours", "; edited meanwhile"))
        done = slow.result()
    text = CONF_FILE.read_text()
    assert "edited meanwhile" in text
    assert ("max_users = 9" in text) == (done.returncode == DONE)


def test_lists_and_shows_are_for_everybody():
    assert ctl_json("domain", "list", user="nobody") == ctl_json("domain", "list")
    assert ctl_json("domain", "show", "va.example", user="nobody")["aliases"] == ["va.example.org"]
    assert "va.example.org" in ctl_out("domain", "show", "va.example")
    ctl_fails(NO_SUCH, "domain", "show", "nosuch.example")


def test_no_is_an_answer(make_domain):
    domain = make_domain("vc.example", User("tom", 77001, "x"))
    shown, code = on_terminal("domain", "del", "vc.example", "--force", answers=["n"])
    assert code == NEGATIVE and "with 1 user" in shown and domain.passwd.exists()
    assert on_terminal("domain", "del", "vc.example", "--force", answers=["y"])[1] == DONE
    assert not domain.passwd.exists()


# --- ids that are a system account's in 16 bits


def test_a_new_domain_gets_no_ids_that_are_low_in_16_bits():
    scenes.write(CONF_FILE, "[vmail]\nids = 65536-69999\n")
    assert add()["ids"] == "66536-67535"


def test_without_memory_a_new_domain_gets_these_ids_or_none(without_memory):
    scenes.write(CONF_FILE, "[vmail]\nids = 65536-69999\n")
    codes = set()
    for number in range(1, 400):
        done = ctl("--dry-run", "domain", "add", "vc.example", env=without_memory(number))
        codes.add(done.returncode)
        assert "+ids" not in done.stdout or "+ids = 66536-67535" in done.stdout, (number, done)
    assert {DONE, UNAVAILABLE} <= codes


def test_blocks_of_new_domains_begin_at_70000():
    scenes.write(CONF_FILE, "[vmail]\nids = 65536-200000\n[domain va.example]\nids = 66536-67535\n[domain vb.example]\nids = 71000-71999\n")
    assert add("vc.example", "--ids-size=10")["ids"] == "70005-70014"  # behind alice and the others of va.example


def test_a_user_of_a_domain_without_a_block_gets_no_id_that_is_low_in_16_bits():
    scenes.write(CONF_FILE, "[vmail]\nids = 1310720-1400000\n")
    add("vc.example", "--no-ids")
    assert ctl_json("user", "add", "tom@vc.example", "--no-password")["uid"] == 1311720


def test_a_block_that_was_chosen_by_hand_is_used_though_it_is_low_in_16_bits():
    add("vc.example", "--ids=65536-65539")
    assert ctl_json("user", "add", "tom@vc.example", "--no-password")["uid"] == 65536


# --- ids of domains that were deleted


def test_a_new_domain_does_not_inherit_the_files_of_a_deleted_one():
    add()
    ben = ctl_json("user", "add", "ben@vc.example", "--no-password")
    assert ctl("--yes", "domain", "del", "--force", "vc.example").returncode == DONE
    add("vd.example")
    eve = ctl_json("user", "add", "eve@vd.example", "--no-password")
    first, last = map(int, re.search(r"vd.example\]\nids = (\d+)-(\d+)", CONF_FILE.read_text()).groups())
    assert pathlib.Path(ben["home"]).stat().st_uid == ben["uid"] != eve["uid"]
    assert not first <= ben["uid"] <= last


def test_a_new_domain_does_not_inherit_homes_elsewhere():
    """On another disk, say, that is not even mounted."""
    add()
    ben = ctl_json("user", "add", "ben@vc.example", "--no-password", "--home=/srv/disk/ben")
    shutil.rmtree("/srv/disk")
    assert ctl("--yes", "domain", "del", "--force", "vc.example").returncode == DONE
    add("vd.example")
    assert ctl_json("user", "add", "eve@vd.example", "--no-password")["uid"] > ben["uid"]


def test_an_id_that_a_deleted_domain_left_is_given_to_nobody():
    """Root may name the block, and is told; no new user gets the id."""
    add()
    ben = ctl_json("user", "add", "ben@vc.example", "--no-password")
    assert ctl("--yes", "domain", "del", "--force", "vc.example").returncode == DONE
    done = ctl("domain", "add", "vd.example", f"--ids={ben['uid']}-{ben['uid'] + 9}")
    assert done.returncode == DONE and "contains ids of deleted users or groups" in done.stderr
    assert ctl_json("user", "add", "eve@vd.example", "--no-password")["uid"] == ben["uid"] + 1


def test_a_domain_that_comes_back_finds_its_own_files():
    add()
    ben = ctl_json("user", "add", "ben@vc.example", "--no-password")
    assert ctl("--yes", "domain", "del", "--force", "vc.example").returncode == DONE
    add()
    assert ctl_json("user", "add", "ben@vc.example", "--no-password", "--adopt-home")["uid"] == ben["uid"]
    assert out("getent", "passwd", str(ben["uid"])).startswith("ben@vc.example:")  # it was added to the block


# in a container


def in_container(*arguments):
    """vmailctl in a user namespace with 65,536 ids, as of LXC and nspawn -U."""
    return in_user_namespace("0 0 65536", VMAILCTL, *arguments)


def test_in_a_container_ids_that_do_not_exist_are_told_with_those_that_do(vmail_conf):
    vmail_conf("")
    done = in_container("domain", "add", "vc.example")
    assert done.returncode == UNAVAILABLE and "do not" not in done.stdout
    assert "exist in this container" in done.stderr and "ids = 20000-59999" in done.stderr
    assert not (ETC / "passwd.vc.example").exists()
    done = in_container("check", "--area=ids")
    assert done.returncode == NEGATIVE and "exist in this container" in done.stdout and "write  ids = 20000-59999" in done.stdout


def test_what_is_advised_for_a_container_works(vmail_conf):
    vmail_conf("[vmail]\nids = 20000-59999\n")
    assert in_container("domain", "add", "vc.example").returncode == DONE
    done = in_container("user", "add", "tom@vc.example", "--no-password")
    assert done.returncode == DONE, done.stderr
    assert out("id", "-u", "tom@vc.example") == "20000" and os.stat("/vhome/vc.example/tom").st_uid == 20000
    assert in_container("check", "vc.example", "--area=ids,users,files").returncode == DONE
    ctl_out("-y", "domain", "del", "vc.example", "--force", "--purge")


def test_in_a_container_a_user_gets_no_id_that_does_not_exist(vmail_conf):
    vmail_conf("[domain vc.example]\n")
    scenes.write(ETC / "passwd.vc.example", "")
    done = in_container("user", "add", "tom@vc.example", "--no-password")
    assert done.returncode == UNAVAILABLE and "does not exist in this container" in done.stderr
