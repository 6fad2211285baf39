# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmailctl setup: from Debian's own files to daemons that serve virtual users, and back."""

import json
import pathlib
import re
import shutil

import pytest

import scene as scenes
import test_ftp
from daemons import Daemon, add_daemon_account, dovecot_daemon, program
from mail import mail_of
from mail_setup import make_dovecot_startable, update_limits, version_of_dovecot
from programs import EXAMPLES, SYSTEM, UNPACKED, VA, VB, out, run
from test_ftp import PORTS, whose_home
from vmailctl import DONE, NEGATIVE, NO_SUCH, REFUSED, UNAVAILABLE, USAGE, ctl, ctl_fails, ctl_json, ctl_out, on_terminal

ETC = pathlib.Path("/etc")
NSSWITCH = ETC / "nsswitch.conf"
PAM = ETC / "pam.d"
SSHD_RULE = ETC / "ssh/sshd_config.d/vmail.conf"
RECORDS = pathlib.Path("/var/lib/vmail/setup")
INCLUDES = "#%PAM-1.0\n\n@include common-auth\n@include common-account\n@include common-session\n"
FRESH_NSSWITCH = """# a comment
passwd:         files systemd
group:          files systemd   # why
shadow:         files
gshadow:        files

hosts:          files dns
"""
SSHD_PAM = """# PAM configuration for the Secure Shell service

# Standard Un*x authentication.
@include common-auth

# Disallow non-root logins when /etc/nologin exists.
account    required     pam_nologin.so

# Standard Un*x authorization.
@include common-account

# SELinux needs to be the first session rule.
session [success=ok ignore=ignore module_unknown=ignore default=bad]        pam_selinux.so close

# Standard Un*x session setup and teardown.
@include common-session

# Standard Un*x password updating.
@include common-password
"""
PASSWD_PAM = "#\n# The PAM configuration file for the Shadow `passwd' service\n#\n\n@include common-password\n\n"
MAIN_CF = """# See /usr/share/postfix/main.cf.dist
smtpd_banner = $myhostname ESMTP $mail_name (Debian/GNU)
smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
transport_maps = hash:/etc/postfix/one,
# in between
  hash:/etc/postfix/two
mydestination = mail.example, localhost
"""
MASTER_CF = """smtp      inet  n       -       y       -       -       smtpd
#submission inet n       -       y       -       -       smtpd
submission inet n       -       y       -       -       smtpd
  -o syslog_name=postfix/old
cleanup   unix  n       -       y       -       0       cleanup
"""


@pytest.fixture
def fresh():
    """fresh(PATH, TEXT) gives PATH this text, or removes it, for this test only. What a setup changes is for this test only, too."""
    before = {}

    def give(path, text=None):
        path = pathlib.Path(path)
        if path not in before:
            before[path] = path.read_bytes() if path.exists() else None
        if text is None:
            path.unlink(missing_ok=True)
        else:
            scenes.write(path, text)
        return path

    yield give
    ctl("--yes", "setup", "--undo")
    for path, text in before.items():
        if text is None:
            path.unlink(missing_ok=True)
        else:
            scenes.write(path, text)
    shutil.rmtree(RECORDS, ignore_errors=True)


def snapshot(*paths):
    return {path: (pathlib.Path(path).read_bytes(), pathlib.Path(path).stat().st_mode) if pathlib.Path(path).exists() else None
            for path in paths}


def setup(*parts, **options):
    return ctl_out("--yes", "setup", *parts, **options)


# --- the machine as Debian's packages leave it, for each part: its files, with what they contain; None: no such file


def unpacked(package, path):
    return (UNPACKED / package / path.lstrip("/")).read_text()


def dovecot_files():
    program("dovecot-core", "/usr/sbin/dovecot")
    return {"/etc/pam.d/dovecot": INCLUDES, "/etc/dovecot/conf.d/90-vmail.conf": None}


def postfix_files():
    program("postfix", "/usr/sbin/postfix")
    program("dovecot-lmtpd", "/usr/lib/dovecot/lmtp")
    return {**dovecot_files(), "/etc/postfix/main.cf": MAIN_CF, "/etc/postfix/master.cf": MASTER_CF,
            "/etc/dovecot/conf.d/05-vmail-limits.conf": None, "/etc/dovecot/conf.d/95-vmail-mail.conf": None,
            "/etc/systemd/system/vmail-map.socket": None, "/etc/systemd/system/vmail-map.service": None,
            "/etc/systemd/system/vmail-update-limits.path": None}


def postfix_virtual_files():
    program("sasl2-bin", "/usr/sbin/saslauthd")
    return {"/etc/postfix/main.cf": MAIN_CF, "/etc/postfix/master.cf": MASTER_CF, "/etc/postfix/sasl/smtpd.conf": None,
            "/etc/systemd/system/vmail-map.socket": None, **saslauthd_files()}


def exim_files():
    program("exim4-daemon-heavy", "/usr/sbin/exim4")
    for name in ("main", "acl", "auth", "router", "transport"):
        (ETC / "exim4/conf.d" / name).mkdir(parents=True, exist_ok=True)
    return {"/etc/exim4/update-exim4.conf.conf": "dc_eximconfig_configtype='internet'\ndc_use_split_config='false'\n",
            "/etc/exim4/conf.d/main/000_vmail": None, "/etc/exim4/conf.d/acl/40_vmail": None,
            "/etc/dovecot/conf.d/95-vmail-mail.conf": None, **dovecot_files()}


def saslauthd_files():
    program("sasl2-bin", "/usr/sbin/saslauthd")
    return {"/etc/pam.d/smtp": None,
            "/etc/default/saslauthd": 'START=no\nMECHANISMS="pam"\nTHREADS=5\nOPTIONS="-c -m /var/run/saslauthd"\n'}


def vsftpd_files():
    program("vsftpd", "/usr/sbin/vsftpd")
    return {path: unpacked("vsftpd", path) for path in ("/etc/pam.d/vsftpd", "/etc/vsftpd.conf")}


def proftpd_files():
    program("proftpd-core", "/usr/sbin/proftpd")
    return {"/etc/pam.d/proftpd": unpacked("proftpd-core", "/etc/pam.d/proftpd"), "/etc/proftpd/conf.d/vmail.conf": None}


def pure_ftpd_files():
    program("pure-ftpd", "/usr/sbin/pure-ftpd")
    return {"/etc/pam.d/pure-ftpd": None, "/etc/pure-ftpd/conf/PAMAuthentication": "yes\n",
            "/etc/pure-ftpd/conf/UnixAuthentication": "yes\n", "/etc/pure-ftpd/conf/ChrootEveryone": None}


def sftp_files():
    program("openssh-server", "/usr/sbin/sshd")
    return {"/etc/pam.d/sshd": SSHD_PAM, "/etc/ssh/sshd_config.d/vmail.conf": None, "/etc/ssh/sshd_config.d/vmail-sftp.conf": None}


def under_inetd(package, binary, service, **more):
    program("openbsd-inetd", "/usr/sbin/inetd")
    program(package, binary)
    return {f"/etc/pam.d/{service}": None, "/etc/inetd.conf": "#:INTERNAL: Internal services\n#discard stream tcp nowait root internal\n", **more}


PARTS = {
    "nsswitch": lambda: {"/etc/nsswitch.conf": FRESH_NSSWITCH},
    "passwd": lambda: {"/etc/pam.d/passwd": PASSWD_PAM, "/etc/pam.d/chpasswd": PASSWD_PAM},
    "sftp": sftp_files,
    "dovecot": dovecot_files,
    "postfix": postfix_files,
    "postfix-virtual": postfix_virtual_files,
    "exim": exim_files,
    "saslauthd": saslauthd_files,
    "vsftpd": vsftpd_files,
    "proftpd": proftpd_files,
    "pure-ftpd": pure_ftpd_files,
    "poppassd": lambda: under_inetd("poppassd", "/usr/sbin/poppassd", "poppassd"),
    "pop3d": lambda: under_inetd("mailutils-pop3d", "/usr/sbin/pop3d", "pop3d", **{"/etc/mailutils.conf": None}),
    "popa3d": lambda: under_inetd("popa3d", "/usr/sbin/popa3d", "popa3d"),
    "solid-pop3d": lambda: under_inetd("solid-pop3d", "/usr/sbin/solid-pop3d", "solid-pop3d", **{"/etc/spop3d.conf": None}),
}


@pytest.fixture
def part(request, fresh):
    """The files of a part as Debian leaves them."""
    files = PARTS[request.param]()
    for path, text in files.items():
        fresh(path, text)
    return request.param, files


every_part = pytest.mark.parametrize("part", PARTS, indirect=True)


@every_part
def test_a_second_setup_changes_nothing_and_an_undo_restores_each_byte(part):
    name, files = part
    before = snapshot(*files)
    shown = setup(name)
    after = snapshot(*files)
    assert any(before[path] != after[path] for path in files), shown
    again = setup(name)
    assert snapshot(*files) == after and f"{name}: nothing to change\n" in again and "+++" not in again, again
    ctl_out("--yes", "setup", "--undo")
    assert snapshot(*files) == before
    assert not list(RECORDS.glob("[!.]*/*"))


@every_part
def test_a_dry_run_shows_what_the_setup_would_write(part):
    name, files = part
    before = snapshot(*files)
    shown = json.loads(ctl_out("--json", "--dry-run", "setup", name))
    assert snapshot(*files) == before and not list(RECORDS.glob("[!.]*/*"))
    assert json.loads(ctl_out("--json", "--yes", "setup", name)) == shown
    now = snapshot(*files)
    assert {path for path in files if now[path] != before[path]} <= {change["file"] for change in shown if change["part"]}
    assert all(change["diff"].startswith(f"--- {change['file']}\n+++ {change['file']}\n@@ ") for change in shown)


def test_the_list_says_what_is_here_and_what_would_change(fresh):
    for path, text in {**PARTS["dovecot"](), "/etc/nsswitch.conf": FRESH_NSSWITCH}.items():
        fresh(path, text)
    before = {row["part"]: row for row in ctl_json("setup")}
    assert before["dovecot"]["lacks"] == ["/etc/pam.d/dovecot", "/etc/dovecot/conf.d/90-vmail.conf"]
    assert before["dovecot"]["state"] == "would change 2 files" and before["nsswitch"]["state"] == "would change 1 file"
    setup("dovecot")
    after = {row["part"]: row for row in ctl_json("setup")}
    assert (after["dovecot"]["state"], after["nsswitch"]["lacks"]) == ("set up", [])
    assert re.search(r"^dovecot +Dovecot: POP3 and IMAP +set up$", ctl_out("setup"), re.M)


def test_a_part_that_cannot_be_set_up_does_not_keep_the_others_out_of_the_list(fresh):
    PARTS["dovecot"]()
    fresh(PAM / "dovecot", "auth [success=2 default=ignore] pam_otp.so\n" + INCLUDES)
    done = ctl("setup")
    assert done.returncode == REFUSED
    assert done.stderr == ("vmailctl: /etc/pam.d/dovecot: a line skips others by their number, so there is no safe place for pam_vmail; "
                           "add its lines by hand, as in /usr/share/nss-pam-vmail/examples/pam.d\n")
    assert re.search(r"^dovecot .* cannot be set up$", done.stdout, re.M) and re.search(r"^passwd ", done.stdout, re.M)


def test_a_daemon_that_is_not_installed_is_not_in_the_list_and_not_set_up(fresh):
    binary = pathlib.Path("/usr/sbin/vsftpd")
    there = binary.exists() or binary.is_symlink()
    if there:
        binary.rename("/usr/sbin/vsftpd.aside")
    try:
        assert "vsftpd" not in {row["part"] for row in ctl_json("setup")}
        assert ctl_fails(NO_SUCH, "setup", "vsftpd") == "vmailctl: vsftpd is not installed: /usr/sbin/vsftpd does not exist\n"
    finally:
        if there:
            pathlib.Path("/usr/sbin/vsftpd.aside").rename(binary)


def test_a_package_that_the_settings_need_is_named(fresh):
    PARTS["postfix"]()
    lmtp = pathlib.Path("/usr/lib/dovecot/lmtp")
    lmtp.rename("/usr/lib/dovecot/lmtp.aside")
    try:
        assert ctl_fails(NO_SUCH, "--yes", "setup", "postfix") == ("vmailctl: postfix needs the package dovecot-lmtpd: "
                                                                  "/usr/lib/dovecot/lmtp does not exist\n")
    finally:
        pathlib.Path("/usr/lib/dovecot/lmtp.aside").rename(lmtp)


def test_a_mistyped_part_is_refused_with_a_suggestion():
    assert "did you mean 'dovecot'?" in ctl_fails(NO_SUCH, "--yes", "setup", "dovcot")


# --- real daemons


def test_dovecot_serves_virtual_and_system_users_after_its_setup(fresh, scene):
    for path, text in {**PARTS["dovecot"](), "/etc/nsswitch.conf": FRESH_NSSWITCH}.items():
        fresh(path, text)
    assert run("id", "bob@va.example").returncode == 1
    shown = setup("dovecot")
    assert "To put this in force, run:\n" in shown and "    systemctl restart dovecot\n" in shown
    test = make_dovecot_startable()
    with dovecot_daemon([(SYSTEM, 143), (VA, 143)]):
        assert mail_of("imap", SYSTEM, "bob@va.example", scene.va["bob"].password) == ["for bob@va.example"]
        assert mail_of("imap", VA, "bob", scene.va["bob"].password) == ["for bob@va.example"]
        assert mail_of("imap", SYSTEM, "bob", scene.system_password["bob"]) == ["for bob"]
    test.unlink()


# --- the machine after an upgrade of Debian: Dovecot is of the other version, and so are the files of examples/ for it


DOVECOT_FILES = {"dovecot/{}/vmail.conf": "90-vmail.conf", "dovecot/{}/limits.conf": "05-vmail-limits.conf",
                 "postfix-dovecot-lmtp/dovecot-{}.conf": "95-vmail-mail.conf"}


def settings_of_dovecot():
    return {name: path.read_text() if (path := ETC / "dovecot/conf.d" / name).exists() else None for name in DOVECOT_FILES.values()}


def examples_for(version):
    return {name: (EXAMPLES / example.format(version)).read_text() for example, name in DOVECOT_FILES.items()}


@pytest.fixture
def upgraded(fresh):
    """The files as they were before the setup, when Dovecot was of the other version; that setup; and the upgrade."""
    version = version_of_dovecot()
    old, = {path.name for path in (EXAMPLES / "dovecot").iterdir() if path.is_dir()} - {version}
    files = PARTS["postfix"]()
    for path, text in files.items():
        fresh(path, text)
    # Settings of the site, for that Dovecot: the one that is here refuses them before and after the setup.
    site = fresh(ETC / "dovecot/conf.d/98-site.conf", examples_for(old)["90-vmail.conf"])
    installed = [pathlib.Path("/usr/share/nss-pam-vmail/examples") / example.format(version) for example in DOVECOT_FILES]
    new = [path.read_text() for path in installed]
    try:
        for path, text in zip(installed, examples_for(old).values()):
            path.write_text(text)
        setup("dovecot", "postfix")
    finally:
        for path, text in zip(installed, new):
            path.write_text(text)
    assert settings_of_dovecot() == examples_for(old)
    site.unlink()
    assert run("doveconf", "-n").returncode != 0
    return files


def test_after_an_upgrade_of_dovecot_a_setup_replaces_the_settings_of_the_old_version(upgraded, scene):
    assert {row["part"]: row["state"] for row in ctl_json("setup")}["dovecot"] == "would change 1 file"
    shown = setup("dovecot", "postfix")
    assert settings_of_dovecot() == examples_for(version_of_dovecot())
    assert shown.count("+++ ") == len(DOVECOT_FILES) and "    systemctl restart dovecot" in shown
    update_limits()
    run("postfix", "check")  # makes the directory of Dovecot's sockets
    test = make_dovecot_startable()
    with dovecot_daemon([(SYSTEM, 143)]):
        assert mail_of("imap", SYSTEM, "bob@va.example", scene.va["bob"].password) == ["for bob@va.example"]
    test.unlink()


def test_after_that_an_undo_restores_what_was_before_the_first_setup(upgraded):
    setup("dovecot", "postfix")
    ctl_out("--yes", "setup", "--undo")
    assert {path: pathlib.Path(path).read_text() if pathlib.Path(path).exists() else None for path in upgraded} == upgraded
    assert run("doveconf", "-n").returncode == 0 and not list(RECORDS.glob("[!.]*/*"))


def test_after_an_upgrade_an_undo_removes_the_settings_of_the_old_version(upgraded):
    ctl_out("--yes", "setup", "--undo")
    assert set(settings_of_dovecot().values()) == {None} and run("doveconf", "-n").returncode == 0


def test_a_file_of_pam_that_the_upgrade_has_replaced_is_set_up_again(upgraded):
    new = "# of the new package\n" + INCLUDES
    scenes.write(PAM / "dovecot", new)
    done = ctl("--yes", "setup", "dovecot")
    assert done.returncode == DONE and "pam_vmail.so" in (PAM / "dovecot").read_text()
    assert done.stderr == ("vmailctl: warning: /etc/pam.d/dovecot was changed after the last setup; an undo will restore it as it is "
                           "now\n")
    ctl_out("--yes", "setup", "--undo")
    assert (PAM / "dovecot").read_text() == new


def ftp_daemon(name):
    """As in test_ftp, but the files are those that setup has written."""
    if name == "vsftpd":
        pathlib.Path("/run/vsftpd/empty").mkdir(parents=True, exist_ok=True)
        return Daemon("/usr/sbin/vsftpd", "/etc/vsftpd.conf", ports=PORTS)
    text = pathlib.Path("/etc/pam.d/proftpd").read_bytes(), pathlib.Path("/etc/proftpd/conf.d/vmail.conf").read_bytes()
    daemon = test_ftp.proftpd()
    scenes.write("/etc/pam.d/proftpd", text[0])
    scenes.write("/etc/proftpd/conf.d/vmail.conf", text[1])
    return daemon


@pytest.mark.parametrize("part", ["vsftpd", "proftpd"], indirect=True)
def test_an_ftp_server_serves_virtual_users_after_its_setup(part, scene):
    setup(part[0])
    for user in (scene.va["bob"], scene.vb["bob"]):
        (pathlib.Path(user.home) / "whose").write_text(user.login)
    with ftp_daemon(part[0]):
        assert whose_home(SYSTEM, "bob@va.example", scene.va["bob"].password) == "bob@va.example"
        assert whose_home(VB, "bob", scene.vb["bob"].password) == "bob@vb.example"


def test_passwd_changes_the_password_of_a_virtual_user_after_its_setup(fresh, make_domain):
    vs = make_domain("vs.example", scenes.User("eve", 77901, "eve-secret"))
    for path, text in PARTS["passwd"]().items():
        fresh(path, text)
    assert run("chpasswd", input="eve@vs.example:another-secret\n").returncode != 0
    setup("passwd")
    assert run("chpasswd", input="eve@vs.example:another-secret\n").returncode == 0
    assert vs["eve"].hash not in vs.shadow.read_text()


# --- where the lines go


def test_the_lines_of_sshd_stand_where_its_example_says(fresh):
    for path, text in PARTS["sftp"]().items():
        fresh(path, text)
    setup("sftp")
    lines = [" ".join(line.split()) for line in (PAM / "sshd").read_text().splitlines() if line and not line.startswith("#")]
    assert lines == [
        "auth [success=done ignore=ignore default=die] pam_vmail.so keep_user", "@include common-auth",
        "account required pam_nologin.so", "account [success=done new_authtok_reqd=done ignore=ignore default=die] pam_vmail.so keep_user",
        "@include common-account", "session optional pam_vmail.so",
        "session [success=ok ignore=ignore module_unknown=ignore default=bad] pam_selinux.so close", "@include common-session",
        "password [success=done ignore=ignore default=die] pam_vmail.so", "@include common-password"]


def test_nsswitch_keeps_its_comments_and_other_sources(fresh):
    fresh(NSSWITCH, FRESH_NSSWITCH)
    setup("nsswitch")
    assert NSSWITCH.read_text() == """# a comment
passwd:         vmail [TRYAGAIN=return] files systemd
group:          vmail [TRYAGAIN=return] files systemd   # why
initgroups:     vmail [SUCCESS=return TRYAGAIN=return] files systemd
shadow:         vmail [TRYAGAIN=return] files
gshadow:        files

hosts:          files dns
"""


def test_postfix_keeps_other_settings_and_what_lists_have(fresh):
    for path, text in PARTS["postfix"]().items():
        fresh(path, text)
    setup("postfix")
    text = (ETC / "postfix/main.cf").read_text()
    assert text.startswith("# See /usr/share/postfix/main.cf.dist\nsmtpd_banner = $myhostname ESMTP $mail_name (Debian/GNU)\n"
                           "smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination\n"
                           "transport_maps = hash:/etc/postfix/one,\n# in between\n"
                           "  hash:/etc/postfix/two, socketmap:unix:private/vmail-map:transports\n"
                           "mydestination = mail.example, localhost\n")
    assert out("postconf", "-h", "virtual_mailbox_domains") == "socketmap:unix:private/vmail-map:domains"
    assert out("postconf", "-h", "mydestination") == "mail.example, localhost"
    assert [line.split()[0] for line in out("postconf", "-M").splitlines()] == ["smtp", "submission", "cleanup"]
    assert out("postconf", "-P", "submission/inet/syslog_name") == "submission/inet/syslog_name = postfix/submission"


def test_an_own_option_of_a_pam_line_stays_and_missing_ones_are_added(fresh):
    PARTS["dovecot"]()
    fresh(PAM / "dovecot", "auth [success=done ignore=ignore default=die] pam_vmail.so nodelay # mine\n" + INCLUDES)
    setup("dovecot")
    lines = (PAM / "dovecot").read_text().splitlines()
    assert lines[0] == "auth [success=done ignore=ignore default=die] pam_vmail.so unwrap_address nodelay # mine"
    assert [line for line in lines if line.startswith("auth")] == lines[:1]


# --- asking, undoing, and what somebody else has done meanwhile


def test_it_shows_the_diff_and_asks_before_it_writes(fresh):
    fresh(NSSWITCH, FRESH_NSSWITCH)
    fresh(SSHD_RULE, (EXAMPLES / "ssh/vmail.conf").read_text())
    shown, code = on_terminal("setup", "nsswitch", answers=["n"])
    assert code == NEGATIVE and NSSWITCH.read_text() == FRESH_NSSWITCH
    assert "+passwd:         vmail [TRYAGAIN=return] files systemd" in shown and shown.rstrip().endswith("Set up nsswitch? [y/N] n")
    shown, code = on_terminal("setup", "nsswitch", answers=["y"])
    assert code == DONE and "vmail" in NSSWITCH.read_text()


def test_without_a_terminal_it_needs_yes(fresh):
    fresh(NSSWITCH, FRESH_NSSWITCH)
    assert ctl("setup", "nsswitch").returncode == USAGE
    assert NSSWITCH.read_text() == FRESH_NSSWITCH


def test_an_undo_leaves_a_file_that_was_changed_since_and_says_so(fresh):
    for path, text in PARTS["dovecot"]().items():
        fresh(path, text)
    setup("dovecot")
    mine = (PAM / "dovecot").read_text() + "# mine\n"
    scenes.write(PAM / "dovecot", mine)
    done = ctl("--yes", "setup", "--undo", "dovecot")
    assert done.returncode == NEGATIVE
    assert done.stderr == ("vmailctl: warning: /etc/pam.d/dovecot was changed after the setup, so it stays as it is; edit it by hand "
                           "(the file from before is in /var/lib/vmail/setup/dovecot)\n")
    assert (PAM / "dovecot").read_text() == mine and not (ETC / "dovecot/conf.d/90-vmail.conf").exists()
    assert (RECORDS / "dovecot/%etc%pam.d%dovecot.before").read_text() == INCLUDES


def test_an_undo_after_several_setups_restores_what_was_before_the_first(fresh):
    for path, text in PARTS["dovecot"]().items():
        fresh(path, text)
    setup("dovecot")
    example = EXAMPLES / "pam.d/dovecot"
    installed = pathlib.Path("/usr/share/nss-pam-vmail/examples/pam.d/dovecot")
    try:
        installed.write_text(example.read_text().replace("unwrap_address", "unwrap_address nodelay"))
        setup("dovecot")
    finally:
        installed.write_text(example.read_text())
    assert "nodelay" in (PAM / "dovecot").read_text()
    ctl_out("--yes", "setup", "--undo", "dovecot")
    assert (PAM / "dovecot").read_text() == INCLUDES


def test_an_undo_of_all_takes_back_what_several_parts_have_done_to_one_file(fresh):
    for path, text in {**PARTS["pop3d"](), **PARTS["poppassd"]()}.items():
        fresh(path, text)
    before = snapshot("/etc/inetd.conf")
    setup("pop3d")
    setup("poppassd")
    ctl_out("--yes", "setup", "--undo")
    assert snapshot("/etc/inetd.conf") == before and not list(RECORDS.glob("[!.]*/*"))


def test_an_undo_leaves_files_that_another_part_needs(fresh):
    for path, text in {**PARTS["postfix-virtual"](), **PARTS["postfix"]()}.items():
        fresh(path, text)
    socket = ETC / "systemd/system/vmail-map.socket"
    setup("postfix")
    setup("postfix-virtual")
    ctl("--yes", "setup", "--undo", "postfix")
    assert socket.exists() and not (ETC / "systemd/system/vmail-update-limits.path").exists()
    ctl("--yes", "setup", "--undo")
    assert not socket.exists()


def test_a_setup_that_fails_leaves_the_records_as_they_were(fresh):
    for path, text in PARTS["dovecot"]().items():
        fresh(path, text)
    setup("dovecot")
    records = {path: path.read_bytes() for path in RECORDS.glob("dovecot/*")}
    settings = ETC / "dovecot/conf.d/90-vmail.conf"
    scenes.write(settings, settings.read_text() + "# mine\n")
    scenes.write(PAM / "dovecot", INCLUDES)
    installed = pathlib.Path(f"/usr/share/nss-pam-vmail/examples/dovecot/{out('dovecot', '--version')[:3]}/vmail.conf")
    good = installed.read_text()
    try:
        installed.write_text("no_such_setting = yes\n")
        assert ctl("--yes", "setup", "dovecot").returncode == UNAVAILABLE
    finally:
        installed.write_text(good)
    assert (PAM / "dovecot").read_text() == INCLUDES and settings.read_text().endswith("# mine\n")
    assert {path: path.read_bytes() for path in RECORDS.glob("dovecot/*")} == records


def test_a_record_goes_when_somebody_else_has_restored_the_file(fresh):
    for path, text in PARTS["dovecot"]().items():
        fresh(path, text)
    setup("dovecot")
    scenes.write(PAM / "dovecot", INCLUDES)
    ctl_out("--yes", "setup", "--undo", "dovecot")
    assert not (RECORDS / "dovecot").exists()


def test_the_records_can_be_read_by_root_only(fresh):
    fresh(NSSWITCH, FRESH_NSSWITCH)
    setup("nsswitch")
    assert (RECORDS.stat().st_mode & 0o777, (RECORDS / "nsswitch").stat().st_mode & 0o777) == (0o700, 0o700)
    assert {path.stat().st_mode & 0o777 for path in (RECORDS / "nsswitch").iterdir()} == {0o600}


# --- root stays in


@pytest.fixture
def module_that_does_not_load():
    path = pathlib.Path(re.search(r"\S+/pam_vmail\.so", out("sh", "-c", "ls /usr/lib/*/security/pam_vmail.so")).group())
    good = path.read_bytes()
    path.unlink()
    path.write_bytes(good[:4000])
    yield path
    path.unlink()
    path.write_bytes(good)
    path.chmod(0o644)


def test_a_pam_file_that_would_keep_root_out_is_taken_back(fresh, module_that_does_not_load):
    for path, text in PARTS["dovecot"]().items():
        fresh(path, text)
    done = ctl("--yes", "setup", "dovecot")
    assert done.returncode == UNAVAILABLE
    assert "/etc/pam.d/dovecot: root could no longer log in, so the change was taken back; run  vmailctl check --area=pam" in done.stderr
    assert (PAM / "dovecot").read_text() == INCLUDES and not (ETC / "dovecot/conf.d/90-vmail.conf").exists()
    assert not (RECORDS / "dovecot").exists()


def test_without_a_trial_of_roots_log_in_nothing_is_changed(fresh):
    for path, text in PARTS["dovecot"]().items():
        fresh(path, text)
    fresh(SSHD_RULE, (EXAMPLES / "ssh/vmail.conf").read_text())
    RECORDS.parent.mkdir(exist_ok=True)
    done = run("unshare", "--mount", "sh", "-c", "mount -t tmpfs -o size=8k,nr_inodes=6,mode=755 tmpfs /var/lib/vmail && "
               "exec vmailctl --yes setup dovecot")
    assert done.returncode == UNAVAILABLE and "cannot try whether root can log in, so nothing was changed" in done.stderr
    assert (PAM / "dovecot").read_text() == INCLUDES


def test_a_module_that_does_not_load_is_found_for_lines_that_change_passwords_too(fresh, module_that_does_not_load):
    for path, text in PARTS["passwd"]().items():
        fresh(path, text)
    assert ctl("--yes", "setup", "passwd").returncode == UNAVAILABLE
    assert (PAM / "passwd").read_text() == PASSWD_PAM


def test_a_setting_that_its_daemon_refuses_is_taken_back(fresh):
    for path, text in PARTS["dovecot"]().items():
        fresh(path, text)
    installed = pathlib.Path(f"/usr/share/nss-pam-vmail/examples/dovecot/{out('dovecot', '--version')[:3]}/vmail.conf")
    good = installed.read_text()
    try:
        installed.write_text("no_such_setting = yes\n")
        done = ctl("--yes", "setup", "dovecot")
    finally:
        installed.write_text(good)
    assert done.returncode == UNAVAILABLE and "/usr/bin/doveconf failed after the change, so it was taken back: " in done.stderr
    assert (PAM / "dovecot").read_text() == INCLUDES and not (ETC / "dovecot/conf.d/90-vmail.conf").exists()


def test_only_root_sets_up():
    done = ctl("--yes", "setup", "nsswitch", user="nobody")
    assert done.returncode == REFUSED and "root" in done.stderr
