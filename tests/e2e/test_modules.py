# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the modules are made of, as they are installed."""

import pathlib

from programs import out

NSS = next(pathlib.Path("/usr/lib").glob("*/libnss_vmail.so.2"))
PAM = next(pathlib.Path("/usr/lib").glob("*/security/pam_vmail.so"))


def symbols(module, which):
    return {line.split()[-1].split("@")[0] for line in out("nm", "-D", which, str(module)).splitlines()}


def test_the_nss_module_links_nothing_that_knows_hashes_or_changes_files():
    used = symbols(NSS, "--undefined-only")
    assert "stat" in used  # else this looks at nothing
    changing = {"rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat", "mkdir", "mkdirat", "truncate", "ftruncate",
                "fsync", "fdatasync", "chown", "fchown", "chmod", "fchmod", "creat", "mkstemp", "syslog", "setenv"}
    assert not used & changing and not [name for name in used if "crypt" in name]
    assert not used & {"getenv", "secure_getenv"}


def test_the_modules_export_what_glibc_and_linux_pam_ask_for_and_nothing_else():
    assert all(name.startswith("_nss_vmail_") for name in symbols(NSS, "--defined-only"))
    assert symbols(PAM, "--defined-only") == {"pam_sm_authenticate", "pam_sm_setcred", "pam_sm_acct_mgmt", "pam_sm_open_session",
                                              "pam_sm_close_session", "pam_sm_chauthtok"}
