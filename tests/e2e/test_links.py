# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files of /etc/vmail behind links, and directories with a default ACL."""

import os
import pathlib
import shutil

import pytest

import scene as scenes
from pam_stack import QUICK, stack
from programs import run
from scene import ETC, User, hash_of


@pytest.fixture
def domain(make_domain):
    return make_domain("links.example", User("bob", 77002, "old-secret", lstchg=scenes.TODAY - 10))


@pytest.fixture
def elsewhere():
    """A directory of root's, outside of /etc/vmail."""
    path = pathlib.Path("/srv/vmail-links")
    path.mkdir(parents=True, mode=0o755)
    yield path
    shutil.rmtree(path)


def move_behind_a_link(path, target):
    shutil.copy2(path, target)
    os.chown(target, 0, path.stat().st_gid)
    path.unlink()
    path.symlink_to(target)


def test_a_link_through_a_directory_of_another_user_is_not_trusted(pam, pam_service, domain, elsewhere, syslog):
    carol = elsewhere / "carol"
    (carol / "va").mkdir(parents=True, mode=0o755)
    move_behind_a_link(domain.shadow, carol / "va" / "hashes")
    service = pam_service(*stack(QUICK, kinds=["auth", "account", "password"]))
    assert pam(service, "bob@links.example", "old-secret", "auth").auth == "PAM_SUCCESS"
    os.chown(carol, 1002, 1002)  # who may now put another directory in the place of va
    before = (carol / "va" / "hashes").read_bytes()
    answer = pam(service, "bob@links.example", "old-secret", "auth", "acct")
    assert (answer.auth, answer.acct) == ("PAM_AUTHINFO_UNAVAIL", "PAM_AUTHINFO_UNAVAIL")
    assert str(carol) in syslog.wait_for("a directory that others can write to")
    assert pam(service, "bob@links.example", "brand-new", "chauthtok").chauthtok == "PAM_AUTHTOK_ERR"
    assert (carol / "va" / "hashes").read_bytes() == before


def test_both_files_of_a_domain_may_be_links_and_stay_links(pam, pam_service, domain, elsewhere):
    move_behind_a_link(domain.passwd, elsewhere / "users")
    move_behind_a_link(domain.shadow, elsewhere / "hashes")
    users = (elsewhere / "users").read_bytes()
    service = pam_service(*stack(QUICK, kinds=["auth", "account", "password"]))
    answer = pam(service, "bob@links.example", "brand-new", "chauthtok", "auth", "acct")
    assert (answer.chauthtok, answer.auth, answer.acct) == ("PAM_SUCCESS", "PAM_SUCCESS", "PAM_SUCCESS"), answer
    assert domain.passwd.is_symlink() and domain.shadow.is_symlink()
    assert (elsewhere / "users").read_bytes() == users


def test_a_hash_in_a_linked_passwd_file_moves_to_a_linked_shadow_file(pam, pam_service, domain, elsewhere):
    users = domain.passwd.read_text().replace(":x:", f":{domain['bob'].hash}:")
    scenes.write(domain.passwd, users, 0o640, scenes.shadow_group())
    move_behind_a_link(domain.passwd, elsewhere / "users")
    move_behind_a_link(domain.shadow, elsewhere / "hashes")
    service = pam_service(*stack(QUICK, kinds=["password"]))
    assert pam(service, "bob@links.example", "brand-new", "chauthtok").chauthtok == "PAM_SUCCESS"
    assert (elsewhere / "users").read_text().split(":")[1] == "x"
    _, stored, day, *_ = (elsewhere / "hashes").read_text().split(":")
    assert hash_of("brand-new", stored) == stored and day == str(scenes.TODAY)


def acl_of(path):
    return run("getfacl", "-pcE", str(path), check=True).stdout.split()


def test_a_default_acl_of_the_directory_does_not_widen_a_new_shadow_file(pam, pam_service, domain):
    domain.shadow.unlink()
    run("setfacl", "-d", "-m", "u:daemon:rw,g:daemon:rw,o::rw", str(ETC), check=True)
    try:
        service = pam_service(*stack(QUICK, kinds=["password"]))
        assert pam(service, "bob@links.example", "brand-new", "chauthtok").chauthtok == "PAM_SUCCESS"
    finally:
        run("setfacl", "-k", str(ETC), check=True)
    assert acl_of(domain.shadow) == ["user::rw-", "group::r--", "other::---"]
    status = domain.shadow.stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o7777) == (0, scenes.shadow_group(), 0o640)


def test_a_default_acl_behind_a_link_does_not_widen_the_file_there(pam, pam_service, domain, elsewhere):
    move_behind_a_link(domain.shadow, elsewhere / "hashes")
    run("setfacl", "-d", "-m", "u:daemon:rw", str(elsewhere), check=True)
    service = pam_service(*stack(QUICK, kinds=["password"]))
    assert pam(service, "bob@links.example", "brand-new", "chauthtok").chauthtok == "PAM_SUCCESS"
    assert acl_of(elsewhere / "hashes") == ["user::rw-", "group::r--", "other::---"]
