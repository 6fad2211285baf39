# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmailctl group: the groups of a domain and their members."""

import pytest

import scene as scenes
from programs import out, run
from scene import ETC, User
from vmailctl import DONE, EXISTS, NO_SUCH, REFUSED, UNAVAILABLE, USAGE, ctl, ctl_fails, ctl_json, ctl_out

CONF = "[domain vc.example]\nids = 67536-67545\n[domain vb.example]\nids = 71000-71999\n"


@pytest.fixture
def vc(make_domain, vmail_conf):
    """A domain with two users and one group."""
    vmail_conf(CONF)
    return make_domain("vc.example", User("tom", 67536, "x"), User("ann", 67537, "x"), groups="staff:x:67538:ann\n")


def test_add_chooses_a_gid_that_no_user_has(vc):
    assert ctl_json("group", "add", "sales@vc.example") == {"group": "sales@vc.example", "gid": 67539, "members": []}
    assert vc.group.read_text() == "staff:x:67538:ann\nsales:x:67539:\n"
    assert out("getent", "group", "sales@vc.example") == "sales@vc.example:x:67539:"
    assert ctl_json("group", "add", "other@vc.example", "--gid=67545")["gid"] == 67545


def test_the_first_group_makes_the_file(make_domain, vmail_conf):
    vmail_conf(CONF)
    domain = make_domain("vc.example")
    ctl_out("group", "add", "sales@vc.example")
    status = domain.group.stat()
    assert (status.st_mode & 0o7777, status.st_uid, status.st_gid) == (0o644, 0, 0)


@pytest.mark.parametrize("arguments, code", [
    (("add", "staff@vc.example"), EXISTS), (("add", "STAFF@vc.example"), EXISTS), (("add", "tom@vc.example"), EXISTS),
    (("add", "s@nosuch.example"), NO_SUCH), (("add", "s:x@vc.example"), USAGE), (("add", "#s@vc.example"), USAGE),
    (("add", "s@vc.example", "--gid=67536"), EXISTS), (("add", "s@vc.example", "--gid=x"), USAGE),
    (("add", "s@vc.example", "--gid=71064"), REFUSED), (("add", "s@vc.example", "--gid=10"), REFUSED),
    (("del", "nosuch@vc.example"), NO_SUCH), (("show", "nosuch@vc.example"), NO_SUCH),
    (("set", "staff@vc.example"), USAGE), (("set", "staff@vc.example", "--name=tom"), EXISTS),
    (("set", "staff@vc.example", "--name=a,b"), USAGE), (("set", "nosuch@vc.example", "--name=x"), NO_SUCH),
    (("set", "staff@vc.example", "--gid=67537"), EXISTS),
    (("member", "add", "staff@vc.example", "ann"), EXISTS), (("member", "add", "staff@vc.example", "nosuch"), NO_SUCH),
    (("member", "add", "nosuch@vc.example", "tom"), NO_SUCH), (("member", "del", "staff@vc.example", "tom"), NO_SUCH),
    (("member", "add", "staff@vc.example", "bob@vb.example"), REFUSED),
    (("member", "add", "staff@vc.example", "to:m"), USAGE),
])
def test_what_cannot_be_is_told_and_nothing_is_changed(vc, arguments, code):
    before = vc.group.read_bytes(), vc.passwd.read_bytes()
    ctl_fails(code, "-y", "group", *arguments)
    assert (vc.group.read_bytes(), vc.passwd.read_bytes()) == before


def test_members_come_and_go(vc):
    ctl_out("group", "member", "add", "staff@vc.example", "tom")
    assert ctl_json("group", "show", "staff@vc.example")["members"] == ["ann", "tom"]
    assert "67538" in out("id", "-G", "tom@vc.example").split()
    ctl_out("group", "member", "del", "staff@vc.example", "ANN@vc.example", "tom")
    assert vc.group.read_text() == "staff:x:67538:\n"
    assert "67538" not in out("id", "-G", "tom@vc.example").split()


def test_a_change_keeps_every_other_byte(vc):
    scenes.write(vc.group, b"# ours\r\nbroken\r\nout:x:5:ann\r\nstaff:x:67538:ann\r\nlast:x:67540:ann")
    ctl_out("group", "member", "add", "staff@vc.example", "tom")
    assert vc.group.read_bytes() == b"# ours\r\nbroken\r\nout:x:5:ann\r\nstaff:x:67538:ann,tom\r\nlast:x:67540:ann"
    ctl_out("-y", "user", "del", "ann@vc.example")
    assert vc.group.read_bytes() == b"# ours\r\nbroken\r\nout:x:5:ann\r\nstaff:x:67538:tom\r\nlast:x:67540:"


def test_set_changes_name_and_gid(vc):
    ctl_out("group", "set", "staff@vc.example", "--name", "crew", "--gid", "67545")
    assert vc.group.read_text() == "crew:x:67545:ann\n"


def test_a_primary_group_is_not_deleted_and_keeps_its_gid(vc):
    ctl_out("user", "set", "tom@vc.example", "--gid", "staff")
    assert "primary group of tom" in ctl_fails(REFUSED, "-y", "group", "del", "staff@vc.example")
    assert "primary group of tom" in ctl_fails(REFUSED, "group", "set", "staff@vc.example", "--gid=67545")
    ctl_out("user", "set", "tom@vc.example", "--gid", "67536")
    ctl_fails(USAGE, "group", "del", "staff@vc.example")  # nobody to ask
    ctl_out("-y", "group", "del", "staff@vc.example")
    assert vc.group.read_text() == "" and run("getent", "group", "staff@vc.example").returncode == 2


def test_list_shows_the_groups_of_the_files_to_everybody(vc):
    rows = [{"group": "staff@vc.example", "gid": 67538, "members": ["ann"]}]
    assert ctl_json("group", "list", "vc.example") == ctl_json("group", "list", "vc.example", user="nobody") == rows
    assert "staff@va.example" in ctl_out("group", "list")
    assert "staff@vc.example" in ctl_out("group", "show", "staff@vc.example")


def test_a_group_file_that_cannot_be_trusted_is_told(vc):
    vc.group.chmod(0o666)
    for command in (("list", "vc.example"), ("show", "staff@vc.example"), ("add", "s@vc.example"),
                    ("member", "add", "staff@vc.example", "tom")):
        assert "group.vc.example" in ctl_fails(UNAVAILABLE, "group", *command)


@pytest.mark.parametrize("command", [
    ("add", "s@vc.example"), ("del", "staff@vc.example"), ("set", "staff@vc.example", "--name=x"),
    ("member", "add", "staff@vc.example", "tom"), ("member", "del", "staff@vc.example", "ann"),
])
def test_a_dry_run_changes_nothing_and_nobody_may_do_it_at_all(vc, command, syslog):
    before = vc.group.read_bytes()
    assert "--- /etc/vmail/group.vc.example" in ctl_out("-n", "group", *command)
    assert "refused" in ctl_fails(REFUSED, "-y", "group", *command, user="nobody")
    assert vc.group.read_bytes() == before and not syslog.lines("vmailctl")
    ctl_out("-y", "group", *command)
    syslog.wait_for("group (member )?" + command[0])


@pytest.mark.parametrize("command", [("-y", "group", "del", "staff@vc.example"), ("group", "set", "staff@vc.example", "--gid=67545")], ids=" ".join)
def test_a_gid_that_a_group_gives_up_is_not_given_again(vc, command):
    ctl_out(*command)
    assert (ETC / "retired_ids").read_text().splitlines()[1:] == ["67538"]
    done = ctl("group", "add", "crew@vc.example", "--gid=67538")
    assert done.returncode == DONE and "the id 67538 belonged to a deleted user or group" in done.stderr
