# SPDX-License-Identifier: LGPL-2.1-or-later
"""A booted system: the real systemd as process 1 of its own namespaces, with the files of the sandbox."""

import contextlib
import pathlib
import re
import signal
import subprocess
import tempfile
import time

import pytest

from daemons import PATIENCE
from programs import run

SYSTEMD = pathlib.Path("/lib/systemd/systemd")
UNITS = pathlib.Path("/etc/systemd/system")
TARGET = "vmail-test.target"
CGROUPS = pathlib.Path("/run/vmail-test-cgroups")
BOOT = r"""
mount -t proc proc /proc
# The kernel is everybody's: no settings, devices or modules are changed.
for path in /proc/sys /sys; do
    mount --bind $path $path
    mount -o remount,bind,ro $path
done
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
mkdir -p /run/systemd/system /sys/fs/cgroup/systemd /sys/fs/cgroup/unified
# What would change files that other tests have a part in: /tmp, /dev/log, the packages.
for unit in systemd-tmpfiles-setup.service systemd-tmpfiles-setup-dev.service systemd-tmpfiles-clean.timer systemd-sysusers.service \
    systemd-modules-load.service systemd-remount-fs.service systemd-udevd.service systemd-journald-dev-log.socket \
    apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer man-db.timer; do
    ln -s /dev/null /run/systemd/system/$unit
done
if mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd 2>/dev/null; then
    mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified
else
    umount /sys/fs/cgroup
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
fi
exec env -i container=vmail-test /lib/systemd/systemd --system --unit=vmail-test.target --log-target=null --show-status=0
"""


class System:
    def __init__(self, pid):
        self.pid = str(pid)

    def run(self, *argv):
        """Runs a program there."""
        return run(*self.enter("--wd"), *argv)

    def enter(self, directory):
        """What to put before a program that runs there. Without --root, tests in a chroot would run the programs of the
        machine around it."""
        return ["nsenter", "-t", self.pid, "-m", "-n", "-p", "-C", "--root", directory]

    def journal_is_the_log(self):
        """What is sent to /dev/log there goes to its journal, as on any booted system; otherwise it goes to the tests' log."""
        assert self.run("mount", "--bind", "/run/systemd/journal/dev-log", "/dev/log").returncode == 0

    def state(self, unit):
        return self.run("systemctl", "is-active", unit).stdout.strip()

    def is_up(self):
        return self.state(TARGET) == "active"


def remove_when_empty(group):
    """The processes in it were killed; it stays busy until the last of them is gone."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return group.rmdir()
        except OSError:
            if time.monotonic() > end:
                raise
        time.sleep(0.05)


@contextlib.contextmanager
def own_cgroups():
    """Whatever is started meanwhile is in control groups that are removed in the end: not in those of the machine."""
    mounts = [(CGROUPS / name, options) for name, options in
              (("one", ["-t", "cgroup", "-o", "none,name=systemd"]), ("two", ["-t", "cgroup2"]))]
    made, mounted = [], []
    for path, options in mounts:
        path.mkdir(parents=True, exist_ok=True)
        if not path.is_mount() and run("mount", *options, "cgroup", str(path)).returncode == 0:
            mounted.append(path)
        if path.is_mount():
            # A hierarchy is the whole kernel's: other sandboxes have groups in it, too.
            made.append(pathlib.Path(tempfile.mkdtemp(prefix="vmail-test.", dir=path)))
            made[-1].chmod(0o755)
    try:
        yield made
    finally:
        for path in made:
            for group in (*sorted((p for p in path.rglob("*") if p.is_dir()), reverse=True), path):
                remove_when_empty(group)
        for path in mounted:
            run("umount", str(path))


def first_process(shell):
    """The process 1 of the namespace that the shell has made."""
    children = pathlib.Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
    return int(children[0]) if children else None


@contextlib.contextmanager
def booted(*units, apart={}, network=None):
    """Boots with these units, and their sockets and targets; gives the System. APART: paths, each with the directory that is
    there in this system. NETWORK: the name of its network namespace, if it has its own."""
    if not SYSTEMD.exists():
        pytest.skip("this system has no systemd")
    (UNITS / TARGET).write_text(f"[Unit]\nDescription=Tests\nRequires=basic.target\nAfter=basic.target {' '.join(units)}\nWants={' '.join(units)}\n")
    with own_cgroups() as cgroups:
        join = "".join(f"echo $$ >{path}/cgroup.procs; " for path in cgroups)
        join += "".join(f"mount --bind {directory} {path} && " for path, directory in apart.items())
        enter = ["ip", "netns", "exec", network] if network else []
        with subprocess.Popen([*enter, "unshare", "--mount", "--propagation", "private", "bash", "-c", join +
                               'exec unshare --cgroup --pid --uts --ipc --fork --kill-child bash -euc "$1"', "boot", BOOT],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as shell:
            try:
                system = wait_for_boot(shell)
                yield system
            finally:
                shell.send_signal(signal.SIGKILL)


def wait_for_boot(shell):
    for _ in range(300):
        if shell.poll() is not None:
            pytest.skip(f"systemd does not start here: {shell.stderr.read().decode()}")
        pid = first_process(shell.pid)
        if pid and re.search(r"systemd", pathlib.Path(f"/proc/{pid}/comm").read_text()) and System(pid).is_up():
            return System(pid)
        time.sleep(0.1)
    raise AssertionError("systemd has not come up in 30 seconds")
