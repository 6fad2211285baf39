# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the system's own programs see of virtual users."""

import os
import pathlib

import pytest

import scene as scenes
from daemons import install_example
from programs import SYSTEM, VA, VB, connection_to, out, run

BOB = "bob@va.example:x:70000:70000:Bob of VA:/vhome/va.example/bob:/bin/false"


@pytest.fixture(params=["root", "sue"])
def who(request):
    """The tools are used by root and by an ordinary user."""
    return {} if request.param == "root" else {"user": request.param}


def test_getent_passwd_finds_a_virtual_user_by_name(who):
    assert out("getent", "passwd", "bob@va.example", **who) == BOB


def test_getent_passwd_gives_the_canonical_entry_for_an_alias_and_for_capitals(who):
    assert out("getent", "passwd", "BOB@VA.example.ORG", **who) == BOB


def test_getent_passwd_finds_a_virtual_user_by_uid(who):
    assert out("getent", "passwd", "70000", **who) == BOB
    assert out("getent", "passwd", "71000", **who).startswith("bob@vb.example:x:71000:")


def test_getent_passwd_lists_virtual_users_and_system_users(who):
    names = [line.split(":")[0] for line in out("getent", "passwd", **who).splitlines()]
    for name in ("root", "bob", "sue", "bob@va.example", "alice@va.example", "bob@vb.example"):
        assert names.count(name) == 1


def test_virtual_users_are_not_listed_where_vmail_conf_says_no(vmail_conf):
    vmail_conf("[vmail]\nenumerate = no\n")
    assert "@va.example" not in out("getent", "passwd")
    assert out("getent", "passwd", "bob@va.example") == BOB


@pytest.mark.parametrize("name", ["bob", "root", "sue"])
def test_getent_passwd_still_gives_the_systems_entry_for_a_plain_name(who, name):
    assert out("getent", "passwd", name, **who) == out("getent", "-s", "files", "passwd", name)


@pytest.mark.parametrize("name", ["nobody-here@va.example", "bob@elsewhere.example", "alice", "alice@vb.example"])
def test_getent_passwd_knows_nothing_of_a_user_that_is_not_there(who, name):
    assert run("getent", "passwd", name, **who).returncode == 2


def test_getent_shadow_shows_root_a_locked_entry_and_the_ageing_fields(scene):
    assert out("getent", "shadow", "bob@va.example") == f"bob@va.example:*:{scene.va['bob'].shadow_line.split(':', 2)[2]}"


def test_getent_shadow_shows_an_ordinary_user_nothing():
    done = run("getent", "shadow", "bob@va.example", user="sue")
    assert (done.returncode, done.stdout) == (2, "")
    assert "va.example" not in run("getent", "shadow", user="sue").stdout


def test_getent_group_finds_a_group_of_a_domain_by_name_and_gid(who):
    staff = "staff@va.example:x:70064:bob@va.example,alice@va.example"
    assert out("getent", "group", "staff@va.example", **who) == staff
    assert out("getent", "group", "70064", **who) == staff


def test_a_user_without_a_group_entry_has_a_private_group_of_his_name(who):
    assert out("getent", "group", "bob@va.example", **who) == "bob@va.example:x:70000:"
    assert out("getent", "group", "70000", **who) == "bob@va.example:x:70000:"


def test_getent_initgroups_gives_the_groups_of_the_domain(who):
    assert "70064" in out("getent", "initgroups", "bob@va.example", **who).split()[1:]


def test_getent_initgroups_gives_a_system_user_the_systems_groups(who):
    adm = out("getent", "group", "adm").split(":")[2]
    assert adm in out("getent", "initgroups", "bob", **who).split()[1:]


@pytest.fixture
def aliases(vmail_conf):
    """va.example has two alias files, and the machine one."""
    files = {pathlib.Path("/etc/aliases"): "postmaster: sue\n",
             scenes.ETC / "aliases.va.example": 'Sales: bob, joe@elsewhere.example, "|/bin/false"\n',
             scenes.ETC / "aliases.common": "sales: alice\npostmaster: alice\nspool: /var/log/mail\n"}
    before = {path: path.read_text() for path in files if path.exists()}
    for path, text in files.items():
        scenes.write(path, text)
    vmail_conf("[domain va.example]\naliases = va.example.org\naddress = 127.0.0.2\nalias_files = /etc/vmail/aliases.common\n")
    yield
    for path in files:
        path.unlink()
    for path, text in before.items():
        scenes.write(path, text)


SALES = "sales@va.example: bob@va.example, joe@elsewhere.example"
POSTMASTER = "postmaster@va.example: alice@va.example"


def test_getent_aliases_finds_an_alias_of_a_domain(aliases, who):
    assert out("getent", "aliases", "sales@va.example", **who) == SALES
    assert out("getent", "aliases", "SALES@va.example.org", **who) == SALES
    assert out("getent", "aliases", "postmaster@va.example", **who) == POSTMASTER
    for name in ("spool@va.example", "bob@va.example", "sales@vb.example", "sales"):
        assert run("getent", "aliases", name, **who).returncode == 2


def test_getent_aliases_lists_the_aliases_of_domains_and_of_the_system(aliases, who):
    lines = out("getent", "aliases", **who).splitlines()
    assert [line for line in lines if "@" in line] == [SALES, POSTMASTER]
    assert [line.split() for line in lines if "@" not in line] == [["postmaster:", "sue"]]


def test_getent_aliases_gives_the_systems_alias_for_a_plain_name_and_then_that_of_the_domain_of_the_connection(aliases, who):
    with connection_to(VA) as connection:
        assert out("getent", "aliases", "postmaster", stdin=connection, **who).split() == ["postmaster:", "sue"]
        assert out("getent", "aliases", "sales", stdin=connection, **who) == SALES


def test_id_prints_names_and_ids(who):
    assert out("id", "alice@va.example", **who) == (
        "uid=70001(alice@va.example) gid=70001(alice@va.example) groups=70001(alice@va.example),70064(staff@va.example)")


def test_chown_takes_and_ls_shows_the_name(tmp_path):
    file = tmp_path / "file"
    file.touch()
    run("chown", "bob@vb.example:staff@va.example", str(file), check=True)
    assert (os.stat(file).st_uid, os.stat(file).st_gid) == (71000, 70064)
    assert out("ls", "-l", str(file)).split()[2:4] == ["bob@vb.example", "staff@va.example"]


def test_root_becomes_a_virtual_user_by_su():
    assert out("su", "-s", "/bin/sh", "-c", "id -un; id -gn; id -Gn", "bob@va.example").split() == [
        "bob@va.example", "bob@va.example", "bob@va.example", "staff@va.example"]


@pytest.fixture
def su_by_example():
    before = pathlib.Path("/etc/pam.d/su").read_text()
    install_example("pam.d/su", "/etc/pam.d/su")
    yield
    pathlib.Path("/etc/pam.d/su").write_text(before)


def test_root_becomes_a_virtual_user_by_su_with_the_example_stack(su_by_example):
    assert out("su", "-s", "/bin/sh", "-c", "id -un", "bob@va.example") == "bob@va.example"


def test_an_ordinary_user_becomes_a_virtual_user_by_su_with_the_password(su_by_example, make_domain):
    from scene import User
    make_domain("vc.example", User("tom", 77001, "tom-secret", home="/", shell="/bin/sh"))
    su = ("su", "-c", "id -un", "tom@vc.example")
    assert run(*su, user="sue", input="tom-secret\n").stdout.strip() == "tom@vc.example"
    refused = run(*su, user="sue", input="wrong\n")
    assert refused.returncode != 0 and "tom@" not in refused.stdout


@pytest.mark.parametrize("address, entry", [(VA, "bob@va.example:*:70000"), (VB, "bob@vb.example:*:71000"), (SYSTEM, "bob:x:1001")])
def test_a_plain_name_is_the_user_of_the_domain_whose_connection_is_descriptor_0(who, address, entry):
    with connection_to(address) as connection:
        assert out("getent", "passwd", "bob", stdin=connection, **who).startswith(entry + ":")


def test_root_stays_root_on_a_connection_to_a_domain(make_domain, vmail_conf):
    from scene import User
    make_domain("vd.example", User("root", 77002, "x"), User("daemon", 77003, "x"), User("tom", 77004, "x"))
    vmail_conf("[domain vd.example]\naddress = 127.0.0.4\n")
    with connection_to("127.0.0.4") as connection:
        assert out("getent", "passwd", "tom", stdin=connection).startswith("tom@vd.example:*:77004:")
        assert out("getent", "passwd", "root", stdin=connection).startswith("root:x:0:")
        assert out("getent", "passwd", "daemon", stdin=connection).startswith("daemon:x:1:")


INITGROUPS = "import os; os.initgroups('bob', 70000); print(*os.getgroups())"


def test_a_program_that_calls_initgroups_for_plain_bob_gets_no_group_of_the_systems_bob():
    adm = out("getent", "group", "adm").split(":")[2]
    with connection_to(SYSTEM) as connection:
        assert adm in out("/usr/bin/python3", "-c", INITGROUPS, stdin=connection).split()
    with connection_to(VA) as connection:
        groups = out("/usr/bin/python3", "-c", INITGROUPS, stdin=connection).split()
    assert "70000" in groups and "70064" in groups
    assert adm not in groups


@pytest.mark.parametrize("command", [
    "chage -M 90", "chage -E 2030-01-01", "chage -d 0", "chage -l", "chfn -f Bob", "chsh -s /bin/sh", "usermod -c x", "usermod -L",
    "usermod -e 2030-01-01", "usermod -l ben", "passwd -l", "passwd -e", "userdel"])
def test_tools_that_know_etc_passwd_only_refuse_a_virtual_user_and_change_nothing(scene, command):
    files = [scene.va.passwd, scene.va.shadow, pathlib.Path("/etc/passwd"), pathlib.Path("/etc/shadow")]
    before = [file.read_bytes() for file in files]
    assert run(*command.split(), "bob@va.example").returncode != 0
    assert [file.read_bytes() for file in files] == before


def test_usermod_puts_a_virtual_user_into_a_group_of_the_system_which_then_counts():
    group = pathlib.Path("/etc/group")
    before = group.read_text()
    try:
        assert run("usermod", "-aG", "mail", "bob@va.example").returncode == 0
        assert "mail" in out("id", "-nG", "bob@va.example").split()
    finally:
        group.write_text(before)
