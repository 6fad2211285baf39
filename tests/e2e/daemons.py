# SPDX-License-Identifier: LGPL-2.1-or-later
"""Real daemons: started, waited for, and ended by their process id."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

from programs import EXAMPLES, UNPACKED, run

PATIENCE = 30  # seconds until a daemon that does not answer counts as broken


def program(package, path):
    """The path of a program of a package that is installed, or only unpacked (then it also gets its usual path, which is
    what example files name). The test is skipped where this Debian does not have the package."""
    usual = pathlib.Path(path)
    unpacked = UNPACKED / package / path.lstrip("/")
    if unpacked.exists() and not usual.exists():
        usual.symlink_to(unpacked)
    if not usual.exists():
        pytest.skip(f"the package {package} is not here: not in this Debian, or not in tests/packages")
    return str(usual)


def wait_until(condition):
    """What condition() gives, once that is true."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.05)
    return found


def without_delay(text):
    """The stack with the module's option nodelay wherever it checks passwords."""
    return re.sub(r"^((?:auth|password)\s.*pam_vmail\.so)(?!.*\bnodelay\b)", r"\1 nodelay", text, flags=re.M)


def install_example(name, target, mode=0o644):
    """Copies examples/NAME to where its comment says it goes. Nobody guesses passwords here: a refusal need not take two
    seconds."""
    target = pathlib.Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    text = (EXAMPLES / name).read_text()
    target.write_text(without_delay(text) if name.startswith("pam.d/") else text)
    target.chmod(mode)
    return target


def add_daemon_account(name, home):
    """The account that a package's installation makes, for one that is only unpacked."""
    if run("id", name).returncode:
        run("useradd", "--system", "--user-group", "--home-dir", home, "--shell", "/bin/false", name, check=True)
    pathlib.Path(home).mkdir(mode=0o755, exist_ok=True)


def openssh_server():
    """The path of sshd, which finds its other programs and its account."""
    path = program("openssh-server", "/usr/sbin/sshd")
    for helper in (UNPACKED / "openssh-server/usr/lib/openssh").glob("sshd-*"):
        program("openssh-server", f"/usr/lib/openssh/{helper.name}")
    add_daemon_account("sshd", "/run/sshd")
    return path


class Daemon:
    """A daemon in the foreground, with all that it starts. Use as a context manager.

    ports: (address, port) pairs that must take a connection before it counts as running. unix: the same for a socket's path.
    """

    def __init__(self, *argv, ports=(), unix=None, env=None, stop_signal=signal.SIGTERM):
        self.argv, self.ports, self.env, self.stop_signal = argv, ports, env, stop_signal
        self.unix = unix
        self.log = pathlib.Path("/var/log") / f"daemon-{os.path.basename(argv[0])}.log"

    def __enter__(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                            env=None if self.env is None else {**os.environ, **self.env})
        try:
            for address, port in self.ports:
                self._wait_for(lambda: socket.create_connection((address, port), timeout=PATIENCE, source_address=(address, 0)).close(),
                               f"{address} port {port}")
            if self.unix:
                self._wait_for(self._try_unix, self.unix)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def _try_unix(self):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(self.unix))

    def _wait_for(self, connect, where):
        end = time.monotonic() + PATIENCE
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.argv[0]} ended with {self.process.returncode}: {self.log.read_text()}")
            try:
                connect()
                return
            except OSError:
                if time.monotonic() > end:
                    raise RuntimeError(f"{self.argv[0]}: nothing on {where}: {self.log.read_text()}") from None
                time.sleep(0.02)

    def _signal_all(self, number):
        # What it has started is in its session, and so in its process group, unless it made itself one.
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                pass
        self._signal_all(signal.SIGKILL)
        self.process.wait()


def dovecot_daemon(ports):
    """Dovecot by the files in /etc/dovecot, in a new /run/dovecot as after a boot. A socket that an earlier one with other
    settings left there makes its auth process wait for seconds."""
    shutil.rmtree("/run/dovecot", ignore_errors=True)
    return Daemon(program("dovecot-core", "/usr/sbin/dovecot"), "-F", ports=ports)


class Syslog:
    """What went to /dev/log since this object was made, or since the last forget()."""

    def __init__(self, path="/var/log/vmail-test.log"):
        self.path = pathlib.Path(path)
        self.forget()

    def forget(self):
        self.start = self.path.stat().st_size

    def text(self):
        with open(self.path, encoding="utf-8") as file:
            file.seek(self.start)
            return file.read()

    def lines(self, pattern=""):
        return [line for line in self.text().splitlines() if re.search(pattern, line)]

    def wait_for(self, pattern):
        """The first line that pattern (a regular expression) is found in."""
        end = time.monotonic() + PATIENCE
        while True:
            found = self.lines(pattern)
            if found:
                return found[0]
            assert time.monotonic() < end, f"syslog has no line like '{pattern}':\n{self.text()}"
            time.sleep(0.01)
