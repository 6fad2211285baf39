# SPDX-License-Identifier: LGPL-2.1-or-later
"""The Debian packages, made from a release: what is in them, and that everybody can still log in after each step of their life."""

from life import (AS_BUILDER, CACHE, FRESH, NAMES, NSSWITCH, PAM, SSHD_RULE, STATE, VMAIL, WITH_VMAIL, WORK, add_bob, done, dpkg,
                  install, log_in, made_again, run)


# What is in them


def test_the_packages_and_the_programs_have_one_version(packages, tmp_path):
    version = done("dpkg-deb", "-f", packages["vmail-tools"], "Version").strip()
    done("dpkg-deb", "-x", packages["vmail-tools"], str(tmp_path))
    shown = done(str(tmp_path / "usr/sbin/vmailctl"), "--version").split()[-1]
    assert shown.replace("-rc", "~rc") == version


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
    tree.mkdir(parents=True)
    done("dpkg-deb", "-x", packages["vmail-tools"], str(tree))
    services = sorted(tree.glob("**/systemd/system/*.service"))
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


def test_setup_makes_a_service_ask_the_module_and_its_undo_allows_removal(machine, packages):
    install(packages)
    add_bob()
    before = {name: (PAM / name).read_bytes() for name in ("passwd", "chpasswd")}
    done("vmailctl", "--yes", "setup", "passwd")
    done("chpasswd", text="bob@va.example:another-secret\nsue:sue-secret\n")
    assert str(PAM / "chpasswd") in dpkg("--remove", "libpam-vmail").stdout
    done("vmailctl", "--yes", "setup", "--undo", "passwd")
    assert {name: (PAM / name).read_bytes() for name in before} == before
    assert STATE.exists() and dpkg("--purge", *NAMES).returncode == 0 and not STATE.exists()


def test_an_installation_that_fails_while_files_are_unpacked_leaves_nothing(machine, packages):
    def take_a_file_of_another_package(tree):
        path = tree / "usr/bin/env"
        path.parent.mkdir()
        path.write_text("")

    before = sorted(NSSWITCH.parent.glob("nsswitch.conf*"))
    refused = dpkg("-i", made_again(packages["libnss-vmail"], "broken", take_a_file_of_another_package))
    assert refused.returncode != 0 and "trying to overwrite" in refused.stdout
    assert sorted(NSSWITCH.parent.glob("nsswitch.conf*")) == before and NSSWITCH.read_text() == FRESH
