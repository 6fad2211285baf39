# SPDX-License-Identifier: LGPL-2.1-or-later
"""doc/mail.md on a booted system: each of its commands runs, in its order, and prints what the page shows. Commands after
"#" are the server's, those after "$" are another machine's: a network namespace. What needs the Internet is replaced by
what STAND_INS and `world` say, and by nothing else."""

import contextlib
import pathlib
import re
import shlex
import shutil
import socket
import time

import pytest

import scene as scenes
import session
from booted import UNITS, booted
from daemons import PATIENCE, Daemon, program
from kept import keep_all
from mail_setup import SINK_DIRECTORY, make_dovecot_startable, version_of_dovecot
from programs import SOURCE, UNPACKED, run

PAGE = SOURCE / "doc/mail.md"
PASSWORD = b"a long secret"
INTERNET = "# Internet"
LATER = ("fail2ban-client", 'curl -sS "imaps')  # fail2ban takes a moment to start, to read the log, and to ban
LONGEST = "240"  # seconds until a command counts as hanging
THIRD, OURS, FAR = "192.0.2.3", "198.51.100.1", "198.51.100.2"
# What differs each time in the log: ids of messages, times, and the client's own name.
CHANGING = [(r"^[0-9A-Za-z]{8,}: to=", "(id): to="), (r"\S+ Saved\)", "(id) Saved)"), (r"delays?=[0-9./]+", "(time)"),
            (r"helo=<[^>]*>", "(name)"), (r"after \d+ ms", "(time)")]
# What the steps change, besides what lies below /etc/vmail, /vhome and /var/cache/vmail.
CHANGED = ["/etc/nsswitch.conf", "/etc/pam.d", "/etc/ssh", "/etc/postfix", "/etc/dovecot", "/etc/letsencrypt", "/etc/systemd/system",
           "/etc/resolv.conf", "/etc/hosts", "/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow", "/etc/subuid", "/etc/subgid",
           "/etc/ssl/certs", "/usr/local/share/ca-certificates", "/usr/local/sbin", "/etc/vsftpd.conf", "/etc/sudoers.d", "/etc/fail2ban"]
EMPTY = ["/etc/vmail", "/vhome", "/var/cache/vmail", "/var/log/journal", "/home/carol"]
UNPACKED_HERE = {"vsftpd": ("/usr/sbin/vsftpd", "/lib/systemd/system/vsftpd.service", "/etc/vsftpd.conf", "/etc/pam.d/vsftpd")}


def commands_outside(commands):
    """The commands in the text between the blocks that are not the beginning of one that runs. No other kind of block is used."""
    text = re.sub(r"^    .*$", "", PAGE.read_text(), flags=re.M)
    assert "```" not in text and "~~~" not in text
    programs = {word for command in commands for word in re.findall(r"(?:^|[|;&] *)([a-z]+)\b", command)}
    return [code for code in re.findall(r"`([^`]+)`", text)
            if code.split()[0] in programs and not any(command.startswith(code) for command in commands)]


def reverse(address, name):
    return f"ptr-record={'.'.join(reversed(address.split('.')))}.in-addr.arpa,{name}"


def records():
    """The zone of the page, as options of dnsmasq."""
    zone = re.findall(r"^    (\S+?)\.?\s+(A|MX|TXT|PTR)\s+(.*)$", PAGE.read_text(), re.M)
    assert len(zone) == 12
    for name, kind, data in zone:
        if kind == "A":
            yield f"host-record={name},{data}"
        elif kind == "PTR":
            yield reverse(name, data.rstrip("."))
        elif kind == "MX":
            preference, host = data.split()
            yield f"mx-host={name},{host.rstrip('.')},{preference}"
        else:
            yield f"txt-record={name},{data}"


def packages_are_installed(words):
    """apt-get: the test's machine has these packages already, or has them unpacked; but for certbot, see below. It also has
    Dovecot's own submission service, whose port Postfix needs."""
    for name in words[words.index("-y") + 1:]:
        if name in UNPACKED_HERE:
            path, unit, *settings = UNPACKED_HERE[name]
            program(name, path)
            shutil.copy(UNPACKED / name / unit.lstrip("/"), UNITS)
            for file in settings:
                shutil.copy(UNPACKED / name / file.lstrip("/"), file)
        elif name != "certbot":
            assert run("dpkg-query", "-W", "-f", "${Status}", name).stdout.endswith(" installed"), name
    make_dovecot_startable()


def make_certificate(words, days="2"):
    """certbot: an authority of the test's own, which the machines trust, signs what its files are."""
    names = [words[i + 1] for i, word in enumerate(words) if word == "-d"]
    place = pathlib.Path("/etc/letsencrypt/live") / names[0]
    for path in (place, place.parents[1] / "renewal-hooks/deploy"):
        path.mkdir(parents=True, exist_ok=True)
    ca, key = pathlib.Path("/usr/local/share/ca-certificates/vmail-test.crt"), "/etc/letsencrypt/ca.key"
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test authority", "-keyout", key,
        "-out", str(ca), check=True)
    run("update-ca-certificates", check=True)
    run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={names[0]}", "-keyout", str(place / "privkey.pem"),
        "-out", str(place / "request"), check=True)
    (place / "names").write_text("subjectAltName=" + ",".join(f"DNS:{name}" for name in names) + "\n")
    run("openssl", "x509", "-req", "-in", str(place / "request"), "-CA", str(ca), "-CAkey", key, "-CAcreateserial", "-days", days,
        "-extfile", str(place / "names"), "-out", str(place / "cert.pem"), check=True)
    shutil.copy(ca, place / "chain.pem")
    (place / "fullchain.pem").write_text((place / "cert.pem").read_text() + ca.read_text())
    (place / "README").write_text("")
    for name in ("request", "names"):
        (place / name).unlink()


STAND_INS = {"apt-get": packages_are_installed, "certbot": make_certificate}


@pytest.fixture
def empty_machine():
    with contextlib.ExitStack() as cleaning:
        keep_all(CHANGED, EMPTY, cleaning)
        pathlib.Path("/etc/vmail").mkdir(mode=0o755)
        run("postsuper", "-d", "ALL")
        for name in ("bob", "sue"):  # of the tests' scene; /etc/passwd is put back
            run("userdel", name)
        yield


@pytest.fixture
def world(empty_machine):
    """The Internet: a name server with the zone of the page, and the host of far.example, which takes mail."""
    with contextlib.ExitStack() as cleaning:
        def ip(*words, undo=None):
            run("ip", *words, check=True)
            if undo:
                cleaning.callback(run, "ip", *undo)

        ip("netns", "add", "world", undo=["netns", "delete", "world"])
        ip("link", "add", "world0", "type", "veth", "peer", "name", "world1", "netns", "world", undo=["link", "delete", "world0"])
        ip("address", "add", f"{OURS}/24", "dev", "world0")
        ip("link", "set", "world0", "up")
        ip("address", "add", f"{THIRD}/24", "dev", "vmail0", undo=["address", "del", f"{THIRD}/24", "dev", "vmail0"])
        ip("-n", "world", "address", "add", f"{FAR}/24", "dev", "world1")
        for link in ("lo", "world1"):
            ip("-n", "world", "link", "set", link, "up")
        ip("-n", "world", "route", "add", "default", "via", OURS)
        scenes.write("/etc/resolv.conf", f"nameserver {OURS}\n")
        scenes.write("/etc/hosts", f"127.0.0.1 localhost\n127.0.1.1 {socket.gethostname()}\n")
        shutil.rmtree(SINK_DIRECTORY, ignore_errors=True)
        SINK_DIRECTORY.mkdir(mode=0o777)
        SINK_DIRECTORY.chmod(0o777)
        cleaning.enter_context(Daemon(
            program("dnsmasq-base", "/usr/sbin/dnsmasq"), "--keep-in-foreground", "--conf-file=/dev/null",
            f"--listen-address={OURS}", "--bind-interfaces", "--no-resolv", "--no-hosts", "--local=//", "--user=root", "--pid-file=",
            *(f"--{record}" for record in records()), "--mx-host=far.example,mail.far.example,10",
            f"--host-record=mail.far.example,{FAR}", f"--{reverse(FAR, 'mail.far.example')}", ports=[(OURS, 53)]))
        cleaning.enter_context(Daemon("ip", "netns", "exec", "world", program("postfix", "/usr/sbin/smtp-sink"), "-u", "nobody",
                                      "-d", f"{SINK_DIRECTORY}/%s.", f"{FAR}:25", "100"))
        yield


class Machines:
    def __init__(self, system):
        self.system = system
        self.enter = system.enter(f"--wd={SOURCE}")

    def wait(self):
        """Waits until no mail is on its way."""
        end = time.monotonic() + PATIENCE
        while "is empty" not in (shown := self.system.run("postqueue", "-p")).stdout:
            assert time.monotonic() < end, f"mail is stuck: {shown} {self.system.run('journalctl', '-n', '30').stdout}"
            time.sleep(0.1)

    def show(self, where, command):
        """What a shell of this machine shows."""
        enter = ["ip", "netns", "exec", "world"] if where == "$" else self.enter
        return session.on_terminal([*enter, "timeout", "--foreground", LONGEST, "sh", "-c", command], PASSWORD)


def test_the_page_goes_as_it_says(world):
    if version_of_dovecot() != "2.3":
        pytest.skip("the page is for Debian 12")
    commands = session.steps(PAGE.read_text())
    assert not commands_outside([command for _, command, _ in commands])
    assert len(commands) > 60 and {where for where, *_ in commands} == {"#", "$"}
    replaced, wrong = set(), []
    with booted() as system:
        system.journal_is_the_log()
        machines = Machines(system)
        for where, command, shown in commands:
            if command.endswith(INTERNET):
                words = shlex.split(command[:-len(INTERNET)])
                STAND_INS[words[0]](words)
                replaced.add(words[0])
                assert shown == [], command
            else:
                end = time.monotonic() + (PATIENCE if command.startswith(LATER) else 0)
                while session.comparable(answer := machines.show(where, command), CHANGING) != session.comparable("\n".join(shown), CHANGING):
                    if time.monotonic() > end:
                        wrong.append(f"{where} {command}\n{answer}")
                        break
            if where == "$":
                machines.wait()
    assert not wrong, "\n".join(wrong)
    assert replaced == set(STAND_INS)
    arrived = "".join(path.read_text() for path in SINK_DIRECTORY.iterdir())
    assert "Subject: to a friend" in arrived and "Subject: forged" not in arrived and "Subject: spam" not in arrived
    assert "X-Rcpt-Args: <friend@far.example>" in arrived
