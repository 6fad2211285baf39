# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmailctl check, the area mail: it asks the real Postfix."""

import json
import pathlib
import shutil

import pytest

import scene as scenes
from daemons import program
from programs import out
from vmailctl import DONE, NEGATIVE, ctl

MAIN = pathlib.Path("/etc/postfix/main.cf")


@pytest.fixture(autouse=True)
def main_cf(scene):
    program("postfix", "/usr/sbin/postfix")
    before = shutil.copy(MAIN, MAIN.with_suffix(".before"))
    yield
    shutil.move(before, MAIN)


def findings(code=DONE, *arguments):
    done = ctl("--json", "check", *(arguments or ("--all",)), "--area=mail")
    assert (done.returncode, done.stderr) == (code, ""), f"{done.returncode} {done.stdout} {done.stderr}"
    return json.loads(done.stdout)


def test_who_has_no_postmaster_is_told_once_for_all_domains():
    found = findings()
    assert [(row["severity"], row["what"]) for row in found] == [
        ("note", f"mail to {role} reaches nobody in 2 of the domains, for example va.example") for role in ("postmaster", "abuse")]
    assert "vmailctl alias set postmaster@va.example USER" in found[0]["to_do"]


def test_one_file_for_several_domains_is_enough(vmail_conf):
    roles = scenes.write("/etc/vmail/roles", "postmaster: bob\nabuse: bob@va.example\n")
    vmail_conf("".join(f"[domain {name}]\nalias_files = {roles}\n" for name in ("va.example", "vb.example")))
    assert findings() == []
    vmail_conf(f"[domain va.example]\nalias_files = {roles}\n[domain vb.example]\nfallback = @va.example\n")
    assert findings() == []
    roles.unlink()


@pytest.mark.parametrize("setting, value", [("mydestination", "mail.example, VA.example.org, localhost"),
                                            ("mydestination", "$myhostname, va.example.org"),
                                            ("virtual_alias_domains", "va.example.org hash:/etc/aliases")])
def test_a_domain_that_postfix_takes_for_another_kind_is_an_error(setting, value):
    out("postconf", "-e", "myhostname = mail.example", f"{setting} = {value}")
    found = [row for row in findings(NEGATIVE) if row["severity"] == "error"]
    assert len(found) == 1 and found[0]["file"] == "/etc/postfix/main.cf"
    assert f"va.example.org is in {setting}" in found[0]["what"].lower()


def test_a_postfix_that_cannot_answer_is_a_note():
    MAIN.write_text("myhostname = $\n{x" * 3)
    MAIN.chmod(0)
    MAIN.unlink()
    assert [row["severity"] for row in findings() if "cannot ask Postfix" in row["what"]] == ["note"] * 2


def test_for_one_domain_postfix_is_not_asked():
    out("postconf", "-e", "mydestination = va.example")
    assert not [row for row in findings(DONE, "va.example") if row["severity"] == "error"]
