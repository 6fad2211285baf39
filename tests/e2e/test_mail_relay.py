# SPDX-License-Identifier: LGPL-2.1-or-later
"""Backup MX with the main.cf of examples/postfix-dovecot-lmtp as it is: the primary host is a Postfix in a network namespace
of its own, and a name server says who is first."""

import contextlib
import json
import pathlib
import shutil

import pytest

import mail_setup
import scene as scenes
from daemons import Daemon, program, wait_until
from mail_setup import POSTFIX, SMTP
from programs import run
from vmailctl import ctl_out

NAMESPACE = "primary"
OURS, PRIMARY, NOBODY = "10.99.0.1", "10.99.0.2", "10.99.0.3"  # the last one: no host
BOX = pathlib.Path("/var/lib/vmail-test-primary")
RECIPIENTS = scenes.ETC / "recipients.partner"

# hidden.example has this machine alone in its MX, and another host has the mailboxes.
ZONE = [f"host-record=primary.example,{PRIMARY}", f"host-record=backup.example,{OURS}",
        *(f"mx-host={domain},{host}.example,{preference}"
          for domain in ("partner.example", "dept.partner.example", "closed.example", "edited.example")
          for host, preference in (("primary", 10), ("backup", 20))),
        "mx-host=hidden.example,backup.example,20"]
CONF = f"""[domain va.example]
[domain vb.example]

[relay partner.example]
subdomains = yes
recipients = {RECIPIENTS}

[relay closed.example]

[relay hidden.example]
primary = {PRIMARY}
"""


def ip(*arguments):
    run("ip", *arguments, check=True)


@pytest.fixture(scope="module")
def network():
    """A machine of its own, but for the disk."""
    ip("netns", "add", NAMESPACE)
    ip("link", "add", "relay0", "type", "veth", "peer", "name", "relay1", "netns", NAMESPACE)
    ip("address", "add", f"{OURS}/24", "dev", "relay0")
    ip("link", "set", "relay0", "up")
    ip("-n", NAMESPACE, "address", "add", f"{PRIMARY}/24", "dev", "relay1")
    for link in ("lo", "relay1"):
        ip("-n", NAMESPACE, "link", "set", link, "up")
    yield
    ip("link", "delete", "relay0")
    ip("netns", "delete", NAMESPACE)


@contextlib.contextmanager
def text_of(path, text):
    """PATH, which may not exist, has this text meanwhile."""
    before = path.read_bytes() if path.exists() else None
    scenes.write(path, text)
    try:
        yield path
    finally:
        path.unlink()
        if before is not None:
            scenes.write(path, before)


@pytest.fixture(scope="module")
def names(network):
    """The name server of both; Postfix has a copy of resolv.conf for its chroot, as its start script makes it."""
    servers = f"nameserver {OURS}\n"
    with text_of(pathlib.Path("/etc/resolv.conf"), servers), text_of(mail_setup.QUEUE / "etc/resolv.conf", servers), \
            Daemon(program("dnsmasq-base", "/usr/sbin/dnsmasq"), "--keep-in-foreground", "--conf-file=/dev/null",
                   f"--listen-address={OURS}", "--bind-interfaces", "--no-resolv", "--no-hosts", "--local=//", "--user=root",
                   "--pid-file=", *(f"--{record}" for record in ZONE), ports=[(OURS, 53)]) as daemon:
        yield daemon


class Primary:
    """The host with the mailboxes: each address of its domains has one, which is one file for all."""

    directory, queue, data = (pathlib.Path(path + "-primary") for path in ("/etc/postfix", "/var/spool/postfix", "/var/lib/postfix"))

    def __init__(self):
        shutil.rmtree(self.directory, ignore_errors=True)
        shutil.copytree(POSTFIX, self.directory, symlinks=True)
        for name in ("main.cf", "master.cf"):
            if (POSTFIX / f"{name}.before").exists():
                shutil.copy(POSTFIX / f"{name}.before", self.directory / name)
        for directory, owner in ((self.queue, "root"), (self.data, "postfix"), (BOX, "nobody")):
            directory.mkdir(exist_ok=True)
            shutil.chown(directory, owner)
        self.set(f"queue_directory = {self.queue}", f"data_directory = {self.data}", "myhostname = primary.example",
                 "mydestination =", "inet_interfaces = all", "inet_protocols = ipv4", "mynetworks =", "relayhost =",
                 "alias_maps =", "alias_database =", "syslog_name = primary",
                 "virtual_mailbox_domains = partner.example dept.partner.example closed.example edited.example hidden.example",
                 "virtual_mailbox_maps = static:box/", f"virtual_mailbox_base = {BOX}", "virtual_uid_maps = static:65534",
                 "virtual_gid_maps = static:65534")
        run("postconf", "-c", str(self.directory), "-F", "*/*/chroot=n", check=True)
        run("postfix", "-c", str(self.directory), "check", check=True)

    def set(self, *settings):
        run("postconf", "-c", str(self.directory), "-e", *settings, check=True)

    @contextlib.contextmanager
    def up(self):
        with Daemon("/usr/sbin/ip", "netns", "exec", NAMESPACE, mail_setup.out("postconf", "-h", "daemon_directory") + "/master",
                    "-d", "-c", str(self.directory)) as daemon:
            wait_until(lambda: answers(PRIMARY))
            yield daemon

    @staticmethod
    def has(subject):
        """The addresses for which a message has arrived."""
        return sorted(line.split(":", 1)[1].strip()
                      for path in BOX.glob("box/new/*") if f"Subject: {subject}\n" in (text := path.read_text())
                      for line in text.splitlines() if line.startswith("Delivered-To:"))


def answers(address):
    return run("bash", "-c", f"exec 3<>/dev/tcp/{address}/{SMTP}").returncode == 0


def queue():
    return [json.loads(line) for line in run("postqueue", "-j").stdout.splitlines()]


@pytest.fixture(scope="module")
def mail(scene, names):
    """The backup MX, which has a host for all other mail (mail_setup.SINK)."""
    program("postfix", "/usr/sbin/postfix")
    recipients = "# who exists there\ninfo\nboss@partner.example\nchief@dept.partner.example\n"
    with text_of(RECIPIENTS, recipients), text_of(scenes.ETC / "vmail.conf", CONF), mail_setup.vmail_map(), \
            mail_setup.smtp_sink(), mail_setup.postfix("postfix-dovecot-lmtp", (SMTP,)):
        yield mail_setup.Mail()


@pytest.fixture(scope="module")
def primary(mail):
    return Primary()


@pytest.fixture(autouse=True)
def nothing_waits(mail):
    yield
    run("postsuper", "-d", "ALL", check=True)


def taken(mail, *recipients, **options):
    subject, refused = mail.send(*recipients, **options)
    assert not refused, refused
    return subject


def sent_on(subject, *recipients):
    """Everything that waits is sent, and this message is where it belongs, and nowhere else."""
    run("postqueue", "-f", check=True)
    wait_until(lambda: len(Primary.has(subject)) >= len(recipients))
    wait_until(lambda: not queue())
    assert Primary.has(subject) == sorted(recipients)
    assert not any(f"Subject: {subject}\n" in path.read_text() for path in mail_setup.SINK_DIRECTORY.glob("*"))


@pytest.mark.parametrize("recipient", ["info@partner.example", "Boss@Partner.example", "chief@dept.partner.example",
                                       "anybody@closed.example", "anybody@hidden.example"])
def test_mail_waits_here_while_the_primary_is_down(mail, primary, recipient):
    subject = taken(mail, recipient)
    message, = wait_until(lambda: [message for message in queue() if message["queue_name"] == "deferred"])
    assert [row["address"].lower() for row in message["recipients"]] == [recipient.lower()]
    assert PRIMARY in message["recipients"][0]["delay_reason"]
    with primary.up():
        sent_on(subject, recipient)


def test_mail_for_a_primary_that_is_up_does_not_wait(mail, primary):
    with primary.up():
        subject = taken(mail, "info@partner.example", "chief@dept.partner.example")
        wait_until(lambda: len(Primary.has(subject)) == 2)


@pytest.mark.parametrize("recipient", ["nosuch@partner.example", "boss@dept.partner.example", "info+x@partner.example"])
def test_who_is_not_in_the_file_of_recipients_is_refused_at_once(mail, recipient):
    assert mail.refused(recipient) == 550


OTHERS = ["x@other.example", "x@sub.closed.example", "info@otherpartner.example"]


@pytest.mark.parametrize("recipient", OTHERS)
def test_no_other_domain_is_taken(mail, recipient):
    assert mail.refused(recipient) in (454, 554)


def test_no_other_domain_is_taken_at_any_time(mail):
    # Debian's own setting says "try again later".
    run("postconf", "-e", "smtpd_relay_restrictions = permit_mynetworks reject_unauth_destination", check=True)
    try:
        run("postfix", "reload", check=True)
        for recipient in OTHERS:
            wait_until(lambda: mail.refused(recipient) == 554)
        assert mail.refused("info@partner.example") == 250
    finally:
        run("postconf", "-e", "smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination",
            check=True)
        run("postfix", "reload", check=True)


def test_all_other_mail_goes_to_the_relayhost(mail, primary):
    with text_of(scenes.ETC / "aliases.va.example", "both: x@far.example, info@partner.example\n"), primary.up():
        subject = taken(mail, "both@va.example")
        wait_until(lambda: Primary.has(subject) == ["info@partner.example"])
        assert mail.arrived(subject) == ["x@far.example"]


def test_an_edit_is_in_force_for_the_next_recipient(mail, vmail_conf):
    # Each address is asked about once: as long as it lives, an smtpd knows whether it takes mail from that sender for it.
    vmail_conf(CONF)
    assert mail.refused("first@edited.example") in (454, 554)
    ctl_out("relay", "add", "edited.example")
    assert mail.refused("second@edited.example") == 250
    assert mail.refused("x@dept.edited.example") in (454, 554)
    ctl_out("relay", "del", "edited.example")
    ctl_out("relay", "add", "edited.example", "--subdomains", f"--recipients={RECIPIENTS}")
    assert mail.refused("second@edited.example") == 550
    assert mail.refused("info@edited.example") == 250
    assert mail.refused("info@dept.edited.example") == 250
    ctl_out("relay", "del", "edited.example")
    assert mail.refused("third@edited.example") in (454, 554)


def test_an_edit_is_in_force_for_mail_that_waits(mail, primary, vmail_conf):
    vmail_conf(CONF)
    ctl_out("relay", "add", "edited.example", f"--primary={NOBODY}")
    subject = taken(mail, "fourth@edited.example")
    wait_until(lambda: [message for message in queue() if message["queue_name"] == "deferred"])
    ctl_out("relay", "del", "edited.example")
    ctl_out("relay", "add", "edited.example", f"--primary={PRIMARY}")
    with primary.up():
        # The queue manager remembers for 30 seconds where mail for the last address goes, so it gets another one.
        taken(mail, "anybody@closed.example")
        sent_on(subject, "fourth@edited.example")


@pytest.mark.parametrize("bits", [0o600, 0o666])
def test_while_the_file_of_recipients_cannot_be_read_nobody_is_unknown(mail, bits):
    with scenes.mode(RECIPIENTS, bits):
        for recipient in ("info@partner.example", "nosuch@partner.example"):
            assert mail.refused(recipient) // 100 == 4
    assert mail.refused("nosuch@partner.example") == 550


def test_check_finds_nothing_wrong_with_it(mail, primary):
    # But that hidden.example comes here first, which it should.
    found = json.loads(run("vmailctl", "--json", "check", "--area=relays").stdout)
    assert [row["domain"] for row in found] == ["hidden.example"], found
    with primary.up():
        rows = json.loads(run("vmailctl", "--json", "check", "--connect").stdout)
    assert {(row["domain"], row["address"], row["state"]) for row in rows if row["domain"] and row["port"] == SMTP} >= {
        (domain, PRIMARY, "open") for domain in ("partner.example", "closed.example", "hidden.example")}, rows
