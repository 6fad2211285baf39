# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmail-deliver, with each delivery agent of examples/vmail-deliver, and with Postfix for mail to other hosts."""

import contextlib
import os
import pathlib
import pwd
import re
import resource
import shutil
import subprocess
import threading

import pytest

import mail_setup
import scene as scenes
from daemons import install_example, program
from mail_setup import SMTP
from programs import CLOSED, EXAMPLES, out, run
from test_mail_delivery import CASES

DELIVER = "/usr/sbin/vmail-deliver"
OK, USAGE, DATAERR, NOUSER, UNAVAILABLE, TEMPFAIL, NOPERM = 0, 64, 65, 67, 69, 75, 77
SENDER = "somebody@elsewhere.example"
CONF = scenes.ETC / "vmail.conf"
ALIASES = scenes.ETC / "aliases.va.example"


def agent_line(name):
    """The line of the example's vmail.conf for this agent; "": the default."""
    if name == "dovecot-lda":
        return ""
    line, = re.findall(rf"^delivery_agent = /usr/bin/{name} .*$", (EXAMPLES / f"vmail-deliver/{name}.conf").read_text(), re.M)
    return f"[vmail]\n{line}\n"


@contextlib.contextmanager
def settings_of(agent):
    """The files of the example, in place."""
    made = []
    if agent != "dovecot-lda":
        program(agent, f"/usr/bin/{agent}")
        made.append(shutil.copy(EXAMPLES / f"vmail-deliver/{agent}rc", f"/etc/{agent}rc"))
    try:
        yield
    finally:
        for path in made:
            os.unlink(path)


@contextlib.contextmanager
def text_of(path, text):
    before = path.read_bytes() if path.exists() else None
    scenes.write(path, text)
    try:
        yield
    finally:
        path.unlink()
        if before is not None:
            scenes.write(path, before)


def make_maildirs():
    """What "vmailctl user add" makes."""
    for line in out("getent", "passwd").splitlines():
        name, _, uid, gid, _, home, _ = line.split(":")
        if "@" in name:
            for part in ("", "/new", "/cur", "/tmp"):
                run("install", "-d", "-o", uid, "-g", gid, "-m", "700", f"{home}/Maildir{part}", check=True)


class Deliver(mail_setup.Mail):
    """Takes a message as a mail server would hand it over."""

    def call(self, *recipients, sender=SENDER, message=None, **options):
        """Gives the subject, and the ended process."""
        mail_setup.Mail.number += 1
        subject = f"message-{mail_setup.Mail.number}"
        if message is None:
            message = f"From: a@elsewhere.example\nSubject: {subject}\n\ntext\n"
        elif isinstance(message, str):
            message = message.replace("@subject@", subject)
        message = message if isinstance(message, bytes) else message.encode()
        done = subprocess.run([DELIVER, "-f", sender, "--", *recipients], input=message, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, **{"timeout": 100, **options})
        done.stderr = done.stderr.decode(errors="replace")
        assert done.stdout == b""
        return subject, done

    def delivered(self, *recipients, **options):
        subject, done = self.call(*recipients, **options)
        assert done.returncode == OK and done.stderr == "", done
        return self.arrived(subject)

    def status(self, *recipients, **options):
        """The exit status of a delivery that fails; then nothing has arrived anywhere."""
        subject, done = self.call(*recipients, **options)
        assert done.stderr, done
        assert self.arrived(subject) == []
        return done.returncode

    def text(self, subject, home):
        """The one message with this subject in a Maildir."""
        found, = [text for path in pathlib.Path(home).glob("Maildir/new/*")
                  if f"\nSubject: {subject}\n" in (text := path.read_text(errors="replace"))]
        return found


@contextlib.contextmanager
def dovecot_lda():
    path = install_example(f"vmail-deliver/dovecot-{mail_setup.version_of_dovecot()}.conf",
                           "/etc/dovecot/conf.d/96-vmail-deliver.conf")
    yield
    path.unlink()


@pytest.fixture(scope="module")
def server(scene):
    with mail_setup.mail_scene(), mail_setup.vmail_map(), mail_setup.smtp_sink(), dovecot_lda(), mail_setup.dovecot(), \
            mail_setup.postfix("postfix-dovecot-lmtp", (SMTP,)):
        make_maildirs()
        yield Deliver()


@pytest.fixture(scope="module", params=["dovecot-lda", "maildrop", "procmail"])
def mail(request, server):
    with settings_of(request.param), text_of(CONF, agent_line(request.param) + mail_setup.CONF):
        server.agent = request.param
        yield server


@pytest.fixture
def deliver(server):
    """With the default agent, also after the tests with another one."""
    with text_of(CONF, mail_setup.CONF):
        yield server


# What arrives where, with each agent

HERE = {case: (recipient, expected) for case, (recipient, expected) in CASES.items() if "mail.example" not in recipient}


@pytest.mark.parametrize("case", HERE)
def test_mail_reaches_exactly(mail, case):
    recipient, expected = HERE[case]
    assert mail.delivered(recipient) == expected


def test_mail_without_a_sender_is_delivered(mail):
    assert mail.delivered("alice@va.example", "far@va.example", sender="") == ["Somebody@far.example", "alice@va.example"]
    assert mail.delivered("alice@va.example", sender="<>") == ["alice@va.example"]


def test_the_message_is_whole_and_names_its_way(mail, scene):
    body = "Line\nFrom here\n.\n\n\xe9 end without a newline"
    subject, done = mail.call("alice@va.example", message=f"From x@y.example Thu Jan  1 00:00:00 2026\nSubject: @subject@\n\n{body}")
    assert done.returncode == OK, done
    text = mail.text(subject, scene.va["alice"].home)
    header, _, rest = text.partition("\n\n")
    assert rest.rstrip("\n") == body
    assert f"Return-Path: <{SENDER}>\n" in header + "\n"
    assert "Delivered-To: alice@va.example\n" in header + "\n"
    assert "From x@y.example" not in header


def test_ten_megabytes_are_delivered(mail, scene):
    subject, done = mail.call("alice@va.example", message="Subject: @subject@\n\n" + ("0123456789abcdef" * 4 + "\n") * 164 * 1024)
    assert done.returncode == OK, done
    assert len(mail.text(subject, scene.va["alice"].home)) > 10 << 20


def test_a_message_with_nul_bytes_is_delivered(mail):
    assert mail.delivered("alice@va.example", message="Subject: @subject@\n\na\0b\n") == ["alice@va.example"]


def test_the_agent_has_the_rights_of_the_user_and_no_more(mail, scene):
    """What it writes is the user's; a home that is somebody else's is closed to it."""
    bob = pathlib.Path(scene.vb["bob"].home)
    os.chown(bob / "Maildir/new", 0, 0)
    os.chown(bob / "Maildir/tmp", 0, 0)
    try:
        assert mail.status("bob@vb.example") == TEMPFAIL
    finally:
        os.chown(bob / "Maildir/new", 71000, 71000)
        os.chown(bob / "Maildir/tmp", 71000, 71000)
    assert mail.delivered("bob@vb.example") == ["bob@vb.example"]


FILTERS = {
    "maildrop": (".mailfilter", 'import EXTENSION\nif ("$EXTENSION" eq "Lists")\n  to "$HOME/Maildir/.lists"\n'),
    "procmail": (".procmailrc", "TAG=$1\n:0\n* TAG ?? ^^Lists^^\n$HOME/Maildir/.lists/\n"),
    "dovecot-lda": (".dovecot.sieve", 'require ["fileinto", "subaddress", "envelope", "mailbox"];\n'
                                      'if envelope :detail "to" "lists" { fileinto :create "lists"; }\n'),
}


def test_the_tag_reaches_the_filter_of_the_user(mail, scene):
    name, text = FILTERS[mail.agent]
    alice = scene.va["alice"]
    path = pathlib.Path(alice.home) / name
    path.write_text(text)
    path.chmod(0o600)
    os.chown(path, alice.uid, alice.gid)
    lists = pathlib.Path(alice.home) / "Maildir/.lists"
    for part in ("", "/new", "/cur", "/tmp"):
        run("install", "-d", "-o", str(alice.uid), "-g", str(alice.uid), "-m", "700", f"{lists}{part}", check=True)
    try:
        subject, done = mail.call("alice+Lists@va.example")
        other, done_other = mail.call("alice+other@va.example")
        assert (done.returncode, done_other.returncode) == (OK, OK), (done, done_other)
        assert any(f"Subject: {subject}\n" in file.read_text() for file in lists.glob("new/*"))
        assert mail.arrived(other) == ["alice@va.example"]
        assert mail.arrived(subject) == []
    finally:
        path.unlink()
        shutil.rmtree(lists)


# Failures, and what they are called


@pytest.mark.parametrize("recipient", ["nosuch@va.example", "nosuch@va.example.org", "sue@va.example", "root@va.example",
                                       "nosuch@vb.example", "nowhere@va.example", "nosuch+x@va.example", "eve@va.example",
                                       "Eve.of.Nothing@va.example", "x" * 250 + "@va.example", "j\u00fcrgen@va.example"])
def test_who_does_not_exist_is_no_user(deliver, recipient):
    assert deliver.status(recipient) == NOUSER


@pytest.mark.parametrize("file", ["passwd.va.example", "aliases.va.example", "aliases.common", "vmail.conf"])
def test_while_a_file_is_not_trusted_nobody_is_unknown(deliver, file):
    with scenes.mode(scenes.ETC / file, 0o666):
        for recipient in ("alice@va.example", "nosuch@va.example"):
            assert deliver.status(recipient) == TEMPFAIL
    assert deliver.delivered("alice@va.example") == ["alice@va.example"]


def test_while_a_file_cannot_be_read_nobody_is_unknown(deliver):
    alice = {"user": 70001, "group": 70001, "extra_groups": []}
    with scenes.mode(scenes.ETC / "passwd.va.example", 0o600):
        for recipient in ("alice@va.example", "nosuch@va.example"):
            assert deliver.status(recipient, **alice) == TEMPFAIL


@pytest.mark.parametrize("recipient", ["here@va.example", "nosuch@ve.example"])
def test_aliases_that_loop_are_a_temporary_failure_with_their_chain(deliver, recipient):
    subject, done = deliver.call(recipient)
    assert done.returncode == TEMPFAIL and "mail loops: " in done.stderr and " -> " in done.stderr
    assert deliver.arrived(subject) == []


@pytest.mark.parametrize("line", ["Delivered-To: alice@va.example", "delivered-to:ALICE@VA.Example ", "DELIVERED-TO: <alice@va.example>"])
def test_a_message_that_comes_again_is_a_loop(deliver, line):
    subject, done = deliver.call("alice@va.example", message=f"Subject: @subject@\n{line}\n\ntext\n")
    assert done.returncode == UNAVAILABLE and "mail loops: the message has been delivered to this address before" in done.stderr
    assert deliver.arrived(subject) == []


@pytest.mark.parametrize("text", ["Delivered-To: bob@va.example\n\ntext\n", "X: y\n\nDelivered-To: alice@va.example\n",
                                  "X-Delivered-To: alice@va.example\n\n", "Delivered-To: alice@va.example.org\n\n"])
def test_other_lines_are_no_loop(deliver, text):
    assert deliver.delivered("alice@va.example", message="Subject: @subject@\n" + text) == ["alice@va.example"]


def test_mail_that_is_sent_on_and_comes_back_is_a_loop(deliver):
    subject, done = deliver.call("far@va.example")
    assert done.returncode == OK and deliver.arrived(subject) == ["Somebody@far.example"]
    sent, = [text for path in mail_setup.SINK_DIRECTORY.glob("*") if f"Subject: {subject}\n" in (text := path.read_text())]
    assert "Return-Path: " not in sent
    again = sent[sent.index("Received: "):]
    _, done = deliver.call("far@va.example", message=again)
    assert done.returncode == UNAVAILABLE, (done, again)


@pytest.mark.parametrize("agent, status, text", [
    ("/usr/bin/nosuch %u", TEMPFAIL, "cannot run it: No such file or directory"),
    ("/bin/false", TEMPFAIL, "exit status 1"),
    ("/bin/sh /etc/vmail-test-agent 65", DATAERR, "exit status 65: first line last line"),
    ("/bin/sh /etc/vmail-test-agent 67", TEMPFAIL, "exit status 67"),
    ("/bin/sh /etc/vmail-test-agent 69", UNAVAILABLE, "exit status 69"),
    ("/bin/sh /etc/vmail-test-agent 73", TEMPFAIL, "exit status 73"),
    ("/bin/sh /etc/vmail-test-agent 75", TEMPFAIL, "exit status 75"),
    ("/bin/sh /etc/vmail-test-agent 77", NOPERM, "exit status 77"),
    ("/bin/sh /etc/vmail-test-agent kill", TEMPFAIL, "killed by signal 9"),
])
def test_the_failure_of_the_agent_is_passed_on(deliver, agent, status, text):
    script = pathlib.Path("/etc/vmail-test-agent")
    script.write_text('echo first line; echo "last line" >&2\n[ "$1" != kill ] || kill -9 $$\nexit "$1"\n')
    with text_of(CONF, f"[vmail]\ndelivery_agent = {agent}\n" + mail_setup.CONF):
        _, done = deliver.call("alice@va.example")
    script.unlink()
    assert done.returncode == status and text in done.stderr and "alice@va.example: " in done.stderr, done
    assert len(done.stderr.splitlines()) == 1


def test_long_output_of_an_agent_is_cut_and_harmless(deliver):
    script = pathlib.Path("/etc/vmail-test-agent")
    script.write_text("head -c 300000 /dev/zero | tr '\\0' x; printf '\\033[31m'; exit 1\n")
    with text_of(CONF, "[vmail]\ndelivery_agent = /bin/sh /etc/vmail-test-agent\n" + mail_setup.CONF):
        _, done = deliver.call("alice@va.example")
    script.unlink()
    assert done.returncode == TEMPFAIL and "exit status 1: xxxx" in done.stderr and done.stderr.endswith("xx?[31m\n") and len(done.stderr) < 700, done


def test_over_quota_is_permanent_with_the_reason(deliver):
    with mail_setup.limit("alice@va.example", "1M"):
        # Dovecot's grace for the last message is 10M.
        subject, done = deliver.call("alice@va.example", message="Subject: @subject@\n\n" + ("x" * 70 + "\n") * 170000)
    assert done.returncode == NOPERM and "uota exceeded" in done.stderr, done
    assert deliver.arrived(subject) == []


# Several recipients


def test_each_recipient_gets_a_copy_of_their_own(deliver, scene):
    subject, done = deliver.call("alice@va.example", "info@va.example", "far@va.example")
    assert done.returncode == OK, done
    assert deliver.arrived(subject) == ["Somebody@far.example", "alice@va.example", "alice@va.example", "bob@vb.example"]
    text = deliver.text(subject, scene.vb["bob"].home)
    assert "Delivered-To: info@va.example\n" in text and text.count("Delivered-To: ") == 1


@pytest.mark.parametrize("others, status", [(["nosuch@va.example"], NOUSER), (["here@va.example"], TEMPFAIL),
                                            (["nosuch@va.example", "here@va.example"], TEMPFAIL),
                                            (["here@va.example", "nosuch@va.example"], TEMPFAIL)])
def test_while_one_recipient_cannot_be_delivered_to_nobody_is(deliver, others, status):
    assert deliver.status("alice@va.example", *others, "bob@vb.example") == status


def test_after_a_temporary_failure_of_an_agent_nobody_else_gets_it(deliver):
    script = pathlib.Path("/etc/vmail-test-agent")
    script.write_text('case $1 in alice) exit 69;; bob) exit 75;; esac\nexec /usr/lib/dovecot/dovecot-lda -d "$1@$2" -f "$3"\n')
    with text_of(CONF, "[vmail]\ndelivery_agent = /bin/sh /etc/vmail-test-agent %u %d %s\n" + mail_setup.CONF):
        first, done_first = deliver.call("locked@va.example", "bob@vb.example", "expired@va.example", "far@va.example")
        second, done_second = deliver.call("alice@va.example", "expired@va.example", "far@va.example")
    script.unlink()
    assert done_first.returncode == TEMPFAIL and deliver.arrived(first) == ["locked@va.example"]
    assert done_second.returncode == UNAVAILABLE
    assert deliver.arrived(second) == ["Somebody@far.example", "expired@va.example"]


def test_a_thousand_recipients_are_delivered_to(deliver):
    recipients = [f"user{number}@far.example" for number in range(999)] + ["alice@va.example"]
    with text_of(ALIASES, "many: " + ", ".join(recipients) + "\n"):
        assert deliver.delivered("many@va.example") == sorted(recipients)
    agent = "[vmail]\ndelivery_agent = /bin/true\n"
    with text_of(CONF, agent + mail_setup.CONF):
        subject, done = deliver.call(*["alice@va.example"] * 1000, timeout=300)
    assert done.returncode == OK, done


# Hostile arguments and messages


@pytest.mark.parametrize("recipient", ["alice@va.example\nX: y", "a\nb@far.example", "", "\x7f@far.example", "a" * 600 + "@far.example"])
def test_what_is_no_address_is_no_user(deliver, recipient):
    subject, done = deliver.call(recipient)
    assert done.returncode == NOUSER and len(done.stderr.splitlines()) == 1
    assert deliver.arrived(subject) == []


@pytest.mark.parametrize("sender", ["a@b.example\nX: y", "a\x01@b.example", "a" * 600 + "@b.example"])
def test_a_sender_that_is_no_address_is_refused(deliver, sender):
    assert deliver.status("alice@va.example", sender=sender) == DATAERR


@pytest.mark.parametrize("recipient", ["-oQ/tmp@far.example", "-bs@far.example", "--@far.example", "-t@far.example"])
def test_a_recipient_elsewhere_is_no_option_of_sendmail(deliver, recipient):
    # Postfix itself refuses such an address (allow_min_user), so it comes back to the sender, who is elsewhere.
    subject, done = deliver.call(recipient)
    assert done.returncode == OK, done
    deliver.wait()
    assert any(SENDER in path.read_text() for path in mail_setup.SINK_DIRECTORY.glob("*") if subject in path.read_text())


@pytest.mark.parametrize("sender", ["-t@x.example", "-d", "$(id)@x.example", "`id`;|x@x.example", '"a b"@x.example', "%u%s@x.example"])
def test_a_strange_sender_is_only_text(mail, sender):
    assert mail.delivered("alice@va.example", sender=sender) == ["alice@va.example"]


def test_a_strange_sender_is_only_text_for_sendmail(deliver):
    assert deliver.delivered("far@va.example", sender="-t@x.example") == ["Somebody@far.example"]


@pytest.mark.parametrize("arguments, status", [([], USAGE), (["-f", "a@b.example"], USAGE), (["alice@va.example"], USAGE),
                                               (["-x"], USAGE), (["-f"], USAGE), (["--version"], OK), (["--help"], OK),
                                               (["-f", "a@b.example", "-x@va.example"], USAGE)])
def test_the_command_line_is_checked(arguments, status):
    done = run(DELIVER, *arguments)
    assert done.returncode == status and bool(done.stderr) == (status != OK)


def test_a_closed_standard_input_is_a_temporary_failure(deliver):
    done = run(DELIVER, "-f", SENDER, "alice@va.example", stdin=CLOSED)
    assert done.returncode == TEMPFAIL and "standard input is closed" in done.stderr
    done = subprocess.run(["sh", "-c", f"exec {DELIVER} -f {SENDER} alice@va.example <&- >&- 2>&-"], timeout=60)
    assert done.returncode == TEMPFAIL


def test_without_any_output_it_delivers(deliver):
    done = subprocess.run(["sh", "-c", f"printf 'Subject: no-output\\n\\n' | {DELIVER} -f {SENDER} alice@va.example >&- 2>&-"], timeout=60)
    assert done.returncode == OK and deliver.arrived("no-output") == ["alice@va.example"]


@pytest.mark.parametrize("message", ["", "\n", "no header at all", "From x\n", "Subject: a", "\0\0\0"])
def test_a_message_of_any_form_is_taken(deliver, message):
    _, done = deliver.call("alice@va.example", message=message)
    assert done.returncode == OK, done


# Shortage


def test_a_full_disk_is_a_temporary_failure(deliver):
    message = b"Subject: full\n\n" + b"x\n" * 100000
    command = f"mount -t tmpfs -o size=64k none /tmp && exec {DELIVER} -f {SENDER} alice@va.example"
    done = subprocess.run(["unshare", "-m", "sh", "-c", command], input=message, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == TEMPFAIL and b"No space left on device" in done.stderr
    assert deliver.arrived("full") == []


def test_a_limit_for_the_size_of_files_is_a_temporary_failure(deliver):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    assert deliver.status("alice@va.example", message="Subject: @subject@\n\n" + "x\n" * 10000, preexec_fn=limit) == TEMPFAIL


def test_without_descriptors_it_is_delivered_or_a_temporary_failure(deliver):
    # dovecot-lda itself waits for descriptors, so it is not the agent here.
    script = pathlib.Path("/etc/vmail-test-agent")
    script.write_text('exec cat >"$HOME/Maildir/new/test.$$"\n')
    statuses = set()
    for number in range(4, 14):
        with text_of(CONF, "[vmail]\ndelivery_agent = /bin/sh /etc/vmail-test-agent\n" + mail_setup.CONF):
            subject, done = deliver.call("alice@va.example",
                                         preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (number, 1024)))
        statuses.add(done.returncode)
        assert done.returncode in (OK, TEMPFAIL), (number, done)
        assert deliver.arrived(subject) == (["alice@va.example"] if done.returncode == OK else []), (number, done)
    script.unlink()
    assert statuses == {OK, TEMPFAIL}


def test_without_memory_it_is_delivered_or_a_temporary_failure(deliver, tmp_path):
    library = tmp_path / "fail_allocation.so"
    run("gcc", "-shared", "-fPIC", "-o", str(library), str(pathlib.Path(__file__).with_name("fail_allocation.c")), check=True)
    statuses = []
    for number in range(1, 60):
        subject, done = deliver.call("info@va.example", env={"LD_PRELOAD": str(library), "FAIL_ALLOCATION": str(number)})
        statuses.append(done.returncode)
        assert done.returncode in (OK, TEMPFAIL) and (done.returncode == OK or done.stderr), (number, done)
        assert deliver.arrived(subject) == (["alice@va.example", "bob@vb.example"] if done.returncode == OK else []), (number, done)
    assert statuses.count(TEMPFAIL) > 20


def test_no_processes_left_is_a_temporary_failure(deliver):
    def limit():
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))

    assert deliver.status("alice@va.example", preexec_fn=limit, user=70001, group=70001, extra_groups=[]) == TEMPFAIL


# Rights


def test_without_rights_only_the_own_mailbox_is_delivered_to(deliver):
    alice = {"user": 70001, "group": 70001, "extra_groups": []}
    assert deliver.delivered("alice@va.example", **alice) == ["alice@va.example"]
    subject, done = deliver.call("bob@va.example", **alice)
    assert done.returncode == TEMPFAIL and "only root can deliver as bob@va.example" in done.stderr
    assert deliver.arrived(subject) == []
    assert deliver.status("info@va.example", **alice) == TEMPFAIL


def test_it_does_not_work_set_id(deliver):
    copy = pathlib.Path("/usr/local/sbin/vmail-deliver-set-id")
    shutil.copy(DELIVER, copy)
    copy.chmod(0o4755)
    done = run(str(copy), "-f", SENDER, "alice@va.example", user="nobody")
    copy.unlink()
    assert done.returncode == NOPERM and "set-id" in done.stderr


@pytest.fixture(scope="module")
def box(server):
    """A directory of the user for programs and files."""
    run("useradd", "--system", "--home-dir", "/var/lib/mailprog", "--groups", "adm", "mailprog", check=True)
    directory = pathlib.Path("/var/lib/mailprog")
    directory.mkdir(mode=0o755)
    shutil.chown(directory, "mailprog")
    return directory


@contextlib.contextmanager
def aliases(text, settings="alias_user = mailprog"):
    with text_of(CONF, f"[vmail]\n{settings}\n" + mail_setup.CONF), text_of(ALIASES, text):
        yield


def test_a_program_runs_as_the_alias_user_with_nothing_else(deliver, box):
    script = box / "look"
    script.write_text("{ id -u; id -G; pwd; ls /proc/self/fd | tr '\\n' ' '; echo; umask; env | grep -v '^_=\\|^PWD=' | sort\n"
                      "grep -h 'SigBlk\\|SigIgn\\|CapPrm\\|CapEff\\|CapAmb' /proc/self/status; cat; } >/var/lib/mailprog/seen\n")

    def spoil():
        import signal
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
        os.dup2(os.open("/etc/shadow", os.O_RDONLY), 9)

    with aliases('look: "|/bin/sh /var/lib/mailprog/look"\n'):
        _, done = deliver.call("look+$(id)@va.example", sender="$(id)@x.example", preexec_fn=spoil,
                               close_fds=False, restore_signals=False,
                               env={"HOME": "/root", "LD_LIBRARY_PATH": "/tmp", "BASH_ENV": "/tmp/x", "SECRET": "secret"})
    assert done.returncode == OK, done
    user = pwd.getpwnam("mailprog")
    lines = (box / "seen").read_text().splitlines()
    assert lines[0] == str(user.pw_uid)
    assert lines[1].split() == [str(user.pw_gid), "4"]
    assert lines[2] == "/"
    assert lines[3].split() == ["0", "1", "2", "3"]  # 3 is the directory that ls reads
    assert lines[4] == "0077"
    assert lines[5:13] == ["EXTENSION=", "HOME=/var/lib/mailprog", "LOGNAME=mailprog", "PATH=/usr/local/bin:/usr/bin:/bin",
                           "RECIPIENT=look+__id_@va.example", "SENDER=__id_@x.example", "SHELL=/bin/sh", "USER=mailprog"]
    values = dict(line.split(":\t") for line in lines[13:18])
    assert set(values.values()) == {"0" * 16}, values
    assert lines[18].startswith("Return-Path: <$(id)@x.example>")


def test_a_program_cannot_change_what_the_next_recipient_gets(deliver, box, scene):
    with aliases('bad: "|echo changed 1<>/proc/self/fd/0; echo changed >&0; exit 0"\n'):
        subject, done = deliver.call("bad@va.example", "alice@va.example")
    assert done.returncode == OK, done
    assert deliver.text(subject, scene.va["alice"].home).endswith("\n\ntext\n")


@pytest.mark.parametrize("command, status, text", [("exit 0", OK, ""), ("echo no >&2; exit 67", NOUSER, "exit status 67: no"),
                                                   ("exit 1", TEMPFAIL, "exit status 1"), ("kill -9 $$", TEMPFAIL, "signal 9"),
                                                   ("sleep 1000 & exit 0", OK, ""), ("sleep 1000 & exit 69", UNAVAILABLE, "exit status 69"),
                                                   ("exec <&- >&- 2>&-; exit 77", NOPERM, "exit status 77")])
def test_the_end_of_a_program_is_the_answer(deliver, box, command, status, text):
    with aliases(f'prog: "|{command}"\n'):
        _, done = deliver.call("prog@va.example")
    run("pkill", "-u", "mailprog", "sleep")
    assert done.returncode == status and text in done.stderr, done


@pytest.mark.parametrize("settings", ["", "alias_user =", "alias_user = root", "alias_user = Root", "alias_user = toor",
                                      "alias_user = nosuch", "alias_user = rooty"])
def test_without_a_proper_alias_user_mail_for_programs_and_files_waits(deliver, box, settings):
    passwd = pathlib.Path("/etc/passwd")
    before = passwd.read_text()
    passwd.write_text(before + "toor:x:0:0::/root:/bin/sh\nrooty:x:4711:0::/root:/bin/sh\n")
    try:
        with aliases('prog: alice, "|touch /var/lib/mailprog/ran"\nfile: /var/lib/mailprog/ran, alice\n', settings):
            for recipient in ("prog@va.example", "file@va.example"):
                subject, done = deliver.call(recipient)
                assert done.returncode == TEMPFAIL and "alias_user" in done.stderr
                assert deliver.arrived(subject) == []
    finally:
        passwd.write_text(before)
    assert not (box / "ran").exists()


def test_a_domain_has_its_own_alias_user_or_none(deliver, box):
    text = 'prog: "|id -un >/var/lib/mailprog/who"\n'
    for line, status in (("alias_user = games", TEMPFAIL), ("alias_user =", TEMPFAIL), ("alias_user = mailprog", OK)):
        conf = mail_setup.CONF.replace("[domain va.example]\n", f"[domain va.example]\n{line}\n")
        with text_of(CONF, "[vmail]\nalias_user = mailprog\n" + conf), text_of(ALIASES, text):
            _, done = deliver.call("prog@va.example")
        assert done.returncode == status, done
        if "games" in line:
            assert "Permission denied" in done.stderr or "cannot create" in done.stderr
    assert (box / "who").read_text() == "mailprog\n"


def test_what_co_administrators_can_edit_runs_no_program(deliver, box):
    conf = mail_setup.CONF.replace("[domain va.example]\n", "[domain va.example]\nadmins = sue\nalias_user = mailprog\n")
    text = 'prog: "|touch /var/lib/mailprog/ran"\nmixed: alice, "|touch /var/lib/mailprog/ran"\nfile: /var/lib/mailprog/ran\n'
    with text_of(CONF, conf), text_of(ALIASES, text):
        assert deliver.status("prog@va.example") == NOUSER
        assert deliver.status("file@va.example") == NOUSER
        assert deliver.delivered("mixed@va.example") == ["alice@va.example"]
        for target in ("|touch /var/lib/mailprog/ran", "/var/lib/mailprog/ran", ":include:/etc/vmail/list"):
            done = run("/usr/sbin/vmail-admin", "alias", "set", "new@va.example", target, env={"SUDO_UID": "1002"})
            assert done.returncode != 0 and "alias_programs" in done.stderr, done
        done = run("/usr/sbin/vmail-admin", "domain", "set", "va.example", "alias_user", "bob", env={"SUDO_UID": "1002"})
        assert done.returncode != 0
    assert not (box / "ran").exists()


def test_without_rights_the_alias_user_runs_programs(deliver, box):
    user = pwd.getpwnam("mailprog")
    own = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    with aliases('prog: "|cat >/var/lib/mailprog/got", far\nfar: x@far.example\n'):
        assert deliver.delivered("prog@va.example", **own) == ["x@far.example"]
        assert "Delivered-To: prog@va.example\n" in (box / "got").read_text()
        assert deliver.status("prog@va.example", user=70001, group=70001, extra_groups=[]) == TEMPFAIL


# Files


def test_a_file_gets_a_message_in_the_form_of_an_mbox(deliver, box):
    path = box / "archive"
    with aliases(f"file: {path}\n"):
        for _ in range(2):
            _, done = deliver.call("file@va.example", message="Subject: x\n\nFrom me\n>From\nend")
            assert done.returncode == OK, done
    text = path.read_text()
    one = (f"Return-Path: <{SENDER}>\nDelivered-To: file@va.example\nSubject: x\n\n>From me\n>From\nend\n\n")
    assert re.fullmatch(rf"(From {SENDER} ... ... .. ..:..:.. 20..\n{re.escape(one)}){{2}}", text), text
    assert path.stat().st_uid == pwd.getpwnam("mailprog").pw_uid and path.stat().st_mode & 0o777 == 0o600


def test_many_messages_for_one_file_at_once_are_all_whole(deliver, box):
    path = box / "many"
    body = ("x" * 70 + "\n") * 3000
    with aliases(f"file: {path}\n"):
        threads = [threading.Thread(target=deliver.call, args=["file@va.example"], kwargs={"message": f"Subject: x\n\n{body}"})
                   for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    parts = re.split(r"^From .*\n", path.read_text(), flags=re.M)[1:]
    assert len(parts) == 12
    assert all(part.endswith(f"Subject: x\n\n{body}\n") for part in parts)


def test_mail_for_dev_null_is_thrown_away(deliver, box):
    with aliases("null: /dev/null\n"):
        subject, done = deliver.call("null@va.example")
    assert done.returncode == OK and deliver.arrived(subject) == []


def test_what_is_no_file_of_its_own_is_not_written_to(deliver, box):
    (box / "real").write_text("before\n")
    (box / "link").symlink_to(box / "real")
    os.link(box / "real", box / "second")
    os.mkfifo(box / "fifo")
    (box / "dir").mkdir()
    for path in box.glob("*"):
        os.chown(path, pwd.getpwnam("mailprog").pw_uid, -1, follow_symlinks=False)
    for name in ("real", "link", "second", "fifo", "dir", "nosuch/file"):
        with aliases(f"file: {box}/{name}\n"):
            assert deliver.status("file@va.example") == TEMPFAIL
    with aliases("file: /etc/vmail-test-file\n"):
        assert deliver.status("file@va.example") == TEMPFAIL
    assert (box / "real").read_text() == "before\n" and not pathlib.Path("/etc/vmail-test-file").exists()


def test_a_file_on_a_full_disk_is_as_long_as_before(deliver, box):
    small = box / "small"
    small.mkdir()
    run("mount", "-t", "tmpfs", "-o", f"size=64k,uid={pwd.getpwnam('mailprog').pw_uid}", "none", str(small), check=True)
    try:
        with aliases(f"file: {small}/archive\n"):
            _, done = deliver.call("file@va.example")
            assert done.returncode == OK, done
            before = (small / "archive").read_text()
            _, done = deliver.call("file@va.example", message="Subject: x\n\n" + "x\n" * 50000)
        assert done.returncode == TEMPFAIL and "No space left on device" in done.stderr
        assert (small / "archive").read_text() == before
    finally:
        run("umount", str(small), check=True)


# Mail fetchers; the provider is our own Dovecot


@pytest.fixture
def fetcher(deliver, scene, tmp_path):
    """fetcher(NAME, COMMAND...) runs it with examples/vmail-deliver/NAMErc, for the mailbox of bob@vb.example."""
    bob = scene.vb["bob"]
    for path in pathlib.Path(bob.home).glob("Maildir/*/*"):
        if path.is_file() and path.parent.name in ("new", "cur"):
            path.unlink()

    def fetch(name, *command):
        text = (EXAMPLES / f"vmail-deliver/{name}rc").read_text()
        for there, here in (("mail.provider.example", "127.0.0.1"), ("account", bob.login), ("secret", bob.password),
                            ("ssl sslcertck", "sslproto ''"), ("POP3SSL", "POP3"), ("[retriever]", "[retriever]\ntimeout = 15")):
            text = text.replace(there, here)
        path = tmp_path / f"{name}rc"
        path.write_text(text)
        path.chmod(0o600)
        done = run(*[word.replace("@rc@", str(path)) for word in command], env={"HOME": str(tmp_path)})
        # getmail 6.19 misses the end of a program that ends at once. The message stays at the provider, as if nothing had happened.
        return fetch(name, *command) if "waiting child pid" in done.stdout + done.stderr else done

    return fetch


FETCHERS = {"fetchmail": ("/usr/bin/fetchmail", "-f", "@rc@", "--nosyslog", "--nodetach", "-v"),
            "getmail": ("/usr/bin/getmail", "--getmaildir=/var/lib/vmail-test-getmail", "--rcfile=@rc@")}


@pytest.mark.parametrize("name", FETCHERS)
def test_what_a_mail_fetcher_gets_is_delivered(deliver, fetcher, name):
    program({"getmail": "getmail6"}.get(name, name), FETCHERS[name][0])
    pathlib.Path("/var/lib/vmail-test-getmail").mkdir(exist_ok=True)
    subject, done = deliver.call("bob@vb.example", message="From: a@elsewhere.example\nSubject: @subject@\nX-Original-To: info@va.example\n"
                                                           "Delivered-To: info@va.example\n\ntext\n")
    assert done.returncode == OK and deliver.arrived(subject) == ["bob@vb.example"]
    with scenes.mode(scenes.ETC / "aliases.va.example", 0o666):
        done = fetcher(name, *FETCHERS[name])
    assert deliver.arrived(subject) == ["bob@vb.example"], done  # it stays at the provider
    with text_of(ALIASES, "info: alice\n"):
        done = fetcher(name, *FETCHERS[name])
    assert set(deliver.arrived(subject)) == {"alice@va.example"}, done
