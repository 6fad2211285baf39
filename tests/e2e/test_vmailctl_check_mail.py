# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmailctl check, the area mail."""

import json

import scene as scenes
from vmailctl import DONE, ctl


def findings():
    done = ctl("--json", "check", "--area=mail")
    assert (done.returncode, done.stderr) == (DONE, ""), f"{done.returncode} {done.stdout} {done.stderr}"
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
