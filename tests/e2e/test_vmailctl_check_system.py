# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmailctl check about the host: nsswitch.conf, PAM, caches, addresses, name servers; --login and --connect."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import threading

import pytest

import test_dovecot
from daemons import Daemon, install_example, program
from programs import RESOLVER, VA, VB
from test_ftp import write_vsftpd_conf
from scene import write
from vmailctl import DONE, NEGATIVE, REFUSED, UNAVAILABLE, USAGE, ctl, ctl_fails, on_terminal

NSSWITCH = pathlib.Path("/etc/nsswitch.conf")
OURS = "vmail [TRYAGAIN=return]"


def findings(area, *arguments):
    """What check finds in an area, as (severity, what) by line; and its exit code must fit."""
    done = ctl("--json", "check", f"--area={area}", *arguments)
    assert done.stderr == "", done.stderr
    rows = json.loads(done.stdout)
    bad = any(row["severity"] != "note" for row in rows)
    assert done.returncode == (NEGATIVE if bad else DONE), done.stdout
    return rows


def texts(rows, *severities):
    return [row["what"] for row in rows if row["severity"] in (severities or ("error", "warning"))]


@pytest.fixture
def nsswitch():
    """nsswitch(passwd="files vmail", ...) writes nsswitch.conf for this test; None leaves a line out."""
    before = NSSWITCH.read_text()
    right = {"passwd": f"{OURS} files", "group": f"{OURS} files", "shadow": f"{OURS} files",
             "initgroups": "vmail [SUCCESS=return TRYAGAIN=return] files"}

    def change(**lines):
        write(NSSWITCH, "# a comment\n" + "".join(f"{name}:\t{value}\n" for name, value in {**right, **lines}.items()
                                                  if value is not None))

    yield change
    write(NSSWITCH, before)


def test_the_example_of_nsswitch_conf_is_right():
    assert findings("nsswitch") == []


@pytest.mark.parametrize("database, line, severity, number, what, to_do", [
    ("passwd", "files", "error", 2, "does not ask vmail", f"passwd: {OURS} files"),
    ("passwd", "files systemd", "error", 2, "does not ask vmail", f"passwd: {OURS} files systemd"),
    ("passwd", "vmial files systemd", "error", 2, "the missing module vmial", f"passwd: {OURS} files systemd"),
    ("group", "Vmail [NOTFOUND=return] files", "error", 3, "the missing module Vmail", f"group: {OURS} files"),
    ("group", f"files [NOTFOUND=return] {OURS}", "error", 3, "never asked", f"group: {OURS} files"),
    ("passwd", "vmail [NOTFOUND=return] files", "error", 2, "not even root", f"passwd: {OURS} files"),
    ("passwd", "vmail [SUCCESS=continue] files", "error", 2, "the search continues after vmail", f"passwd: {OURS} files"),
    ("passwd", "vmail [UNAVAIL=return] files", "warning", 2, "the module cannot be loaded", f"passwd: {OURS} files"),
    ("passwd", "vmail files", "warning", 2, "can mean a system user", f"passwd: {OURS} files"),
    ("passwd", "vmail [!SUCCESS=return] files", "error", 2, "not even root", f"passwd: {OURS} files"),
    ("passwd", "vmail [NOTFOUND=sometimes] files", "error", 2, "is invalid", f"passwd: {OURS} files"),
    ("passwd", None, "error", None, "the line for passwd is missing", f"passwd: {OURS} files"),
    ("group", "files [SUCCESS=merge] systemd", "error", 3, "does not ask vmail",
     f"group: {OURS} files [SUCCESS=merge] systemd"),
    ("group", "vmail files", "warning", 3, "can mean a system user", f"group: {OURS} files"),
    ("initgroups", None, "warning", None, "the line for initgroups is missing",
     "initgroups: vmail [SUCCESS=return TRYAGAIN=return] files"),
    ("initgroups", "files", "error", 5, "does not ask vmail", "initgroups: vmail [SUCCESS=return TRYAGAIN=return] files"),
    ("initgroups", "vmail [SUCCESS=continue] files", "error", 5, "groups of the system user",
     "initgroups: vmail [SUCCESS=return TRYAGAIN=return] files"),
    ("initgroups", "vmail [SUCCESS=return] files", "warning", 5, "can mean a system user",
     "initgroups: vmail [SUCCESS=return TRYAGAIN=return] files"),
])
def test_a_line_of_nsswitch_conf_that_is_wrong(nsswitch, database, line, severity, number, what, to_do):
    nsswitch(**{database: line})
    found, = findings("nsswitch")
    assert (found["severity"], found["file"], found["line"]) == (severity, str(NSSWITCH), number)
    assert what in found["what"] and database in found["what"] and found["to_do"].endswith(to_do)


def test_files_before_vmail_is_a_warning_in_passwd_and_shadow_alike(nsswitch):
    nsswitch(passwd="files vmail", shadow="files vmail")
    rows = findings("nsswitch")
    assert [(row["severity"], row["line"]) for row in rows] == [("warning", 2), ("warning", 4)]
    assert all("vmail comes after files" in row["what"] for row in rows)


@pytest.mark.parametrize("lines", [{"passwd": "files vmail"}, {"shadow": "files vmail"}, {"shadow": "files"}])
def test_passwd_and_shadow_in_a_different_order_are_an_error(nsswitch, lines):
    nsswitch(**lines)
    assert any("the password of one user can open the account of another" in text
               for text in texts(findings("nsswitch"), "error"))


@pytest.mark.parametrize("lines", [{"group": "files vmail"}, {"passwd": f"{OURS} systemd files"},
                                   {"initgroups": "vmail [TRYAGAIN=return] files"},
                                   {"group": f"files [SUCCESS=merge] {OURS}"}])
def test_other_lines_that_are_right(nsswitch, lines):
    nsswitch(**lines)
    assert findings("nsswitch") == []


def test_a_library_that_is_not_there(tmp_path):
    library = next(pathlib.Path("/usr/lib").glob("*/libnss_vmail.so.2")).resolve()
    shutil.move(library, tmp_path / "kept")
    try:
        assert "cannot load libnss_vmail.so.2" in texts(findings("nsswitch"))[0]
    finally:
        shutil.move(tmp_path / "kept", library)
    assert findings("nsswitch") == []


VMAIL = "[success=done ignore=ignore default=die] pam_vmail.so"
ACCOUNT = "account [success=done new_authtok_reqd=done ignore=ignore default=die] pam_vmail.so"
TEST = "/etc/pam.d/vmail-test"


def pam_findings():
    return [row for row in findings("pam") if row["file"] == TEST or TEST in row["what"]]


@pytest.mark.parametrize("name", sorted(path.name for path in (pathlib.Path(__file__).parents[2] / "examples/pam.d").iterdir()))
def test_the_examples_of_pam_are_right(name):
    install_example(f"pam.d/{name}", TEST)
    try:
        missing = "the module pam_pwquality.so does not exist"  # of a package that is only unpacked here
        assert [row for row in pam_findings() if row["severity"] != "note" and not row["what"].startswith(missing)] == []
    finally:
        os.unlink(TEST)


@pytest.mark.parametrize("lines, severity, number, what", [
    ([f"auth {VMAIL} unwrap_adress", "@include common-auth", ACCOUNT], "error", 1, "unwrap_adress: unknown option"),
    ([f"auth {VMAIL} domain=-", "@include common-auth", ACCOUNT], "error", 1, "domain=-: not a domain name"),
    (["auth optional pam_vmail.so", "@include common-auth", ACCOUNT], "error", 1, "can still be let in"),
    (["# a comment", "auth sufficient pam_vmail.so", "@include common-auth", ACCOUNT], "error", 2, "can still be let in"),
    (["auth sufficient pam_unix.so", f"auth {VMAIL}", "auth required pam_deny.so", ACCOUNT], "error", 2,
     f"is not asked: an earlier line decides: {TEST}:1 (pam_unix.so)"),
    (["@include common-auth", "auth sufficient pam_vmail.so", ACCOUNT], "error", 2, "can still be let in"),
    ([f"auth {VMAIL}", "auth required pam_permit.so", ACCOUNT], "error", 1, "are let in with any password"),
    (["auth required pam_vmail.so", "@include common-auth", ACCOUNT], "warning", 1, "unless other lines accept them"),
    (["auth requisite pam_vmail.so resolve_only", "@include common-auth", ACCOUNT], "error", 1, "nothing is checked"),
    ([f"auth {VMAIL}", "@include common-auth", "account optional pam_vmail.so", "@include common-account"], "error", 3,
     "can still be let in"),
    ([f"auth {VMAIL}", "@include common-auth", "@include common-account"], "error", None, "not in account"),
    ([f"auth {VMAIL}", "@include common-auth", ACCOUNT, "@include common-password"], "note", None, "change their passwords"),
    (["auth [success=don ignore=ignore] pam_vmail.so", "@include common-auth", ACCOUNT], "error", 1, "control field"),
    (["auth requisit pam_vmail.so", "@include common-auth", ACCOUNT], "error", 1, "control field"),
    ([f"auht {VMAIL}", "@include common-auth", ACCOUNT], "error", 1, "auht is not a valid type"),
    (["auth [success=done ignore=ignore default=die] pam_vmail", "@include common-auth", ACCOUNT], "error", 1,
     "the module pam_vmail does not exist"),
    (["auth required /nowhere/pam_vmail.so", ACCOUNT], "error", 1, "/nowhere/pam_vmail.so: No such file"),
    ([f"auth {VMAIL}", "@include common-nothing", ACCOUNT], "error", None, "includes common-nothing"),
    ([f"auth {VMAIL} keep_user", "@include common-auth", ACCOUNT, "session optional pam_vmail.so keep_user"], "warning", 4,
     "keep_user in a session line"),
])
def test_a_stack_that_is_wrong(pam_service, lines, severity, number, what):
    pam_service(*lines, delay=True)
    rows = pam_findings()
    assert (severity, number) in [(row["severity"], row["line"]) for row in rows if what in row["what"]], rows
    assert all(row["to_do"] for row in rows)


def test_a_stack_is_followed_into_what_it_includes(pam_service, tmp_path):
    for word in ("include", "substack"):
        included = tmp_path / "stack"
        included.write_text("auth sufficient pam_vmail.so debug=1\nauth required pam_unix.so\n")
        pam_service(f"auth {word} {included}", ACCOUNT)
        rows = [row for row in findings("pam") if row["file"] == str(included)]
        assert [row["line"] for row in rows] == [1, 1], rows
        assert "option debug=1" in rows[0]["what"] and "vmail-test, auth" in rows[1]["what"]


@pytest.mark.parametrize("conf, what, to_do", [
    ("[vmail]\n", "virtual users cannot log in there", "add the pam_vmail lines before"),
    ("[vmail]\nnss_hashes = yes\n", "nss_hashes = yes, its other modules can let virtual users in", "otherwise remove nss_hashes")])
def test_a_known_daemon_that_does_not_ask_us(pam_service, vmail_conf, conf, what, to_do):
    vmail_conf(conf)
    pam_service(f"auth {VMAIL}", "@include common-auth", ACCOUNT)
    path = pathlib.Path("/etc/pam.d/qpopper")
    path.write_text("@include common-auth\n@include common-account\n")
    try:
        row, = [row for row in findings("pam") if row["file"] == str(path)]
    finally:
        path.unlink()
    assert row["severity"] == "note" and what in row["what"] and to_do in row["to_do"]
    assert "/usr/share/nss-pam-vmail/examples/pam.d" in row["to_do"]


def test_a_fifo_among_the_services_is_not_waited_for(pam_service):
    pam_service(f"auth {VMAIL}", "auth required pam_nosuch.so", ACCOUNT)
    path = pathlib.Path("/etc/pam.d/vmail-fifo")
    os.mkfifo(path)
    try:
        rows = findings("pam")
    finally:
        path.unlink()
    assert "/etc/pam.d/vmail-test" in {row["file"] for row in rows}


@pytest.mark.parametrize("name", ["passwd", "chpasswd"])
def test_a_program_that_cannot_change_passwords_of_virtual_users_is_a_note_and_comes_last(pam_service, name):
    pam_service("auth required pam_vmial.so")
    path = pathlib.Path("/etc/pam.d", name)
    before = path.read_bytes() if path.exists() else None
    path.write_text("@include common-password\n")
    try:
        rows = findings("pam")
    finally:
        path.write_bytes(before) if before is not None else path.unlink()
    mine, = [row for row in rows if row["file"] == str(path)]
    assert mine["severity"] == "note" and "Authentication token manipulation error" in mine["what"]
    assert mine["to_do"] == "to allow it, run vmailctl setup passwd" and rows.index(mine) > max(i for i, row in enumerate(rows) if row["severity"] == "error")


@pytest.mark.parametrize("lines, what, to_do", [
    (("auth required pam_vmial.so", ACCOUNT), "the module pam_vmial.so does not exist", "write pam_vmail.so"),
    ((f"auth {VMAIL}", "auth required pam_nosuch.so", ACCOUNT), "the module pam_nosuch.so does not exist", "remove the line")])
def test_a_module_that_does_not_exist_is_an_error(pam_service, lines, what, to_do):
    pam_service(*lines)
    errors = [row for row in findings("pam") if row["severity"] == "error" and row["file"] == "/etc/pam.d/vmail-test"]
    assert any(what in row["what"] and to_do in row["to_do"] for row in errors), errors


@pytest.mark.parametrize("rule, named", [
    ("-:bob@va.example:ALL", True), ("- : sue bob@VA.EXAMPLE.org,ann : ALL", True), ("-:(bob@va.example):ALL", False),
    ("-:bob@nosuch.example:ALL", False), ("# -:bob@va.example:ALL", False), ("-:ALL:bob@va.example", False)])
@pytest.mark.parametrize("file", ["access.conf", "access.d/vmail.conf"])
def test_a_rule_of_pam_access_that_never_means_a_virtual_user_is_a_warning(rule, named, file):
    path = pathlib.Path("/etc/security", file)
    before = path.read_bytes() if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    write(path, f"# rules\n{rule}\n")
    try:
        rows = [row for row in findings("pam") if row["file"] == str(path)]
    finally:
        path.write_bytes(before) if before is not None else path.unlink()
    if named:
        row, = rows
        assert (row["severity"], row["line"]) == ("warning", 2) and re.search(r"write \(bob@va.example", row["to_do"], re.I)
    else:
        assert rows == []


def test_pam_access_does_as_check_says(scene, pam, pam_service):
    path = pathlib.Path("/etc/security/access.conf")
    before = path.read_bytes() if path.exists() else None
    bob = scene.va["bob"]
    try:
        for rule, answer in (("-:bob@va.example:ALL", "PAM_SUCCESS"), ("-:(bob@va.example):ALL", "PAM_PERM_DENIED")):
            write(path, rule + "\n")
            service = pam_service(f"auth {VMAIL}", "account required pam_access.so", ACCOUNT)
            assert pam(service, bob.login, bob.password, "auth", "acct").acct == answer
    finally:
        path.write_bytes(before) if before is not None else path.unlink()


def test_a_module_that_may_be_missing_is_good(pam_service):
    pam_service(f"auth {VMAIL}", "-auth required pam_nosuch.so", "auth optional pam_nosuch.so", "@include common-auth", ACCOUNT)
    assert not [row for row in findings("pam") if row["file"] == "/etc/pam.d/vmail-test" and row["severity"] != "note"]


def test_where_ours_is_installed_beside_no_other_module_none_is_said_to_be_missing(pam_service):
    """As by configure --prefix=/usr/local."""
    pam_service(f"auth {VMAIL}", "auth required pam_mail.so", "auth required pam_nosuch.so", "@include common-auth", ACCOUNT)
    permit, = pathlib.Path("/usr/lib").glob("*/security/pam_permit.so")
    away = permit.with_suffix(".away")
    permit.rename(away)
    try:
        rows = findings("pam")
    finally:
        away.rename(permit)
    assert not [row for row in rows if "does not exist" in row["what"]]


def test_pam_shells_in_front_of_us_is_an_error_while_the_shell_of_a_user_is_not_listed(pam_service):
    """As in Debian's file for vsftpd."""
    def mine():
        return [row for row in findings("pam") if row["file"] == "/etc/pam.d/vmail-test" and row["severity"] != "note"]

    pam_service("auth required pam_shells.so", f"auth {VMAIL}", "@include common-auth", ACCOUNT)
    row, = mine()
    assert (row["severity"], row["line"]) == ("error", 1)
    assert "because the shell /bin/false" in row["what"] and "/etc/shells" in row["to_do"]
    shells = pathlib.Path("/etc/shells")
    before = shells.read_text()
    shells.write_text(before + "/bin/false\n")
    try:
        assert mine() == []
    finally:
        shells.write_text(before)
    pam_service(f"auth {VMAIL}", "auth required pam_shells.so", "@include common-auth", ACCOUNT)
    assert mine() == []


def hang_up(listener):
    with contextlib.suppress(OSError):
        while True:
            listener.accept()[0].close()


def test_a_cache_that_answers_for_all_processes():
    assert findings("caches") == []
    path = pathlib.Path("/run/nscd/socket")
    path.parent.mkdir(exist_ok=True)
    conf = pathlib.Path("/etc/nscd.conf")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        # The C library asks here, too: it is told at once that there is no answer.
        threading.Thread(target=hang_up, args=(listener,), daemon=True).start()
        try:
            found, = findings("caches")
            assert "nscd caches passwd and group" in found["what"] and "enable-cache passwd no" in found["to_do"]
            conf.write_text("enable-cache passwd no\n#enable-cache group no\n")
            assert "nscd caches group" in texts(findings("caches"))[0]
            conf.write_text("enable-cache\tpasswd\tno\nenable-cache group no\n")
            assert findings("caches") == []
        finally:
            conf.unlink(missing_ok=True)
            path.unlink()
            listener.shutdown(socket.SHUT_RDWR)
    assert findings("caches") == []


def test_an_address_that_no_interface_has(vmail_conf):
    vmail_conf("[domain va.example]\naddress = 127.0.0.2 192.0.2.77\n[domain vb.example]\naddress = 192.0.2.78\n")
    rows = findings("addresses")
    assert [(row["domain"], row["line"]) for row in rows] == [("va.example", 2), ("vb.example", 4)]
    assert "192.0.2.77" in rows[0]["what"] and "vmailctl address del va.example 192.0.2.77" in rows[0]["to_do"]
    assert [row["domain"] for row in findings("addresses", "vb.example")] == ["vb.example"]


# --- name servers


DNS_CONF = "[domain va.example]\naliases = va2.example\naddress = 127.0.0.2\n[domain vb.example]\naddress = 127.0.0.3\n"
RIGHT = ["host-record=mail.va.example,127.0.0.2", "mx-host=va.example,mail.va.example,10", "mx-host=va2.example,mail.va.example,10",
         "host-record=mail.vb.example,127.0.0.3", "mx-host=vb.example,mail.vb.example,10"]


def dns(*domains):
    return [(row["domain"], row["what"], row["to_do"]) for row in findings("dns", f"--dns-server={RESOLVER}", *domains)]


def test_names_that_are_right(vmail_conf, name_server):
    vmail_conf(DNS_CONF)
    name_server(*RIGHT)
    assert dns("va.example", "vb.example") == []


@pytest.mark.parametrize("change, what, to_do", [
    ({"mx-host=va.example,mail.va.example,10": None}, "va.example has no MX record, and no address", "va.example. MX 10"),
    ({"mx-host=va2.example,mail.va.example,10": None}, "va2.example has no MX record", "va2.example. MX 10"),
    ({"mx-host=va.example,mail.va.example,10": "mx-host=va.example,nowhere.va.example,10"},
     "names nowhere.va.example, which has no address", "nowhere.va.example. A ADDRESS"),
    ({"mx-host=va.example,mail.va.example,10": "mx-host=va.example,far.example,10", "": "host-record=far.example,198.51.100.77"},
     "no MX record of va.example leads to an address of this machine", "set the MX record to"),
    ({"host-record=mail.va.example,127.0.0.2": "address=/mail.va.example/127.0.0.2"}, "127.0.0.2 has no reverse name",
     "mail.va.example"),
    ({"": "ptr-record=2.0.0.127.in-addr.arpa,va.example"}, "is the domain va.example itself", "such as mail.va.example"),
    ({"": "ptr-record=2.0.0.127.in-addr.arpa,mail.elsewhere.example"}, "not a host of the domain", "such as mail.va.example"),
    ({"": "ptr-record=2.0.0.127.in-addr.arpa,other.va.example"}, "other.va.example, which does not have this address",
     "other.va.example. A 127.0.0.2"),
])
def test_a_name_that_is_wrong(vmail_conf, name_server, change, what, to_do):
    vmail_conf(DNS_CONF)
    records = [change.get(record, record) for record in RIGHT] + [change.get("")]
    if "" in change and change[""].startswith("ptr-record"):
        # host-record makes a reverse name of its own.
        records = [record.replace("host-record=mail.va.example,127.0.0.2", "address=/mail.va.example/127.0.0.2")
                   if record else None for record in records]
    name_server(*filter(None, records))
    found = dns("va.example", "vb.example")
    assert {domain for domain, *_ in found} == {"va.example"}, found
    assert any(what in text and to_do in advice for _, text, advice in found), found


def test_a_domain_that_has_an_address_and_no_mx_gets_its_mail(vmail_conf, name_server):
    vmail_conf("[domain vb.example]\n")
    name_server("host-record=vb.example,127.0.0.3")
    assert dns("vb.example") == []


def test_a_question_that_is_answered_with_an_error_does_not_end_the_others(vmail_conf, name_server):
    vmail_conf(DNS_CONF.replace("va2.example", "va2.example va.refused"))
    name_server(*RIGHT[:-1])  # dnsmasq refuses what is not below a name that it was told of
    found = dns("va.example", "vb.example")
    assert [domain for domain, *_ in found] == ["va.example", "vb.example"], found
    assert "va.refused" in found[0][1] and "vb.example has no MX record" in found[1][1]


def test_a_name_server_that_does_not_answer_is_one_warning(vmail_conf):
    vmail_conf(DNS_CONF)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        row, = findings("dns", f"--dns-server=127.0.0.1:{silent.getsockname()[1]}")
    assert row["severity"] == "warning" and "the remaining DNS checks were skipped" in row["what"] and "--dns=no" in row["to_do"]
    assert findings("dns", "--dns=no") == []


@pytest.mark.parametrize("place", [0, 40])
def test_an_answer_that_is_too_long_for_udp_comes_by_tcp(vmail_conf, name_server, place):
    vmail_conf("[domain vb.example]\n")
    addresses = [f"198.51.100.{number}" for number in range(40)]
    addresses.insert(place, "127.0.0.3")
    name_server(*(f"host-record=mail.vb.example,{address}" for address in addresses), "mx-host=vb.example,mail.vb.example,10")
    assert dns("vb.example") == []


def test_a_name_server_that_does_not_answer_by_tcp_is_a_warning(vmail_conf):
    vmail_conf("[domain vb.example]\n")
    with socket.create_server(("127.0.0.1", 0)) as silent, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as cut:
        cut.bind(silent.getsockname())

        def answer():
            query, client = cut.recvfrom(512)
            cut.sendto(query[:2] + b"\x83\x80" + query[4:], client)  # truncated

        threading.Thread(target=answer, daemon=True).start()
        row, = findings("dns", f"--dns-server=127.0.0.1:{cut.getsockname()[1]}", "vb.example")
    assert row["severity"] == "warning" and "no name server answers" in row["what"], row


@pytest.mark.parametrize("server", ["x", "127.0.0.1:", "127.0.0.1:x", "[::1", "[::1]x", "::1:x", "127.0.0.1:53:53"])
def test_a_name_server_is_an_address(vmail_conf, server):
    vmail_conf("[domain vb.example]\n")
    row, = findings("dns", f"--dns-server={server}", "vb.example")
    assert f"cannot ask {server}" in row["what"], row


@pytest.mark.parametrize("server", ["[::1]:{}", "[127.0.0.1]:{}", "127.0.0.1:{}"])
def test_a_name_server_is_asked_by_either_protocol(vmail_conf, server):
    vmail_conf("[domain vb.example]\n")
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as tcp, \
            socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as udp:
        udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        udp.bind(("::", tcp.getsockname()[1]))

        def answer():
            for _ in range(3):  # MX, A, AAAA: there is nothing
                query, client = udp.recvfrom(512)
                udp.sendto(query[:2] + b"\x81\x80" + query[4:], client)

        threading.Thread(target=answer, daemon=True).start()
        row, = findings("dns", f"--dns-server={server.format(tcp.getsockname()[1])}", "vb.example")
    assert "vb.example has no MX record, and no address:" in row["what"], row


# --- relays


RELAY_CONF = "[domain va.example]\n[domain vb.example]\naliases = vb2.example\n"
RELAY_ZONE = ["host-record=mail.partner.example,198.51.100.7", "host-record=backup.example,127.0.0.2"]
RIGHT_ORDER = ["mx-host=partner.example,mail.partner.example,10", "mx-host=partner.example,backup.example,20"]


@pytest.mark.parametrize("section, records, severity, what", [
    ("[relay partner.example]", RIGHT_ORDER, None, None),
    ("[relay partner.example]\nprimary = mail.partner.example", RIGHT_ORDER, None, None),
    ("[relay partner.example]", RIGHT_ORDER[:1], "warning", "no MX record of partner.example leads to this machine"),
    ("[relay partner.example]", [], "warning", "no MX record of partner.example leads to this machine"),
    ("[relay partner.example]", RIGHT_ORDER[1:], "error", "has nowhere to go and bounces"),
    ("[relay partner.example]", ["mx-host=partner.example,backup.example,5", *RIGHT_ORDER[:1]], "error", "nowhere to go and bounces"),
    ("[relay partner.example]\nprimary = 198.51.100.7", RIGHT_ORDER[1:], "warning", "its mail comes here first"),
    ("[relay partner.example]\nprimary = backup.example", RIGHT_ORDER, "error", "primary = backup.example is this machine"),
    ("[relay partner.example]\nprimary = 127.0.0.2", RIGHT_ORDER, "error", "primary = 127.0.0.2 is this machine"),
    ("[relay partner.example]\nprimary = nowhere.example", RIGHT_ORDER, "error", "primary = nowhere.example has no address"),
    ("[relay partner.example]\nrecipients = /etc/vmail/nosuch", RIGHT_ORDER, "error", "recipients = /etc/vmail/nosuch does not exist"),
])
def test_a_relay_in_the_names(vmail_conf, name_server, section, records, severity, what):
    vmail_conf(RELAY_CONF + section + "\n")
    name_server(*RELAY_ZONE, *records)
    rows = findings("relays", f"--dns-server={RESOLVER}")
    assert [row["severity"] for row in rows] == [severity][:1 if severity else 0], rows
    for row in rows:
        assert what in row["what"] and row["to_do"], row
        assert (row["file"], row["line"], row["domain"]) == ("/etc/vmail/vmail.conf", 4, "partner.example")


@pytest.mark.parametrize("name, what", [("va.example", "a domain"), ("vb2.example", "an alias of vb.example")])
def test_a_relay_that_is_also_a_domain(vmail_conf, name, what):
    vmail_conf(RELAY_CONF + f"[relay {name}]\n")
    row, = findings("relays", "--dns=no")
    assert row["severity"] == "error" and f"{name} is a relay and also {what} on this machine" in row["what"], row
    assert f"vmailctl relay del {name}" in row["to_do"]


def test_recipients_that_only_root_can_read(vmail_conf):
    path = write("/etc/vmail/recipients.partner", "info\n", mode=0o640)
    vmail_conf(RELAY_CONF + f"[relay partner.example]\nrecipients = {path}\n")
    row, = findings("relays", "--dns=no")
    assert row["severity"] == "error" and row["to_do"] == f"run chmod a+r {path}"
    path.chmod(0o666)
    row, = findings("relays", "--dns=no")
    assert row["severity"] == "error" and row["file"] == str(path) and "writable by others" in row["what"]
    path.chmod(0o644)
    assert findings("relays", "--dns=no") == []
    path.unlink()


# --- --login


def login(name, password, *arguments, code=DONE, **options):
    done = ctl("--json", "check", f"--login={name}", "--password-stdin", *arguments, input=password + "\n", **options)
    assert done.returncode == code, done.stdout + done.stderr
    assert password not in done.stdout + done.stderr
    return [(row["step"], row["answer"], row["detail"]) for row in json.loads(done.stdout)]


def steps(rows):
    return [f"{step} {answer}" for step, answer, _ in rows]


ALL_YES = ["resolve yes", "user yes", "password yes", "account yes", "getpwnam yes", "getgrouplist yes", "getpwuid yes"]


@pytest.fixture
def service(pam_service):
    return pam_service(f"auth {VMAIL}", "@include common-auth", ACCOUNT, "@include common-account")


def test_a_log_in_that_is_right(scene, service):
    bob = scene.va["bob"]
    rows = login("bob@va.example.org", bob.password, f"--service={service}")
    assert [step for step in steps(rows) if step not in ALL_YES] == [] and set(steps(rows)) == set(ALL_YES)
    text = str(rows)
    assert f"uid {bob.uid}" in text and f"{bob.uid} is bob@va.example" in text and "70064" in text and f"service {service}" in text


def test_the_password_is_asked_for_and_not_shown(scene, service):
    bob = scene.va["bob"]
    shown, code = on_terminal("check", f"--login={bob.login}", f"--service={service}", answers=[bob.password])
    assert code == DONE and f"Password for {bob.login}: " in shown and bob.password not in shown
    assert re.search(r"^getpwnam +yes +bob@va.example is ", shown, re.M), shown


def test_the_service_is_one_that_asks_us(scene, service):
    rows = login(scene.vb["bob"].login, scene.vb["bob"].password)
    assert "password yes" in steps(rows)


@pytest.mark.parametrize("name, password, step", [
    ("bob", "wrong-secret", "password no"), ("locked", None, "password no"), ("expired", None, "account no"),
    ("mustchange", None, "account no"), ("nobody-here", "some-secret", "user nobody"),
])
def test_a_log_in_that_is_refused(scene, service, name, password, step):
    rows = login(f"{name}@va.example", password or scene.va[name].password, f"--service={service}", code=NEGATIVE)
    assert step in steps(rows), rows


def test_a_plain_name_means_the_bob_of_the_address(scene, service):
    for address, domain in ((VA, scene.va), (VB, scene.vb)):
        bob = domain["bob"]
        rows = login("bob", bob.password, f"--service={service}", f"--address={address}")
        assert ("resolve", "yes", bob.login) in rows and str(rows).count("getpwnam") == 2, rows
    rows = login("bob", scene.va["bob"].password, f"--service={service}", f"--address={VB}", code=NEGATIVE)
    assert "password no" in steps(rows)
    rows = login("bob", scene.va["bob"].password, f"--service={service}", code=NEGATIVE)
    assert "resolve nobody" in steps(rows)


def test_a_log_in_says_what_it_assumes_of_the_daemon_and_what_the_daemon_cannot_know(scene, service):
    bob = scene.va["bob"]
    rows = login("bob", bob.password, f"--service={service}", f"--address={VA}")
    assert rows[0][:2] == ("address", "assumed") and f"connection to {VA}: on descriptor 0, or, for Dovecot, with the vmail.conf" in rows[0][2]
    files = [pathlib.Path("/etc/pam.d", name) for name in ("sshd", "smtp")]
    before = [file.read_bytes() if file.exists() else None for file in files]
    try:
        for file in files:
            install_example(f"pam.d/{file.name}", file)
            rows = login("bob", bob.password, f"--service={file.name}", f"--address={VA}", code=NEGATIVE)
            assert rows[0][:2] == ("address", "not known") and "resolve nobody" in steps(rows)
            rows = login(bob.login, bob.password, f"--service={file.name}", f"--address={VA}")
            assert "password yes" in steps(rows)
    finally:
        for file, text in zip(files, before):
            file.write_bytes(text) if text is not None else file.unlink()


def test_the_reason_is_said_to_be_in_the_log_where_it_is(scene, service, syslog):
    rows = login("bob@va.example", "wrong-secret", f"--service={service}", code=NEGATIVE)
    assert any("see the system log for the reason" in detail for _, _, detail in rows)
    syslog.wait_for("authentication failure.*bob@va.example")
    rows = login("bob@nosuch.example", "wrong-secret", f"--service={service}", code=NEGATIVE)
    assert any("ignores names that are not virtual users, and logs nothing" in detail for _, _, detail in rows)
    assert not any("see the system log" in detail for _, _, detail in rows)


def test_groups_of_the_system_that_name_a_virtual_user_are_right_for_the_full_name(scene, service):
    group = pathlib.Path("/etc/group")
    before = group.read_text()
    write(group, before + "ops:x:1999:bob@va.example\n")
    try:
        rows = login("bob@va.example", scene.va["bob"].password, f"--service={service}")
        assert any(step == "getgrouplist" and "1999" in detail for step, _, detail in rows)
    finally:
        write(group, before)


def test_a_log_in_shows_that_the_c_library_knows_another(scene, service, nsswitch):
    nsswitch(passwd="files vmail")
    rows = login("bob", scene.va["bob"].password, f"--service={service}", f"--address={VA}", code=NEGATIVE)
    assert "password no" in steps(rows) and "getpwnam another" in steps(rows)


def test_a_log_in_without_the_module_in_nsswitch_conf(scene, service, nsswitch):
    nsswitch(passwd="files")
    rows = login("bob@va.example", scene.va["bob"].password, f"--service={service}", code=NEGATIVE)
    assert "getpwnam nobody" in steps(rows)


def test_bad_use_of_login(service):
    assert "is not an IP address" in ctl_fails(USAGE, "check", "--login=bob@va.example", "--address=here", "--password-stdin")
    assert "--service" in ctl_fails(USAGE, "check", "--login=bob@va.example", "--service=../shadow")
    assert "cannot be combined" in ctl_fails(USAGE, "check", "--login=bob@va.example", "--connect")
    assert "need --login" in ctl_fails(USAGE, "check", "--password-stdin")
    assert "only root" in ctl_fails(REFUSED, "check", "--login=bob@va.example", user="sue")
    assert "use an address of this machine" in ctl_fails(UNAVAILABLE, "check", "--login=bob", "--address=192.0.2.77",
                                                         "--password-stdin", input="x\n")


# --- --connect


def greetings(*domains, code=DONE):
    done = ctl("--json", "check", "--connect", *domains)
    assert (done.returncode, done.stderr) == (code, ""), done.stdout + done.stderr
    return {(row["address"], row["service"]): (row["state"], row["greeting"]) for row in json.loads(done.stdout)}


def test_nothing_answers(vmail_conf):
    vmail_conf("[domain vb.example]\naddress = 127.0.0.3\n")
    assert set(greetings("vb.example", code=NEGATIVE).values()) == {("closed", None)}


def test_the_greetings_of_real_daemons(vmail_conf):
    vmail_conf("[domain va.example]\naddress = 127.0.0.2\n[domain vb.example]\naddress = 127.0.0.3\n")
    with test_dovecot.daemon():
        found = greetings("va.example")
        assert found[VA, "pop3"][0] == "open" and found[VA, "pop3"][1].startswith("+OK")
        assert found[VA, "imap"][0] == "open" and found[VA, "imap"][1].startswith("* OK")
        assert found[VA, "imaps"] == ("open, TLS", None) and found[VA, "smtp"] == ("closed", None)
        assert greetings("va.example", "vb.example")[VB, "pop3"][0] == "open"
        assert "127.0.0.2" in ctl("check", "--connect", "va.example").stdout


def test_the_greeting_of_vsftpd(vmail_conf):
    vmail_conf("[domain va.example]\naddress = 127.0.0.2\n")
    install_example("pam.d/vsftpd", "/etc/pam.d/vsftpd")
    write_vsftpd_conf()
    pathlib.Path("/run/vsftpd/empty").mkdir(parents=True, exist_ok=True)
    with Daemon(program("vsftpd", "/usr/sbin/vsftpd"), "/etc/vsftpd.conf", ports=[(VA, 21)]):
        state, greeting = greetings("va.example")[VA, "ftp"]
    assert state == "open" and greeting.startswith("220")


@pytest.fixture
def server():
    """server(BYTES) answers the next connections to port 110 of 127.0.0.3 with BYTES, and waits for their end."""
    listener = socket.create_server((VB, 110))

    def serve(greeting):
        def work():
            with listener.accept()[0] as client:
                client.sendall(greeting)
                with contextlib.suppress(ConnectionResetError):
                    client.recv(1)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        return thread

    yield serve
    listener.close()


@pytest.mark.parametrize("sent, state, shown", [
    (b"+OK \x1b[31mred\x07\xff\r\nmore\r\n", "open", "+OK \\x1b[31mred\\x07\ufffd"),
    (b"", "open, says nothing", "-"), (b"x" * 5000 + b"\n", "open", "x" * 511),
])
def test_a_hostile_greeting_is_cleaned(vmail_conf, server, sent, state, shown):
    vmail_conf("[domain vb.example]\naddress = 127.0.0.3\n")
    thread = server(sent)
    done = ctl("check", "--connect", "vb.example")
    thread.join(30)
    line, = [line for line in done.stdout.splitlines() if " pop3 " in line]
    assert state in line and line.split(state, 1)[1].strip() == shown
