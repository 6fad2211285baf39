# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fixtures of the end-to-end tests. They change the machine that they run on, so they run in tests/sandbox only."""

import pathlib
import re
import resource
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import scene as scenes  # noqa: E402
from daemons import Daemon, Syslog, install_example, program, without_delay  # noqa: E402
from programs import RESOLVER, SYSTEM, VA, VB, run  # noqa: E402
from taking_turns import pytest_collection_modifyitems, pytest_runtest_protocol  # noqa: E402, F401

E2E = pathlib.Path(__file__).parent


def pytest_configure():
    if not pathlib.Path("/run/vmail-sandbox").is_dir():
        pytest.exit("these tests change /etc: run them by tests/run, which makes a private machine for them", 2)
    # Nobody guesses passwords here: a refusal by the distribution's own pam_unix need not take two seconds.
    common = pathlib.Path("/etc/pam.d/common-auth")
    common.write_text(re.sub(r"(pam_unix\.so.*)$", r"\1 nodelay", common.read_text().replace(" nodelay", ""), flags=re.M))
    # Some tests have more than 1,000 connections, and a log-in shell allows 1,024 descriptors.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 16384), hard))


@pytest.fixture(scope="session", autouse=True)
def scene():
    return scenes.Scene().write()


@pytest.fixture
def syslog():
    return Syslog()


@pytest.fixture
def name_server(request):
    """name_server(ZONE-OPTIONS...) starts dnsmasq at RESOLVER (programs.py), which knows these names only."""

    def start(*records):
        host, port = RESOLVER.split(":")
        daemon = Daemon(program("dnsmasq-base", "/usr/sbin/dnsmasq"), "--keep-in-foreground", "--conf-file=/dev/null",
                        f"--port={port}", f"--listen-address={host}", "--bind-interfaces", "--no-resolv", "--no-hosts",
                        "--local=/example/", "--local=/org/", "--local=/arpa/", "--user=root", "--pid-file=",
                        *(f"--{record}" for record in records), ports=[(host, int(port))])
        request.addfinalizer(daemon.stop)
        return daemon.__enter__()

    return start


@pytest.fixture
def make_domain():
    """make_domain("vc.example", User("bob", 77001, "secret"), ...) writes a domain for this test only."""
    made = []

    def make(name, *users, **options):
        made.append(scenes.Domain(name, *users, **options))
        return made[-1].write()

    yield make
    for domain in made:
        domain.remove()


@pytest.fixture
def vmail_conf():
    """vmail_conf(TEXT) replaces /etc/vmail/vmail.conf for this test only."""
    path = scenes.ETC / "vmail.conf"
    before = path.read_bytes()
    yield lambda text, **options: scenes.write(path, text, **options)
    scenes.write(path, before)


@pytest.fixture(autouse=True)
def no_retired_ids():
    """What a test has deleted is not remembered in the next one."""
    yield
    scenes.RETIRED.unlink(missing_ok=True)


@pytest.fixture
def pam_service():
    """pam_service(LINES...) writes /etc/pam.d/vmail-test for this test only, and gives its name. pam_vmail gets the
    option nodelay, unless delay=True."""
    path = pathlib.Path("/etc/pam.d/vmail-test")

    def make(*lines, delay=False):
        path.write_text(without_delay("\n".join(lines) + "\n") if not delay else "\n".join(lines) + "\n")
        return path.name

    yield make
    path.unlink(missing_ok=True)


@pytest.fixture
def without_memory(tmp_path):
    """without_memory(NUMBER) gives the environment of a process whose allocation of that number fails."""
    library = tmp_path / "fail_allocation.so"
    run("gcc", "-shared", "-fPIC", "-o", str(library), str(E2E / "fail_allocation.c"), check=True)
    return lambda number: {"LD_PRELOAD": str(library), "FAIL_ALLOCATION": str(number)}


@pytest.fixture(scope="session")
def pam(tmp_path_factory):
    """pam(SERVICE, USER, PASSWORD, *steps, stdin=, user=) runs pamclient and gives its Answer.

    pam.binary is its path; pam.answer(COMPLETED_PROCESS) gives the Answer where a test ran it in another way.
    """
    binary = tmp_path_factory.mktemp("pamclient") / "pamclient"
    subprocess.run(["gcc", "-Wall", "-Wextra", "-Werror", "-o", binary, E2E / "pamclient.c", "-lpam"], check=True)
    # pytest keeps its directories to itself, and some tests run the client as somebody else.
    for directory in (binary, *binary.parents[:3]):
        directory.chmod(0o755)

    class Answer:
        def __init__(self, done):
            self.text = done.stdout + done.stderr
            self.steps = dict(re.findall(r"^(auth|setcred|acct|open|close|chauthtok)=(\w+)", done.stdout, re.M))
            self.user = (re.findall(r"^user=(.*)$", done.stdout, re.M) or [None])[0]
            self.prompts = int((re.findall(r"^prompts=(\d+)$", done.stdout, re.M) or [0])[0])
            self.messages = re.findall(r"^message=(.*)$", done.stdout, re.M)
            self.delays = [int(delay) for delay in re.findall(r"^delay=(\d+)$", done.stdout, re.M)]

        def __getattr__(self, step):
            return self.steps.get(step)

        def __repr__(self):
            return self.text

    def call(service, user, password, *steps, **options):
        return Answer(run(str(binary), service, user, password, *(steps or ("auth",)), **options))

    call.binary = str(binary)
    call.answer = Answer
    return call


@pytest.fixture
def set_id_client(pam, tmp_path_factory):
    """The path of a pamclient that is set-id root, as passwd(1) is."""
    binary = tmp_path_factory.mktemp("setuid") / "pamclient"
    binary.write_bytes(pathlib.Path(pam.binary).read_bytes())
    for directory in binary.parents[:3]:
        directory.chmod(0o755)
    binary.chmod(0o4755)
    return str(binary)


@pytest.fixture(scope="module")
def inetd(request, tmp_path_factory):
    """Starts openbsd-inetd with the line of examples/inetd/NAME.conf, NAME being the module's or parameter's INETD."""

    def start(name):
        binary = program("openbsd-inetd", "/usr/sbin/inetd")
        conf = install_example(f"inetd/{name}.conf", tmp_path_factory.mktemp("inetd") / "inetd.conf")
        daemon = Daemon(binary, "-i", str(conf), ports=[(SYSTEM, 110), (VA, 110), (VB, 110)])
        request.addfinalizer(daemon.stop)
        return daemon.__enter__()

    return start
