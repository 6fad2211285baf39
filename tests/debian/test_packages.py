# SPDX-License-Identifier: LGPL-2.1-or-later
"""The Debian packages, made from a release: what is in them, and that everybody can still log in after each step of their life."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

SOURCE = pathlib.Path("/src")
WORK = pathlib.Path("/var/lib/vmail-packages")
NSSWITCH = pathlib.Path("/etc/nsswitch.conf")
VMAIL = pathlib.Path("/etc/vmail")
CACHE = pathlib.Path("/var/cache/vmail")
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


@pytest.fixture(scope="session")
def built():
    """The directory with the packages, which an ordinary user has made of what "make dist" gives."""
    if not pathlib.Path("/run/vmail-sandbox").is_dir():
        pytest.exit("these tests install packages: run them by tests/run, which makes a private machine for them", 2)
    shutil.rmtree(WORK, ignore_errors=True)
    (WORK / "build").mkdir(parents=True)
    if not (SOURCE / "configure").exists():
        done("./autogen.sh", cwd=SOURCE)
    done(str(SOURCE / "configure"), cwd=WORK / "build")
    done("make", "dist", cwd=WORK / "build")
    done("tar", "xf", *map(str, (WORK / "build").glob("*.tar.xz")), "-C", str(WORK))
    done("chown", "-R", "builder:", str(WORK))
    # The unit tests run elsewhere, and nobody debugs these packages.
    log = done(*AS_BUILDER, "DEB_BUILD_OPTIONS=nocheck noautodbgsym", "DEB_CFLAGS_APPEND=-Werror", "dpkg-buildpackage", "-us", "-uc",
               f"-j{os.cpu_count()}", cwd=next(WORK.glob("nss-pam-vmail-*/")))
    (WORK / "log").write_text(log)
    return WORK


@pytest.fixture(scope="session")
def packages(built):
    return {path.name.partition("_")[0]: str(path) for path in built.glob("*.deb")}


def made_again(package, name, change):
    """The package as NAME.deb, after change(the directory with its files)."""
    tree = WORK / name
    shutil.rmtree(tree, ignore_errors=True)
    done("dpkg-deb", "-R", package, str(tree))
    change(tree)
    done("dpkg-deb", "--root-owner-group", "-b", str(tree), f"{tree}.deb")
    return f"{tree}.deb"


def set_version(tree):
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"\b0\.1\.0\b", "0.1.1", control.read_text()))


@pytest.fixture(scope="session")
def newer(packages):
    """The same packages as a later version."""
    return {name: made_again(packages[name], f"newer-{name}", set_version) for name in NAMES}


def dpkg(*arguments):
    """Without fsync(2): nobody needs these files after a crash."""
    return run("dpkg", "--force-unsafe-io", *arguments)


def install(packages):
    result = dpkg("-i", *(packages[name] for name in NAMES))
    assert result.returncode == 0, result.stdout


@pytest.fixture
def machine():
    """A machine without the packages, with the system's user sue."""
    before = {path: path.read_bytes() for path in PAM.glob("common-*")}
    NSSWITCH.write_text(FRESH)
    done("useradd", "--create-home", "sue")
    done("chpasswd", text="sue:sue-secret\n")
    yield before
    for path in PAM.glob("vmail-test*"):
        path.unlink()
    dpkg("--purge", *NAMES)
    done("userdel", "--remove", "sue")
    for path, text in before.items():
        path.write_bytes(text)
    for path in (VMAIL, pathlib.Path("/vhome/va.example")):
        shutil.rmtree(path, ignore_errors=True)


def log_in(user, password):
    """By Debian's own stack, which pam-auth-update writes."""
    service = PAM / "vmail-test"
    service.write_text("@include common-auth\n@include common-account\n")
    return run("pamtester", service.name, user, "authenticate", "acct_mgmt", text=f"{password}\n").returncode == 0


def add_bob():
    done("vmailctl", "domain", "add", "va.example")
    done("vmailctl", "user", "add", "bob@va.example", "--password-stdin", text="bob-secret\n")


# What is in them


def test_lintian_finds_nothing(built):
    found = run(*AS_BUILDER, "lintian", "-i", "-I", "--pedantic", "--fail-on", "error,warning,info,pedantic", "--profile", "debian",
                str(next(built.glob("*.changes"))))
    assert found.returncode == 0 and not found.stdout, found.stdout


def test_the_compiler_was_asked_for_all_hardening(built, packages):
    assert run("blhc", str(built / "log")).returncode == 0
    for name, path in (("libnss-vmail", "usr/lib/*/libnss_vmail.so.2"), ("libpam-vmail", "usr/lib/*/security/pam_vmail.so"),
                       ("vmail-tools", "usr/sbin/vmail*")):
        tree = built / "look" / name
        tree.mkdir(parents=True)
        done("dpkg-deb", "-x", packages[name], str(tree))
        for binary in tree.glob(path):
            # Modules are no programs. Debian's libcdb_pic.a is not marked for -fcf-protection, so what links with it is not.
            options = ["--nocfprotection", *(["--nopie"] if ".so" in binary.name else [])]
            checked = run("/opt/vmail-test/devscripts/usr/bin/hardening-check", *options, str(binary))
            assert checked.returncode == 0, checked.stdout


def test_each_service_that_systemd_starts_is_shut_in(packages):
    tree = WORK / "units"
    done("dpkg-deb", "-x", packages["vmail-tools"], str(tree))
    services = sorted(tree.glob("**/*.service"))
    assert [path.name for path in services] == ["vmail-index.service", "vmail-map.service"]
    for service in services:
        done("systemd-analyze", "security", "--no-pager", "--offline=yes", "--threshold=20", str(service))


# Their life


def test_installing_makes_users_known_and_lets_nobody_in(machine, packages):
    install(packages)
    assert NSSWITCH.read_text() == WITH_VMAIL
    add_bob()
    assert done("getent", "passwd", "bob@va.example").startswith("bob@va.example:x:")
    assert "DenyGroups *@*" in SSHD_RULE.read_text()
    assert not log_in("bob@va.example", "bob-secret")
    assert log_in("sue", "sue-secret") and not log_in("sue", "bob-secret")
    assert {path: path.read_bytes() for path in machine} == machine


def test_pam_auth_update_lets_in_virtual_users_beside_the_systems(machine, packages):
    install(packages)
    add_bob()
    done("pam-auth-update", "--enable", "vmail")
    assert log_in("bob@va.example", "bob-secret") and log_in("sue", "sue-secret")
    assert not log_in("bob@va.example", "sue-secret") and not log_in("sue", "bob-secret")
    done("vmailctl", "user", "lock", "bob@va.example")
    assert not log_in("bob@va.example", "bob-secret")


def test_an_upgrade_keeps_what_the_administrator_has_changed(machine, packages, newer):
    install(packages)
    add_bob()
    done("pam-auth-update", "--enable", "vmail")
    NSSWITCH.write_text(FRESH)
    SSHD_RULE.write_text("# ours\n")
    install(newer)
    assert NSSWITCH.read_text() == FRESH and SSHD_RULE.read_text() == "# ours\n"
    NSSWITCH.write_text(WITH_VMAIL)
    assert log_in("bob@va.example", "bob-secret") and log_in("sue", "sue-secret")


def test_lines_that_are_there_before_stay_as_they_are(machine, packages):
    ours = FRESH.replace("files systemd", "vmail [TRYAGAIN=return] files sss")
    NSSWITCH.write_text(ours)
    install(packages)
    assert NSSWITCH.read_text() == ours


def test_removal_takes_the_lines_out_and_keeps_users(machine, packages):
    install(packages)
    add_bob()
    done("pam-auth-update", "--enable", "vmail")
    accounts = {path: path.read_bytes() for path in VMAIL.glob("*.va.example")}
    assert len(accounts) >= 2
    assert dpkg("--remove", *NAMES).returncode == 0
    assert NSSWITCH.read_text() == FRESH
    assert {path: path.read_bytes() for path in machine} == machine
    assert log_in("sue", "sue-secret") and not log_in("bob@va.example", "bob-secret")
    assert dpkg("--purge", *NAMES).returncode == 0
    assert {path: path.read_bytes() for path in VMAIL.glob("*.va.example")} == accounts
    assert not CACHE.exists() and not SSHD_RULE.exists()
    assert log_in("sue", "sue-secret")
    install(packages)
    assert NSSWITCH.read_text() == WITH_VMAIL
    assert done("id", "-un", "bob@va.example") == "bob@va.example\n"


def test_removal_is_refused_while_a_service_needs_the_module(machine, packages):
    install(packages)
    service = PAM / "vmail-test-service"
    service.write_text("auth [success=done ignore=ignore default=die] pam_vmail.so\n")
    refused = dpkg("--remove", "libpam-vmail")
    assert refused.returncode != 0 and str(service) in refused.stdout
    assert done("dpkg-query", "-W", "-f", "${Status}", "libpam-vmail").endswith(" installed")
    service.unlink()
    assert dpkg("--remove", "libpam-vmail").returncode == 0


def test_an_installation_that_fails_while_files_are_unpacked_leaves_nothing(machine, packages):
    def take_a_file_of_another_package(tree):
        path = tree / "usr/bin/env"
        path.parent.mkdir()
        path.write_text("")

    before = sorted(NSSWITCH.parent.glob("nsswitch.conf*"))
    refused = dpkg("-i", made_again(packages["libnss-vmail"], "broken", take_a_file_of_another_package))
    assert refused.returncode != 0 and "trying to overwrite" in refused.stdout
    assert sorted(NSSWITCH.parent.glob("nsswitch.conf*")) == before and NSSWITCH.read_text() == FRESH
