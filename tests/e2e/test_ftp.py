# SPDX-License-Identifier: LGPL-2.1-or-later
"""FTP daemons, on their own and under inetd: by full name, and by the address that a client connects to."""

import ftplib
import pathlib
import re
import shutil
import socket
import struct
from multiprocessing.pool import ThreadPool

import pytest

from daemons import Daemon, add_daemon_account, install_example, program
from ftp import answer_to_login, connected, download, owner, session, upload, whose_home
from programs import EXAMPLES, SYSTEM, UNPACKED, VA, VA6, VB, VB6
from scene import User

PORTS = [(address, 21) for address in (SYSTEM, VA, VB)]


def under_inetd(name):
    conf = install_example(f"inetd/{name}.conf", "/run/vmail-sandbox/inetd.conf")
    return Daemon(program("openbsd-inetd", "/usr/sbin/inetd"), "-i", str(conf), ports=PORTS)


def write_vsftpd_conf():
    """Debian's file with the lines of the example, the last of which count, and the right to upload."""
    pathlib.Path("/etc/vsftpd.conf").write_text((UNPACKED / "vsftpd/etc/vsftpd.conf").read_text() + "\nwrite_enable=YES\nlocal_umask=022\n" +
                                                (EXAMPLES / "vsftpd.conf").read_text())


def vsftpd():
    binary = program("vsftpd", "/usr/sbin/vsftpd")
    install_example("pam.d/vsftpd", "/etc/pam.d/vsftpd")
    write_vsftpd_conf()
    pathlib.Path("/run/vsftpd/empty").mkdir(parents=True, exist_ok=True)
    return Daemon(binary, "/etc/vsftpd.conf", ports=PORTS)


def proftpd(server_type="standalone"):
    """Debian's own settings, as its package's installation makes them, with our file in the directory for such."""
    binary = program("proftpd-core", "/usr/sbin/proftpd")
    install_example("pam.d/proftpd", "/etc/pam.d/proftpd")
    templates = UNPACKED / "proftpd-core/usr/share/proftpd/templates"
    for directory in ("/etc/proftpd/conf.d", "/var/log/proftpd", "/run/proftpd"):
        pathlib.Path(directory).mkdir(parents=True, exist_ok=True)
    modules = (templates / "modules.conf").read_text()
    modules = modules.replace("/usr/lib/proftpd", str(UNPACKED / "proftpd-core/usr/lib/proftpd"))
    pathlib.Path("/etc/proftpd/modules.conf").write_text(modules)
    conf = (templates / "proftpd.conf").read_text()
    assert "standalone" in conf
    pathlib.Path("/etc/proftpd/proftpd.conf").write_text(conf.replace("standalone", server_type))
    install_example("proftpd/vmail.conf", "/etc/proftpd/conf.d/vmail.conf")
    add_daemon_account("proftpd", "/run/proftpd")
    if server_type == "inetd":
        return under_inetd("proftpd")
    return Daemon(binary, "-n", ports=PORTS)


def pure_ftpd(*, inetd=False):
    binary = program("pure-ftpd", "/usr/sbin/pure-ftpd")
    install_example("pam.d/pure-ftpd", "/etc/pam.d/pure-ftpd")
    if inetd:
        return under_inetd("pure-ftpd")
    return Daemon(binary, "-l", "pam", "-A", "-E", ports=PORTS)


DAEMONS = {
    "vsftpd": vsftpd,
    "proftpd": proftpd,
    "proftpd-inetd": lambda: proftpd("inetd"),
    "pure-ftpd": pure_ftpd,
    "pure-ftpd-inetd": lambda: pure_ftpd(inetd=True),
}


@pytest.fixture(scope="module", autouse=True)
def signs(scene):
    """Each home has a file that says whose it is."""
    users = [*scene.va.users.values(), *scene.vb.users.values()]
    homes = {user.login: user.home for user in users} | {name: f"/home/{name}" for name in scene.system_password}
    for login, home in homes.items():
        pathlib.Path(home, "whose").write_text(login)


@pytest.fixture(scope="module", params=DAEMONS)
def daemon(request):
    with DAEMONS[request.param]():
        yield request.param


# On its own Pure-FTPd has the connection on another descriptor than 0.
by_address = pytest.mark.parametrize("daemon", [name for name in DAEMONS if name != "pure-ftpd"], indirect=True)
# ProFTPD does not know what /./ in a home means.
splits_homes = pytest.mark.parametrize("daemon", [name for name in DAEMONS if not name.startswith("proftpd")], indirect=True)


@pytest.mark.parametrize("domain", ["va", "vb"])
def test_the_full_name_reaches_the_users_own_home(daemon, scene, domain):
    bob = getattr(scene, domain)["bob"]
    assert whose_home(SYSTEM, bob.login, bob.password) == bob.login


@by_address
@pytest.mark.parametrize("address, domain", [(VA, "va"), (VB, "vb")])
def test_plain_bob_is_the_bob_of_the_domain_whose_address_he_connects_to(daemon, scene, address, domain):
    bob = getattr(scene, domain)["bob"]
    assert whose_home(address, "bob", bob.password) == bob.login


@pytest.mark.parametrize("daemon", ["vsftpd", "proftpd"], indirect=True)
@pytest.mark.parametrize("address, domain", [(VA6, "va"), (VB6, "vb")])
def test_over_ipv6_the_address_is_the_domain_too(daemon, scene, address, domain):
    bob = getattr(scene, domain)["bob"]
    assert whose_home(address, "bob", bob.password) == bob.login


def test_on_the_main_address_plain_bob_is_the_systems_bob(daemon, scene):
    assert whose_home(SYSTEM, "bob", scene.system_password["bob"]) == "bob"


def test_the_alias_of_a_domain_in_capitals_reaches_the_same_user(daemon, scene):
    assert whose_home(SYSTEM, "Bob@VA.Example.ORG", scene.va["bob"].password) == "bob@va.example"


def test_the_full_name_counts_also_over_the_address_of_another_domain(daemon, scene):
    assert whose_home(VA, "bob@vb.example", scene.vb["bob"].password) == "bob@vb.example"


def store_and_fetch(address, user, bob):
    with session(address, user, bob.password) as client:
        upload(client, "report.txt", "an uploaded report\n")
        assert download(client, "report.txt") == "an uploaded report\n"
    stored = pathlib.Path(bob.home, "report.txt")
    assert (owner(stored), stored.read_text()) == ((bob.uid, bob.gid), "an uploaded report\n")
    stored.unlink()


def test_an_uploaded_file_belongs_to_the_virtual_user_and_comes_back_as_it_was(daemon, scene):
    store_and_fetch(SYSTEM, "bob@va.example", scene.va["bob"])


@by_address
def test_by_address_too_an_uploaded_file_belongs_to_the_virtual_user(daemon, scene):
    store_and_fetch(VB, "bob", scene.vb["bob"])


def test_the_user_sees_his_home_as_the_root_and_nothing_above_it(daemon, scene):
    with session(SYSTEM, "bob@va.example", scene.va["bob"].password) as client:
        assert client.pwd() == "/"
        assert "whose" in client.nlst()
        with pytest.raises(ftplib.error_perm):
            client.cwd("/etc")
        client.cwd("..")
        assert "whose" in client.nlst()


@splits_homes
def test_a_home_with_a_dot_directory_is_split_into_the_root_and_the_place_to_start(daemon, make_domain):
    tom = User("tom", 77001, "tom-secret", home="/vhome/vc.example/tom/./incoming")
    make_domain("vc.example", tom)
    top = pathlib.Path("/vhome/vc.example/tom")
    for directory in (top, top / "incoming"):
        directory.mkdir(parents=True)
        shutil.chown(directory, tom.uid, tom.gid)
    (top / "whose").write_text("tom")
    with session(SYSTEM, tom.login, tom.password) as client:
        assert client.pwd() == "/incoming"
        upload(client, "here.txt", "here\n")
        assert download(client, "/whose") == "tom"
    assert owner(top / "incoming/here.txt") == (tom.uid, tom.gid)


def attempts(scene):
    """Log-ins that must fail: what is wrong with them, the address, the user, the password."""
    va, vb, system = scene.va, scene.vb, scene.system_password
    yield "a wrong password", SYSTEM, "bob@va.example", "wrong"
    yield "a wrong password", SYSTEM, "bob", "wrong"
    yield "a wrong password", VA, "bob", "wrong"
    yield "the password of another bob", SYSTEM, "bob@va.example", vb["bob"].password
    yield "the password of another bob", SYSTEM, "bob", va["bob"].password
    yield "the password of another bob", VA, "bob", vb["bob"].password
    yield "the password of another bob", VA, "bob", system["bob"]
    for user in ("nobody-here@va.example", "bob@elsewhere.example", "root@va.example"):
        yield "an unknown user or domain", SYSTEM, user, va["bob"].password
    for user in ("nobody-here", "root"):
        yield "an unknown user or domain", VA, user, va["bob"].password
    for name in ("locked", "expired", "mustchange"):
        yield name, SYSTEM, va[name].login, va[name].password
        yield name, VA, name, va[name].password
    yield "a system user over the address of a domain", VA, "sue", system["sue"]
    yield "a virtual user by the plain name over the main address", SYSTEM, "alice", va["alice"].password
    yield "an address that the client types", VB, "sue@[127.0.0.1]", system["sue"]


@pytest.fixture(scope="module")
def refusals(daemon, scene):
    """The answers to all attempts, by what is wrong with them. All at once: these daemons make a client wait for a
    refusal. Pure-FTPd on its own is spared what is about addresses."""
    table = [attempt for attempt in attempts(scene) if daemon != "pure-ftpd" or attempt[1] == SYSTEM]
    with ThreadPool(len(table)) as pool:
        answers = pool.starmap(answer_to_login, [attempt[1:] for attempt in table])
    return [(what, address, user, answer) for (what, address, user, _), answer in zip(table, answers)]


def assert_refused(refusals, wrong):
    mine = [(address, user, answer) for what, address, user, answer in refusals if what == wrong]
    assert mine
    for address, user, answer in mine:
        assert not answer.startswith("2"), f"{user} was let in over {address}: {answer}"


@pytest.mark.parametrize("wrong", ["a wrong password", "the password of another bob", "an unknown user or domain", "locked", "expired",
                                   "mustchange", "a virtual user by the plain name over the main address"])
def test_a_log_in_is_refused_with(daemon, refusals, wrong):
    assert_refused(refusals, wrong)


@by_address
@pytest.mark.parametrize("wrong", ["a system user over the address of a domain", "an address that the client types"])
def test_over_the_address_of_a_domain_a_log_in_is_refused_with(daemon, refusals, wrong):
    assert_refused(refusals, wrong)


@pytest.mark.parametrize("daemon", ["pure-ftpd"], indirect=True)
def test_pure_ftpd_on_its_own_takes_a_plain_name_for_the_systems_at_every_address(daemon, scene):
    assert whose_home(VA, "bob", scene.system_password["bob"]) == "bob"


@by_address
def test_after_a_refusal_another_user_can_log_in_on_the_same_connection(daemon, scene):
    with connected(VA) as client:
        with pytest.raises(ftplib.error_perm):
            client.login("alice", "wrong")
        client.login("bob", scene.va["bob"].password)
        assert download(client, "whose") == "bob@va.example"


# A client that resets the connection


def reset_after(address, commands):
    """Sends the commands one after the other, each after the answer to the one before, the last two at once; then resets
    the connection without waiting."""
    with socket.create_connection((address, 21), timeout=20) as client:
        answers = client.makefile("rb")
        answers.readline()
        for command in commands[:-2]:
            client.sendall(command.encode() + b"\r\n")
            while not re.match(rb"\d{3} ", answers.readline()):
                pass
        client.sendall("".join(f"{command}\r\n" for command in commands[-2:]).encode())
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        answers.close()


@by_address
@pytest.mark.parametrize("whose", ["va", "system"])
def test_a_reset_at_any_step_gives_nobody_the_account_of_the_other_bob(daemon, scene, syslog, whose):
    bob = scene.va["bob"]
    password = bob.password if whose == "va" else scene.system_password["bob"]
    steps = ["USER bob", f"PASS {password}", "PWD", "MKD reset"]
    for count in range(2, len(steps) + 1):
        for _ in range(5):
            reset_after(VA, steps[:count])
    # Whoever is let in once more is the same bob as before, and the daemon has worked through what came in.
    assert whose_home(VA, "bob", bob.password) == bob.login
    assert not pathlib.Path("/home/bob/reset").exists()
    made = pathlib.Path(bob.home, "reset")
    if made.exists():
        assert whose == "va" and made.stat().st_uid == bob.uid
        made.rmdir()
    assert "session opened for user bob(" not in syslog.text()
