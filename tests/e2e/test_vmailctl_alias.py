# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmailctl alias: the mail aliases of a domain."""

import os
import pathlib

import pytest

import scene as scenes
from programs import run
from scene import ETC, User
from vmailctl import BAD_DATA, DONE, NO_SUCH, REFUSED, UNAVAILABLE, USAGE, ctl, ctl_fails, ctl_json, ctl_out

CONF = "[domain vc.example]\nids = 67536-67545\naliases = vc.example.org\nalias_files = /etc/aliases.all\nadmins = sue\n"
FILE = ETC / "aliases.vc.example"
OTHER = pathlib.Path("/etc/aliases.all")


@pytest.fixture(autouse=True)
def vc(make_domain, vmail_conf):
    """A domain with two users, a further alias file and no aliases yet."""
    vmail_conf(CONF)
    yield make_domain("vc.example", User("tom", 67536, "x"), User("ann", 67537, "x"))
    FILE.unlink(missing_ok=True)
    OTHER.unlink(missing_ok=True)


def targets(alias):
    return ctl_json("alias", "show", alias)["targets"]


def test_set_makes_the_file_and_replaces_targets(syslog):
    ctl_out("alias", "set", "Info@vc.example.org", "tom", "ann@vc.example", "them@elsewhere.example")
    assert FILE.read_text() == "info: tom, ann@vc.example, them@elsewhere.example\n"
    status = FILE.stat()
    assert (status.st_mode & 0o7777, status.st_uid, status.st_gid) == (0o644, 0, 0)
    syslog.wait_for(r"vmailctl\[\d+\].*alias set info@vc.example tom ann@vc.example them@elsewhere.example")
    ctl_out("alias", "set", "info@vc.example", "ann")
    assert targets("info@vc.example") == ["ann"]


def test_targets_come_and_go_and_the_last_one_stays():
    ctl_out("alias", "add", "info@vc.example", "tom")
    ctl_out("alias", "add", "info@vc.example", "ann", "TOM")
    assert targets("info@vc.example") == ["tom", "ann"]
    ctl_out("alias", "del", "info@vc.example", "Tom")
    ctl_fails(BAD_DATA, "alias", "del", "info@vc.example", "ann")
    assert targets("info@vc.example") == ["ann"]
    ctl_out("alias", "del", "info@vc.example")
    assert FILE.read_text() == "" and "no such alias" in ctl_fails(NO_SUCH, "alias", "show", "info@vc.example")


def test_everything_else_in_the_file_stays():
    text = b"# ours\r\nPostmaster :\ttom,\r\n# really\r\n  ann\r\n\r\n: broken\r\nlast: tom"
    scenes.write(FILE, text)
    ctl_out("alias", "set", "info@vc.example", "tom")
    assert FILE.read_bytes() == text + b"\r\ninfo: tom\r\n"
    ctl_out("alias", "set", "postmaster@vc.example", "ann")
    assert FILE.read_bytes() == b"# ours\r\nPostmaster :\tann\r\n# really\r\n\r\n: broken\r\nlast: tom\r\ninfo: tom\r\n"


def test_programs_in_a_file_that_co_administrators_may_edit_are_ignored():
    FILE.write_text('info: tom, "|/bin/sh", $(id), /etc/x, ann\nlist: :include:/etc/shadow\n')
    OTHER.write_text('list: "|/usr/bin/list"\n')
    assert targets("info@vc.example") == ["tom", "ann"]
    assert targets("list@vc.example") == ["|/usr/bin/list"], "root's file counts"
    assert "list:" not in FILE.read_text().splitlines()[0]


def test_they_count_once_root_allowed_them_or_nobody_else_edits_the_file(vmail_conf):
    FILE.write_text('info: tom, "|/bin/sh"\n')
    vmail_conf(CONF + "alias_programs = yes\n")
    assert targets("info@vc.example") == ["tom", "|/bin/sh"]
    vmail_conf(CONF.replace("admins = sue\n", ""))
    assert targets("info@vc.example") == ["tom", "|/bin/sh"]


def test_they_are_ignored_where_another_domain_reads_that_file(vmail_conf):
    FILE.write_text('info: tom, "|/bin/sh"\n')
    vmail_conf(CONF + "[domain va.example]\nids = 70000-70999\nalias_files = /etc/aliases.link\n")
    link = pathlib.Path("/etc/aliases.link")
    link.symlink_to(FILE)
    try:
        assert targets("info@va.example") == ["tom"]
    finally:
        link.unlink()


def test_root_is_warned_of_a_target_that_will_be_ignored():
    done = ctl("alias", "set", "info@vc.example", "|/usr/bin/filter", "tom")
    assert done.returncode == DONE
    assert "to allow it, run vmailctl domain set vc.example alias_programs yes" in done.stderr
    assert targets("info@vc.example") == ["tom"]


def test_check_and_export_ignore_them_and_say_so():
    FILE.write_text("info: tom, `id`@elsewhere.example\nlist: /etc/x\n")
    found = ctl("check", "--dns=no", "vc.example").stdout
    assert "info: the target `id`@elsewhere.example is ignored, because co-administrators may edit this file" in found
    assert "list: ignored, because co-administrators may edit this file" in found
    done = ctl("export", "postfix-aliases", "vc.example")
    assert "`id`" not in done.stdout and "tom@vc.example" in done.stdout
    assert "a target that co-administrators may not set" in done.stderr


@pytest.mark.parametrize("target", ["/var/mail/archive", "|/usr/bin/filter \"a b\" 'c'", ":include:/etc/mail-list"])
def test_targets_of_every_kind_are_read_back(target, vmail_conf):
    scenes.write(pathlib.Path("/etc/mail-list"), "tom\n")
    vmail_conf(CONF + "alias_programs = yes\n")
    ctl_out("alias", "set", "info@vc.example", target)
    assert targets("info@vc.example") == [target]


def test_an_international_domain_of_a_target_is_stored_in_ascii():
    ctl_out("alias", "set", "info@vc.example", "tom@münchen.example")
    assert FILE.read_text() == "info: tom@xn--mnchen-3ya.example\n"


def test_a_loop_and_a_dead_end_are_warned_of():
    done = ctl("alias", "set", "info@vc.example", "nosuch", "tom")
    assert done.returncode == DONE and "info@vc.example: the target nosuch@vc.example is neither a user nor an alias" in done.stderr
    ctl_out("alias", "set", "a@vc.example", "tom")
    ctl_out("alias", "set", "b@vc.example", "a")
    done = ctl("alias", "set", "a@vc.example", "b@vc.example.org")
    assert done.returncode == DONE and "mail loops: a@vc.example -> b@vc.example -> a@vc.example" in done.stderr
    ctl_out("alias", "set", "tom@vc.example", "tom", "ann")  # they keep a copy


def test_list_shows_what_counts_to_everybody():
    scenes.write(FILE, "info: tom\nbroken\ninfo: ann\n")
    scenes.write(OTHER, "info: ann\nabuse: tom, ann\n")
    done = ctl("--json", "alias", "list", "vc.example", user="nobody")
    assert done.returncode == DONE and "aliases.vc.example:2" in done.stderr
    for alias, file, line, to in (("info", FILE, 1, ["tom"]), ("abuse", OTHER, 2, ["tom", "ann"])):
        assert ctl_json("alias", "show", f"{alias}@vc.example", user="nobody") == {
            "alias": f"{alias}@vc.example", "targets": to, "file": str(file), "line": line}
    FILE.write_text("info: tom\n")
    assert [row["alias"] for row in ctl_json("alias", "list")] == ["info@vc.example", "abuse@vc.example"]
    assert "tom, ann" in ctl_out("alias", "list", "vc.example")


def test_an_alias_of_a_further_file_is_not_changed_there():
    scenes.write(OTHER, "abuse: tom\n")
    ctl_fails(NO_SUCH, "alias", "del", "abuse@vc.example")
    assert OTHER.read_text() == "abuse: tom\n"


@pytest.mark.parametrize("arguments, code", [
    (("set", "info@nosuch.example", "tom"), NO_SUCH), (("set", "info", "tom"), USAGE), (("set", "info@vc.example"), USAGE),
    (("set", "in:fo@vc.example", "tom"), USAGE), (("set", "in\nfo@vc.example", "tom"), USAGE),
    (("set", "info@vc.example", "a\nb: tom"), USAGE), (("set", "info@vc.example", ""), USAGE),
    (("set", "info@vc.example", "a b"), USAGE), (("set", "info@vc.example", "a@b@c"), USAGE),
    (("set", "info@vc.example", "|"), USAGE), (("set", "info@vc.example", ":include:relative"), USAGE),
    (("del", "nosuch@vc.example"), NO_SUCH), (("show", "nosuch@vc.example"), NO_SUCH), (("list", "nosuch.example"), NO_SUCH),
], ids=repr)
def test_what_cannot_be_is_told_and_nothing_is_changed(arguments, code):
    scenes.write(FILE, "info: ann\n")
    ctl_fails(code, "alias", *arguments)
    assert FILE.read_text() == "info: ann\n"


def test_a_file_that_cannot_be_trusted_is_told():
    scenes.write(FILE, "info: ann\n", 0o666)
    for command in (("show", "info@vc.example"), ("set", "info@vc.example", "tom")):
        assert "aliases.vc.example" in ctl_fails(UNAVAILABLE, "alias", *command)
    assert FILE.read_text() == "info: ann\n"


COMMANDS = [("set", "info@vc.example", "tom"), ("add", "info@vc.example", "tom"), ("del", "info@vc.example")]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_dry_run_changes_nothing_and_nobody_may_do_it_at_all(command, syslog):
    scenes.write(FILE, "info: ann\n")
    assert "-info: ann" in ctl_out("-n", "alias", *command)
    ctl_fails(REFUSED, "alias", *command, user="nobody")
    assert FILE.read_text() == "info: ann\n" and not syslog.lines("vmailctl")


def test_a_full_disk_keeps_the_old_file():
    scenes.write(FILE, "info: ann\n")
    done = run("strace", "-f", "-o", "/dev/null", "-e", "inject=write,pwrite64:error=ENOSPC",
               "/usr/sbin/vmailctl", "alias", "set", "info@vc.example", "tom")
    assert done.returncode == UNAVAILABLE and FILE.read_text() == "info: ann\n"
    assert not [name for name in os.listdir(ETC) if "aliases.vc.example" in name and name.endswith(".new")]
