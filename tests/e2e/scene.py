# SPDX-License-Identifier: LGPL-2.1-or-later
"""Users, domains and their mail: the standard scene, and pieces for other ones."""

import contextlib
import ctypes
import fcntl
import functools
import os
import pathlib
import shutil
import time

from programs import EXAMPLES, run

ETC = pathlib.Path("/etc/vmail")
RETIRED = ETC / "retired_ids"
TODAY = int(time.time() // 86400)

_crypt = ctypes.CDLL("libcrypt.so.1").crypt
_crypt.restype = ctypes.c_char_p


@functools.lru_cache(maxsize=None)
def hash_of(password, setting="$6$rounds=1000$saltstring$"):
    """crypt(3); the default method is quick on purpose."""
    result = _crypt(password.encode(), setting.encode())
    assert result and not result.startswith(b"*"), f"crypt(3) does not know {setting}"
    return result.decode()


def costly_hash():
    """A hash that costs more than a log-in may; none that is computed."""
    return "$6$rounds=300000$saltstring$" + "a" * 86


@contextlib.contextmanager
def mode(path, bits):
    """PATH has the mode BITS meanwhile."""
    before = path.stat().st_mode & 0o7777
    path.chmod(bits)
    try:
        yield
    finally:
        path.chmod(before)


def write(path, text, mode=0o644, group=0):
    """Replaces a file as an administrator's tool does: whole, under its final name at once."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    new.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.chown(new, 0, group)
    os.chmod(new, mode)
    os.rename(new, path)
    return path


def next_tick():
    """Waits until a running process looks at vmail.conf again: it does so once in a tick of the kernel's clock."""
    coarse = 6  # CLOCK_MONOTONIC_COARSE, clock_gettime(2)
    now = time.clock_gettime(coarse)
    while time.clock_gettime(coarse) == now:
        time.sleep(0.001)


def lock_file(name):
    """The file of the lock NAME, a domain for example."""
    return ETC / ".locks" / f"{name}.lock"


@contextlib.contextmanager
def held(name):
    """Has the lock NAME, as another process would."""
    path = lock_file(name)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with path.open("a") as file:
        fcntl.lockf(file, fcntl.LOCK_EX, 1, 0)
        yield path


def shadow_group():
    import grp
    return grp.getgrnam("shadow").gr_gid


class User:
    """One user of a domain. ageing: the shadow fields after the hash that differ from the usual, by name."""

    FIELDS = ("lstchg", "min", "max", "warn", "inact", "expire", "flag")

    def __init__(self, name, uid, password=None, hash=None, gid=None, home=None, shell="/bin/false", gecos="", **ageing):
        self.name, self.uid, self.gid = name, uid, uid if gid is None else gid
        self.password, self.home, self.shell, self.gecos = password, home, shell, gecos
        self.hash = hash if hash is not None else hash_of(password)
        self.ageing = {"lstchg": TODAY, "min": 0, "max": 99999, "warn": 7, **ageing}
        assert set(self.ageing) <= set(self.FIELDS)
        self.domain = None

    @property
    def login(self):
        return f"{self.name}@{self.domain}"

    @property
    def passwd_line(self):
        return f"{self.name}:x:{self.uid}:{self.gid}:{self.gecos}:{self.home}:{self.shell}"

    @property
    def shadow_line(self):
        return ":".join([self.name, self.hash, *(str(self.ageing.get(field, "")) for field in self.FIELDS)])


class Domain:
    """The files of one domain. Write again after a change; remove() takes all of it away."""

    def __init__(self, name, *users, groups=""):
        self.name, self.groups = name, groups
        self.users = {}
        for user in users:
            self.add(user)

    def add(self, user):
        user.domain = self.name
        user.home = user.home or f"/vhome/{self.name}/{user.name}"
        self.users[user.name] = user

    def __getitem__(self, name):
        return self.users[name]

    @property
    def passwd(self):
        return ETC / f"passwd.{self.name}"

    @property
    def shadow(self):
        return ETC / f"shadow.{self.name}"

    @property
    def group(self):
        return ETC / f"group.{self.name}"

    def write(self):
        write(self.shadow, "".join(user.shadow_line + "\n" for user in self.users.values()), 0o640, shadow_group())
        if self.groups:
            write(self.group, self.groups)
        write(self.passwd, "".join(user.passwd_line + "\n" for user in self.users.values()))
        return self

    def remove(self):
        for path in (self.passwd, self.shadow, self.group):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        shutil.rmtree(f"/vhome/{self.name}", ignore_errors=True)


def give_mail(login, uid, gid, home):
    """An own home with a Maildir, and an mbox in /var/mail; each holds one message, "Subject: for LOGIN"."""
    message = f"From: postmaster@va.example\nTo: {login}\nSubject: for {login}\n\nHello {login}.\n"
    home = pathlib.Path(home)
    maildir = home / "Maildir"
    for part in ("new", "cur", "tmp"):
        (maildir / part).mkdir(parents=True, exist_ok=True)
    (maildir / "new" / "1.one.sandbox").write_text(message)
    home.parent.chmod(0o755)
    mbox = pathlib.Path("/var/mail") / login
    mbox.write_text(f"From postmaster@va.example Thu Jan  1 00:00:00 2026\n{message}\n")
    mbox.chmod(0o600)
    for path in (mbox, home, *home.rglob("*")):
        os.chown(path, uid, gid)
    home.chmod(0o700)


def add_system_user(name, uid, password, groups=""):
    run("useradd", "--uid", str(uid), "--create-home", "--shell", "/bin/sh", *(["--groups", groups] if groups else []), name,
        check=True)
    run("chpasswd", "--encrypted", input=f"{name}:{hash_of(password)}\n", check=True)
    give_mail(name, uid, uid, f"/home/{name}")


class Scene:
    """The standard scene, which tests read and do not change.

    The system: bob (uid 1001, also in group adm) and sue (1002).
    va.example, also called va.example.org, at 127.0.0.2 and ::2: bob, alice, and those whom a log-in is refused:
    locked, expired, mustchange. vb.example, at 127.0.0.3 and ::3: bob. 127.0.0.1 is no domain's.
    Everybody has a password of his own (system_password, domain[name].password) and a message of his own.
    """

    system_password = {"bob": "system-bob-secret", "sue": "system-sue-secret"}

    def __init__(self):
        self.va = Domain(
            "va.example",
            User("bob", 70000, "va-bob-secret", gecos="Bob of VA"),
            User("alice", 70001, "va-alice-secret"),
            User("locked", 70002, "va-locked-secret", hash="!" + hash_of("va-locked-secret")),
            User("expired", 70003, "va-expired-secret", expire=TODAY - 1),
            User("mustchange", 70004, "va-mustchange-secret", lstchg=0),
            groups="staff:x:70064:bob,alice\n",
        )
        self.vb = Domain("vb.example", User("bob", 71000, "vb-bob-secret", gecos="Bob of VB"))

    def write(self):
        write(ETC / "vmail.conf", (EXAMPLES / "vmail.conf").read_text())
        for domain in (self.va, self.vb):
            domain.write()
            for user in domain.users.values():
                give_mail(user.login, user.uid, user.gid, user.home)
        add_system_user("bob", 1001, self.system_password["bob"], groups="adm")
        add_system_user("sue", 1002, self.system_password["sue"])
        return self
