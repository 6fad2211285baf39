# SPDX-License-Identifier: LGPL-2.1-or-later
"""The log of one domain: the file of examples/rsyslog.d under the real rsyslogd, and a search in the journal."""

import contextlib
import pathlib
import re

import pytest

from booted import booted
from daemons import install_example, program, wait_until
from programs import SOURCE, VA

LOG = pathlib.Path("/var/log/vmail/va.example.log")
RULES = "/etc/rsyslog.d/20-vmail-domains.conf"
OURS = ["x: user=<bob@va.example>, method=PLAIN", "to=alice@va.example", "session opened for user bob@va.example(uid=70000)",
        "bob@va.example: the password is locked", "both eve@xva.example and bob@va.example"]
OTHERS = ["user=eve@xva.example", "user=bob@va.example.org", "user=bob@va.example-x", "user=bob@vb.example", "user=bob@va-example",
          "no name, va.example alone"]


@contextlib.contextmanager
def rsyslog_without_the_kernel():
    """Debian's settings, but the messages of the kernel stay where they are: they belong to the machine around the sandbox."""
    program("rsyslog", "/usr/sbin/rsyslogd")
    conf = pathlib.Path("/etc/rsyslog.conf")
    before = conf.read_text()
    assert "imklog" in before
    conf.write_text(re.sub(r"^.*imklog.*$", "", before, flags=re.M))
    yield
    conf.write_text(before)


@pytest.fixture(scope="module")
def system(scene):
    install_example("rsyslog.d/vmail-domains.conf", RULES)
    with rsyslog_without_the_kernel(), booted("syslog.socket", "rsyslog.service") as running:
        running.journal_is_the_log()
        for number, text in enumerate((*OURS, *OTHERS, "end of bob@va.example")):
            running.run("logger", "--tag", f"test{number}", text)
        yield running
    pathlib.Path(RULES).unlink()
    LOG.unlink(missing_ok=True)


def wait_for(text, read):
    """What read() gives, once TEXT is in it."""
    return wait_until(lambda: shown if text in (shown := read()) else None)


def without(found, texts):
    return [text for text in texts if text not in found]


def test_rsyslog_writes_all_lines_of_the_domain_to_its_log_and_no_other_lines(system):
    found = wait_for("end of bob@va.example", lambda: LOG.read_text() if LOG.exists() else "")
    assert without(found, OURS) == [] and without(found, OTHERS) == OTHERS


def test_the_search_of_the_page_finds_all_lines_of_the_domain_in_the_journal_and_no_other_lines(system):
    pattern = re.search(r"journalctl .*-g '(.*)'", (SOURCE / "doc/virtuald.md").read_text()).group(1).replace("vd", "va")
    found = wait_for("end of bob@va.example", lambda: system.run("journalctl", "-q", "-o", "cat", "-g", pattern).stdout)
    assert without(found, OURS) == [] and without(found, OTHERS) == OTHERS


def test_a_refusal_of_a_plain_name_is_in_the_log_of_the_domain(system, pam, pam_service):
    """pam_vmail logs the full name."""
    service = pam_service("auth required pam_vmail.so address_from=env:LOCAL")
    size = LOG.stat().st_size
    system.run("env", f"LOCAL={VA}", pam.binary, service, "alice", "wrong", "auth")
    assert "authentication failure" in wait_for("user=alice@va.example", lambda: LOG.read_text()[size:])
