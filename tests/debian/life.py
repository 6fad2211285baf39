# SPDX-License-Identifier: LGPL-2.1-or-later
"""A machine in the life of the packages: what they change, what users can do on it."""

import pathlib
import re
import shutil
import subprocess

WORK = pathlib.Path("/var/lib/vmail-packages")
NSSWITCH = pathlib.Path("/etc/nsswitch.conf")
VMAIL = pathlib.Path("/etc/vmail")
CACHE = pathlib.Path("/var/cache/vmail")
STATE = pathlib.Path("/var/lib/vmail")
PAM = pathlib.Path("/etc/pam.d")
SSHD_RULE = pathlib.Path("/etc/ssh/sshd_config.d/vmail.conf")
NAMES = ["libnss-vmail", "libpam-vmail", "vmail-tools"]
AS_BUILDER = ["setpriv", "--reuid", "builder", "--regid", "builder", "--clear-groups", "env", f"HOME={WORK}"]
# As on a new machine.
FRESH = """# a comment
passwd:         files systemd
group:          files systemd
shadow:         files systemd
gshadow:        files systemd

hosts:          files dns
"""
WITH_VMAIL = """# a comment
passwd:         vmail [TRYAGAIN=return] files systemd
group:          vmail [TRYAGAIN=return] files systemd
initgroups:     vmail [SUCCESS=return TRYAGAIN=return] files systemd
shadow:         vmail [TRYAGAIN=return] files systemd
gshadow:        files systemd

hosts:          files dns
"""


def run(*argv, text=None, **options):
    return subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, input=text or "", **options)


def done(*argv, **options):
    result = run(*argv, **options)
    assert result.returncode == 0, f"{argv}: {result.stdout}"
    return result.stdout


def made_again(package, name, change):
    """The package as NAME.deb, after change(the directory with its files)."""
    tree = WORK / name
    shutil.rmtree(tree, ignore_errors=True)
    tree.parent.mkdir(exist_ok=True)
    done("dpkg-deb", "-R", package, str(tree))
    change(tree)
    done("dpkg-deb", "--root-owner-group", "-b", str(tree), f"{tree}.deb")
    return f"{tree}.deb"


def set_version(tree):
    control = tree / "DEBIAN/control"
    text = control.read_text()
    version = re.search(r"^Version: (.*)$", text, re.M)[1]
    control.write_text(text.replace(version, f"{version}+1"))


def dpkg(*arguments):
    """Without fsync(2): nobody needs these files after a crash."""
    return run("dpkg", "--force-unsafe-io", *arguments)


def install(packages):
    result = dpkg("-i", *(packages[name] for name in NAMES))
    assert result.returncode == 0, result.stdout


def log_in(user, password, pamtester=("pamtester",)):
    """By Debian's own stack, which pam-auth-update writes."""
    service = PAM / "vmail-test"
    service.write_text("@include common-auth\n@include common-account\n")
    return run(*pamtester, service.name, user, "authenticate", "acct_mgmt", text=f"{password}\n").returncode == 0


def add_bob():
    done("vmailctl", "domain", "add", "va.example")
    done("vmailctl", "user", "add", "bob@va.example", "--password-stdin", text="bob-secret\n")
