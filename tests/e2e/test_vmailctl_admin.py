# SPDX-License-Identifier: LGPL-2.1-or-later
"""Co-administrators: what vmail-admin does for those who may run it by the real sudo."""

import os
import pathlib
import shutil

import pytest

from programs import EXAMPLES, run
from scene import User
from vmailctl import DONE, EXISTS, NO_SUCH, REFUSED, UNAVAILABLE, USAGE, VMAILCTL, VMAIL_ADMIN, admin, ctl

CONF = """[domain va.example]
aliases = va.example.org
ids = 70000-70999
[domain vb.example]
ids = 71000-71999
admins = bob
[domain vc.example]
aliases = vc.example.org
ids = 67536-67545
max_users = 5
admins = daemon sue
"""
SUDOERS = pathlib.Path("/etc/sudoers.d/vmail-admin")


@pytest.fixture(scope="module", autouse=True)
def sudoers(scene):
    """examples/sudo as it says: sue and bob are in vmail-admins; sue manages vc.example, bob vb.example."""
    shutil.copyfile(EXAMPLES / "sudo" / "vmail-admin", SUDOERS)
    SUDOERS.chmod(0o440)
    # Nobody types sue's own password here.
    extra = SUDOERS.with_name("vmail-test")
    extra.write_text("Defaults:%vmail-admins !authenticate\n")
    extra.chmod(0o440)
    run("groupadd", "--system", "vmail-admins", check=True)
    for name in ("sue", "bob"):
        run("gpasswd", "-a", name, "vmail-admins", check=True)
    yield
    run("groupdel", "vmail-admins")
    SUDOERS.unlink()
    extra.unlink()


@pytest.fixture
def vc(make_domain, vmail_conf):
    vmail_conf(CONF)
    aliases = pathlib.Path("/etc/vmail/aliases.vc.example")
    aliases.write_text("list: tom\n")
    yield make_domain("vc.example", User("tom", 67536, "x"), User("ann", 67537, "x"), groups="staff:x:67538:ann\n")
    aliases.unlink()


def sudo(*arguments, who="sue", **options):
    """Runs vmail-admin as WHO by sudo, with all groups that WHO has."""
    return run("setpriv", f"--reuid={who}", f"--regid={who}", "--init-groups", "sudo", "-n", VMAIL_ADMIN, *arguments, **options)


def everything():
    return {path: path.read_bytes() for path in pathlib.Path("/etc/vmail").iterdir() if not path.name.startswith(".")}


def test_visudo_accepts_the_example():
    done = run("visudo", "-c", "-f", str(SUDOERS))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("command", [
    ("user", "add", "tim@vc.example", "--no-password"), ("user", "add", "tim@VC.example.org", "--generate"),
    ("user", "del", "tom@vc.example", "--purge"), ("user", "set", "tom@vc.example", "--comment=Tom", "--gid=staff"),
    ("user", "set", "tom@vc.example", "--shell=/usr/sbin/nologin"), ("user", "rename", "tom@vc.example", "tim"),
    ("user", "passwd", "tom@vc.example", "--generate"), ("user", "lock", "tom@vc.example"),
    ("user", "expire", "tom@vc.example", "2030-01-01"), ("user", "list", "vc.example"), ("user", "show", "tom@vc.example"),
    ("group", "list", "vc.example"), ("group", "show", "staff@vc.example"), ("group", "add", "sales@vc.example"),
    ("group", "add", "sales@vc.example", "--gid=67545"), ("group", "set", "staff@vc.example", "--name=crew"),
    ("group", "del", "staff@vc.example"), ("group", "member", "add", "staff@vc.example", "tom"),
    ("group", "member", "del", "staff@vc.example", "ann"), ("alias", "set", "info@vc.example", "tom", "x@elsewhere.example"),
    ("alias", "add", "info@vc.example", "tom"), ("alias", "del", "list@vc.example"), ("alias", "list", "vc.example"),
    ("alias", "show", "list@vc.example"), ("domain", "show", "vc.example"), ("--help",), ("help", "user"),
])
def test_a_co_administrator_manages_his_domain(vc, syslog, command):
    done = sudo("-y", *command)
    told = [line for line in done.stderr.splitlines() if "still leads to tom@vc.example" not in line]
    assert (done.returncode, told) == (DONE, [])
    if command[0] in ("user", "group", "alias") and command[1] not in ("list", "show"):
        verb = " ".join(word for word in command[:3] if "@" not in word)
        assert "sue(uid 1002) by sudo" in syslog.wait_for(rf"vmailctl\[\d+\].*{verb}")
    assert "refused" not in syslog.text()


OTHERS = [
    ("user", "add", "tim@va.example", "--no-password"), ("user", "del", "bob@va.example"),
    ("user", "set", "bob@va.example", "--comment=x"), ("user", "rename", "bob@va.example.org", "rob"),
    ("user", "passwd", "bob@vb.example", "--generate"), ("user", "lock", "bob@va.example"),
    ("user", "unlock", "locked@va.example"), ("user", "expire", "bob@va.example", "never"),
    ("user", "list", "va.example"), ("user", "list", "vc.example", "va.example"), ("user", "list"),
    ("user", "show", "bob@va.example"), ("group", "add", "s@va.example"), ("group", "del", "staff@va.example"),
    ("group", "set", "staff@va.example", "--name=x"), ("group", "member", "add", "staff@va.example", "locked"),
    ("group", "member", "del", "staff@va.example", "bob"), ("group", "list"), ("group", "show", "staff@va.example"),
    ("domain", "list"), ("index",), ("index", "vc.example"), ("domain", "add", "vx.example"), ("domain", "del", "vc.example"),
    ("domain", "set", "vc.example", "admins", "sue", "bob"), ("domain", "set", "vc.example", "max_users", "99"),
    ("domain", "show", "va.example"), ("domain", "alias", "add", "vc.example", "vx.example"),
    ("domain", "alias", "del", "vc.example", "vc.example.org"), ("address", "add", "vc.example", "127.0.0.9"), ("address", "list"),
    ("address", "del", "va.example", "127.0.0.2"), ("address", "suggest", "--apply"), ("relay", "add", "vx.example"), ("relay", "list"),
    ("alias", "set", "info@va.example", "bob"), ("alias", "list"), ("alias", "show", "info@va.example"),
    ("alias", "set", "info@vc.example", "|/bin/sh"), ("alias", "add", "list@vc.example", "/etc/passwd"),
    ("alias", "set", "info@vc.example", ":include:/etc/shadow"), ("alias", "set", "info@vc.example", "tom", "|/bin/sh"),
]


OTHERS += [("alias", verb, "list@vc.example", target) for verb in ("set", "add") for target in (
    "$(id)", "`id`", "`id`@elsewhere.example", "a;b", "a|b@elsewhere.example", "x$HOME@elsewhere.example")]


@pytest.mark.parametrize("command", OTHERS, ids=" ".join)
def test_everything_else_is_refused_and_logged(vc, syslog, command):
    before = everything()
    done = sudo("-y", *command)
    assert (done.returncode, done.stdout) == (REFUSED, "") and "refused" in done.stderr
    assert "sue(uid 1002) by sudo: refused" in syslog.wait_for("vmailctl.*refused")
    assert everything() == before


@pytest.mark.parametrize("options", [
    ("--uid=67546",), ("--uid=70000",), ("--home=/root",), ("--home=/vhome/vc.example/ann",), ("--home=/vhome/va.example/tim",),
    ("--shell=/bin/sh",), ("--shell=/bin/rbash",), ("--gid=67537",), ("--gid=67545",), ("--gid=70064",),
], ids=" ".join)
def test_a_new_user_of_his_has_no_ids_home_or_shell_that_root_did_not_give(vc, syslog, options):
    before = everything()
    done = sudo("user", "add", "tim@vc.example", "--no-password", *options)
    assert (done.returncode, done.stdout) == (REFUSED, ""), done.stderr
    syslog.wait_for("vmailctl.*refused")
    assert everything() == before and not os.path.exists("/vhome/vc.example/tim")


@pytest.mark.parametrize("options", [("--home=/etc",), ("--shell=/bin/bash",), ("--gid=67536",)], ids=" ".join)
def test_nor_can_he_give_them_later(vc, syslog, options):
    before = everything()
    done = sudo("user", "set", "ann@vc.example", *options)
    assert done.returncode == REFUSED, done.stderr
    syslog.wait_for("vmailctl.*refused")
    assert everything() == before


@pytest.mark.parametrize("gid", ["67546", "70065"])
def test_a_gid_outside_the_block_is_refused(vc, gid):
    before = everything()
    assert sudo("group", "add", "s@vc.example", f"--gid={gid}").returncode == REFUSED
    assert sudo("group", "set", "staff@vc.example", f"--gid={gid}").returncode == REFUSED
    assert everything() == before


SHELL_NAMES = {name: next(c for c in name if not c.isalnum()) for name in (
    "$(id)", "`id`", "a;reboot", "|id", "a&b", "a<b", "a>b", "x)", "o'brien", 'o"neill', "a\\b", "*", "a?", "a!", "~root", "a#b",
    "[a]", "{a}")}


@pytest.mark.parametrize("name", SHELL_NAMES)
def test_he_gives_no_name_that_means_something_to_a_shell(vc, syslog, name):
    before = everything()
    for command in [("user", "add", f"{name}@vc.example", "--no-password"), ("user", "rename", "tom@vc.example", name),
                    ("group", "add", f"{name}@vc.example"), ("group", "set", "staff@vc.example", f"--name={name}"),
                    ("alias", "set", f"{name}@vc.example", "tom"), ("alias", "add", f"{name}@vc.example", "tom")]:
        done = sudo("-y", *command)
        assert (done.returncode, done.stdout) == (REFUSED, ""), f"{command} {done.stderr}"
        assert f"refused: the name {name} contains {SHELL_NAMES[name]}, a special character of the shell" in done.stderr
    assert everything() == before
    syslog.wait_for("vmailctl.*refused: the name")


def test_root_gives_such_a_name_and_is_warned_and_he_takes_it_away(vc):
    done = ctl("user", "add", "$(id)@vc.example", "--no-password")
    assert done.returncode == DONE
    assert "warning: the name $(id) contains $, a special character of the shell" in done.stderr
    for command in [("group", "add", "a;b@vc.example"), ("group", "set", "a;b@vc.example", "--name=a&b"),
                    ("alias", "set", "|x@vc.example", "tom"), ("user", "rename", "tom@vc.example", "*")]:
        done = ctl("-y", *command)
        assert done.returncode == DONE and "a special character of the shell" in done.stderr, done.stderr
    for command in [("user", "rename", "$(id)@vc.example", "id"), ("user", "del", "*@vc.example"),
                    ("alias", "del", "|x@vc.example"), ("group", "set", "a&b@vc.example", "--name=ab")]:
        done = sudo("-y", *command)
        assert (done.returncode, done.stderr) == (DONE, "")


def test_completion_offers_him_his_domains_and_their_users_only(vc):
    offered = {kind: sudo("complete", *kind, "").stdout.split() for kind in [
        ("user", "show"), ("group", "show"), ("domain", "show"), ("user", "list", "vc.example")]}
    assert offered == {("user", "show"): ["tom@vc.example", "ann@vc.example"], ("group", "show"): ["staff@vc.example"],
                       ("domain", "show"): ["vc.example"], ("user", "list", "vc.example"): ["vc.example"]}
    assert admin("complete", "user", "show", "", uid="x").stdout == ""
    assert admin("complete", "user", "show", "").stdout == ""
    assert run(VMAIL_ADMIN, "complete", "domain", "show", "", user="sue").stdout == "vc.example\n"


@pytest.mark.parametrize("user", ["bob@va.example", "bbo@va.example", "nosuch@va.example"])
def test_a_member_of_another_domain_is_refused_whether_there_is_one_or_not(vc, user):
    done = sudo("group", "member", "add", "staff@vc.example", user)
    assert done.returncode == REFUSED
    assert done.stderr == f"vmail-admin: {user} is in another domain: groups of vc.example can only have members of their own domain\n"


def test_a_suggestion_names_nothing_of_another_domain(vc):
    for name, near in [("va.exampel", "vc.example"), ("va.example.ogr", "vc.example.org"), ("vb.exampel", "vc.example"),
                       ("vc.exampel", "vc.example"), ("vc.example.ogr", "vc.example.org")]:
        for command in [("user", "list", name), ("user", "show", f"tom@{name}"),
                        ("group", "member", "add", "staff@vc.example", f"x@{name}")]:
            done = sudo(*command)
            assert (done.returncode, done.stderr) == (NO_SUCH, f"vmail-admin: no such domain: {name}; did you mean '{near}'?\n")
    assert "did you mean 'tom'?" in sudo("user", "show", "tmo@vc.example").stderr


def test_an_alias_of_his_tells_nothing_of_users_elsewhere(vc):
    assert sudo("alias", "set", "info@vc.example", "bob@va.example", "nosuch@va.example").stderr == ""
    assert "nosuch@vc.example is neither a user nor an alias" in sudo("alias", "set", "info@vc.example", "nosuch").stderr


def test_root_can_allow_them_programs_and_files_as_targets(vc, vmail_conf):
    done = sudo("alias", "set", "info@vc.example", "|/usr/bin/filter")
    assert done.returncode == REFUSED and "vmailctl domain set vc.example alias_programs yes" in done.stderr
    assert ctl("domain", "set", "vc.example", "alias_programs", "yes").returncode == DONE
    for target in ("|/usr/bin/filter", "/var/spool/list", ":include:/etc/list"):
        done = sudo("alias", "set", "info@vc.example", target)
        assert (done.returncode, done.stderr) == (DONE, "")
        assert target in sudo("alias", "show", "info@vc.example").stdout
    done = sudo("domain", "set", "vc.example", "alias_programs", "yes")
    assert done.returncode == REFUSED


def test_an_alias_of_theirs_tells_nothing_of_aliases_elsewhere(vc):
    other = pathlib.Path("/etc/vmail/aliases.va.example")
    other.write_text("list: info@vc.example\n")
    try:
        assert "mail loops" in ctl("alias", "set", "info@vc.example", "list@va.example").stderr
        assert sudo("alias", "set", "info@vc.example", "list@va.example").stderr == ""
        other.chmod(0o666)
        assert "aliases.va.example" in ctl("alias", "set", "info@vc.example", "list@va.example").stderr
        assert sudo("alias", "set", "info@vc.example", "list@va.example").stderr == ""
    finally:
        other.unlink()


@pytest.mark.parametrize("command", [("user", "add", "tim@vc.example", "--no-password", "--uid=67536"),
                                     ("group", "add", "sales@vc.example", "--gid=67536")], ids=" ".join)
def test_co_administrators_cannot_ask_for_an_id_that_a_deleted_user_had(vc, command):
    assert sudo("-y", "user", "del", "tom@vc.example").returncode == DONE
    done = sudo(*command)
    assert done.returncode == REFUSED and "id 67536 belonged to a deleted user or group" in done.stderr


@pytest.mark.parametrize("command", [("user", "add", "tim@vc.example", "--no-password"), ("group", "add", "sales@vc.example")], ids=" ".join)
def test_a_file_of_another_domain_that_is_not_trusted_is_not_named(vc, command):
    other = pathlib.Path("/etc/vmail/passwd.va.example")
    other.chmod(0o664)
    try:
        said = sudo(*command).stderr
        assert "a file of another domain cannot be read or is not trusted; ask root" in said and "va.example" not in said
        assert "passwd.va.example" in ctl(*command[:2], f"x{command[2]}", *command[3:]).stderr
    finally:
        other.chmod(0o644)


def test_a_user_of_another_domain_with_the_same_uid_is_not_named(vc):
    other = pathlib.Path("/etc/vmail/passwd.va.example")
    before = other.read_text()
    line = "eve:x:68000:68000::/vhome/va.example/eve:/bin/false\n"
    try:
        for name in ("old", "older"):
            other.write_text(before + line)
            vc.passwd.write_text(vc.passwd.read_text() + f"{name}:x:68000:68000::/vhome/vc.example/{name}:/bin/false\n")
            done = (sudo if name == "old" else ctl)("-y", "user", "del", f"{name}@vc.example", "--purge")
            assert done.returncode == REFUSED and "also has uid 68000: the home and mailbox were kept" in done.stderr
            assert ("eve@va.example" in done.stderr) == (name == "older"), done.stderr
    finally:
        other.write_text(before)


def test_max_users_holds_for_him(vc):
    for i in range(3):
        assert sudo("user", "add", f"u{i}@vc.example", "--no-password").returncode == DONE
    assert sudo("user", "add", "u3@vc.example", "--no-password").returncode == REFUSED


def test_a_home_that_is_roots_is_not_his_to_give(vc, syslog):
    home = pathlib.Path("/vhome/vc.example/tim")
    home.mkdir(parents=True)
    before = everything()
    assert sudo("user", "add", "tim@vc.example", "--no-password", "--adopt-home").returncode == REFUSED
    assert home.stat().st_uid == 0 and everything() == before
    os.chown(home, 67540, 67540)
    assert sudo("user", "add", "tim@vc.example", "--no-password", "--adopt-home").returncode == DONE


def test_a_home_of_another_domains_user_is_not_his_to_give(vc):
    home = pathlib.Path("/vhome/vc.example/tim")
    home.mkdir(parents=True)
    os.chown(home, 70063, 70063)
    before = everything()
    assert sudo("user", "add", "tim@vc.example", "--no-password", "--adopt-home").returncode == REFUSED
    assert home.stat().st_uid == 70063 and everything() == before


@pytest.fixture
def system_mail(vmail_conf):
    """A mailbox path without the domain; /var/mail with root's mbox, empty, and the system user carol's."""
    vmail_conf(CONF.replace("max_users", "mailbox = mbox:/var/mail/%u\nmax_users"))
    boxes = pathlib.Path("/var/mail/root"), pathlib.Path("/var/mail/carol")
    boxes[0].write_text("")
    boxes[1].write_text("From sue\n\nfor carol\n")
    os.chown(boxes[1], 1042, 1042)
    yield lambda: [(box.read_text(), box.stat().st_uid, box.stat().st_ino) for box in boxes]
    for name in ("root", "carol", "u1", "u2"):
        pathlib.Path("/var/mail", name).unlink(missing_ok=True)


def test_mail_of_the_system_is_not_his_to_take(vc, system_mail):
    before = system_mail(), everything()
    for name in ("root", "carol"):
        done = sudo("user", "add", f"{name}@vc.example", "--no-password")
        assert done.returncode == UNAVAILABLE and f"/var/mail/{name}: already exists and is owned by somebody else" in done.stderr
        assert (system_mail(), everything()) == before
    assert sudo("user", "add", "u1@vc.example", "--no-password").returncode == DONE
    os.unlink("/var/mail/u1")
    assert sudo("user", "rename", "u1@vc.example", "carol").returncode == EXISTS
    vc.passwd.write_text(vc.passwd.read_text().replace("u1", "carol"))
    shutil.rmtree("/vhome/vc.example/u1")
    done = sudo("user", "rename", "carol@vc.example", "u2")
    assert done.returncode == REFUSED and "/var/mail/carol was not moved, because it is owned by uid 1042" in done.stderr
    assert system_mail() == before[0] and not os.path.lexists("/var/mail/u2")


def test_another_domains_co_administrator_is_refused(vc):
    assert sudo("-y", "user", "del", "tom@vc.example", who="bob").returncode == REFUSED
    assert sudo("user", "list", "vb.example", who="bob").returncode == DONE


def test_who_is_in_no_admins_may_do_nothing_though_sudo_lets_him(vc, vmail_conf):
    vmail_conf(CONF.replace("daemon sue", "daemon"))
    before = everything()
    assert sudo("-y", "user", "del", "tom@vc.example").returncode == REFUSED
    assert everything() == before


def test_bad_names_are_told_to_him_as_well(vc):
    assert sudo("user", "add", "tim", "--no-password").returncode == USAGE
    assert sudo("user", "add", "tim@nosuch.example", "--no-password").returncode == NO_SUCH
    assert sudo("user", "add", "tom@vc.example", "--no-password").returncode == EXISTS


def test_his_environment_counts_for_nothing(vc):
    before = everything()
    env = {"SUDO_UID": "0", "SUDO_USER": "root", "SUDO_GID": "0", "HOME": "/root", "USER": "root", "LOGNAME": "root"}
    assert sudo("-y", "user", "del", "bob@va.example", env=env).returncode == REFUSED
    done = run("setpriv", "--reuid=sue", "--regid=sue", "--init-groups", "sudo", "-n", "SUDO_UID=0", VMAIL_ADMIN, "-y",
               "user", "del", "bob@va.example")
    assert done.returncode != 0 and everything() == before


@pytest.mark.parametrize("value", ["", "x", "-1", "4294967295", "0x0", " 0", "99999999999999999999", "12345", "0", None])
def test_vmail_admin_without_the_uid_of_a_co_administrator_refuses(vc, syslog, value):
    before = everything()
    done = admin("-y", "user", "del", "tom@vc.example", uid=value)
    assert done.returncode == REFUSED and "vmailctl user del" in done.stderr and everything() == before
    syslog.wait_for("vmailctl.*refused: user del")


@pytest.mark.parametrize("value", ["0", "1002", "12345", "x"])
def test_vmailctl_by_sudo_is_root(vc, value):
    assert ctl("-y", "user", "del", "tom@vc.example", env={"SUDO_UID": value}).returncode == DONE
    assert ctl("domain", "set", "vc.example", "max_users", "9", env={"SUDO_UID": value}).returncode == DONE


def test_a_change_by_root_is_logged_with_the_user_who_called_sudo(vc, syslog):
    assert ctl("user", "lock", "tom@vc.example", env={"SUDO_UID": "1001"}).returncode == DONE
    assert "bob(uid 1001) by sudo" in syslog.wait_for("vmailctl.*user lock tom@vc.example")


@pytest.mark.parametrize("start, code", [
    (("bash", "-c", f'exec -a vmailctl {VMAIL_ADMIN} "$@"', "bash"), REFUSED),
    (("bash", "-c", f'exec -a vmail-admin {VMAILCTL} "$@"', "bash"), REFUSED),
    (("bash", "-c", f'exec -a "" {VMAIL_ADMIN} "$@"', "bash"), REFUSED),
    ((VMAIL_ADMIN, "--program-name=vmailctl"), USAGE),
], ids=["path", "first word", "empty first word", "option"])
def test_either_name_is_enough_to_restrict(vc, start, code):
    before = everything()
    done = run(*start, "-y", "user", "del", "bob@va.example", env={"SUDO_UID": "1002"})
    assert done.returncode == code and everything() == before


@pytest.mark.parametrize("name", ["vmailctl", "vmail-admin"])
def test_a_link_of_their_own_restricts_them_as_well(vc, tmp_path, name):
    link = tmp_path / name
    link.symlink_to(VMAIL_ADMIN)
    for directory in (tmp_path, *tmp_path.parents):
        if directory != directory.parent:
            directory.chmod(directory.stat().st_mode | 0o5)
    before = everything()
    done = run("setpriv", "--reuid=sue", "--regid=sue", "--init-groups", "sudo", "-n", str(link), "-y", "user", "del", "bob@va.example")
    assert done.returncode != DONE and everything() == before


def test_the_example_lets_nobody_run_vmailctl(vc):
    before = everything()
    done = run("setpriv", "--reuid=sue", "--regid=sue", "--init-groups", "sudo", "-n", VMAILCTL, "-y", "user", "del", "tom@vc.example")
    assert done.returncode != DONE and everything() == before


def test_a_refusal_says_what_to_run(vc):
    assert "run sudo vmailctl domain list" in sudo("domain", "list").stderr
    assert "run sudo vmail-admin user list" in run(VMAIL_ADMIN, "user", "list", "vc.example", user="sue").stderr
    done = ctl("user", "lock", "tom@vc.example", user="sue")
    assert "run sudo vmailctl user lock, or, as a co-administrator, sudo vmail-admin user lock" in done.stderr


def test_messages_and_help_have_the_name_that_was_run(vc):
    assert sudo("user", "show", "nosuch@vc.example").stderr.startswith("vmail-admin: ")
    assert "Usage: vmail-admin user lock " in sudo("user", "lock", "--help").stdout
    assert "vmail-admin user lock: no such option" in sudo("user", "lock", "--nosuch").stderr
    assert "Usage: vmailctl user lock " in ctl("user", "lock", "--help").stdout


def test_wrong_lines_of_other_domains_in_vmail_conf_are_not_told(vc, vmail_conf):
    vmail_conf(CONF + "[domain vz.example]\nno_such_key = 1\n")
    assert "vmail.conf" in ctl("user", "list", "vc.example").stderr
    assert sudo("user", "list", "vc.example").stderr == ""


@pytest.mark.parametrize("command", [("index",), ("user", "add", "tim@vc.example", "--no-password")])
def test_without_sudo_he_is_nobody(vc, command):
    done = ctl(*command, user="sue")
    assert done.returncode == REFUSED and "only root may do that" in done.stderr


def test_every_command_says_what_it_needs():
    """A command that says nothing needs root: this list grows only on purpose."""
    source = pathlib.Path(__file__).resolve().parents[2] / "tools" / "vmailctl"
    lent = {path.name for path in source.rglob("*.c") if "NEEDS_DOMAIN_ADMIN," in path.read_text()}
    assert {name for name in lent if not name.startswith(("user_", "group_", "alias_"))} == set()
