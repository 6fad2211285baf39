# SPDX-License-Identifier: LGPL-2.1-or-later
"""doc/moving.md: each of its commands runs, in its order, and prints what the page shows; then Dovecot lets users in to their old
mail. The users of each section are made here, as the program that the section is about would have left them."""

import contextlib
import os
import pathlib
import sqlite3

import pytest

import mail_setup
import session
from daemons import install_example
from kept import keep_all
from mail import mail_of
from programs import SOURCE, SYSTEM, run
from scene import add_system_user, hash_of, write

PAGE = SOURCE / "doc/moving.md"
PASSWORD = "the old secret"
HASH = hash_of(PASSWORD)
ACCOUNTS = ["/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow", "/etc/subuid", "/etc/subgid"]
WRITTEN = [*ACCOUNTS, "/etc/pam.d/dovecot", "/root/people", "/root/groups", "/root/users", "/root/vmail.old",
           "/usr/local/bin/sqlite3", "/var/mail/alice"]
EMPTY = ["/etc/vmail", "/vhome", "/var/cache/vmail", "/home", "/srv/mail", "/var/vmail"]
# sqlite3(1) where there is none: Python has the same library.
SQLITE = """#!/usr/bin/python3
import sqlite3, sys
for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]):
    print(*row, sep="|")
"""
# Where Maildirs are, all in the user's home.
HOMES = {"va.example": "/home", "vb.example": "/var/vmail/vb.example", "vc.example": "/home/vpopmail/domains/vc.example",
         "ve.example": "/vhome/ve.example"}
HASHES = {"bob": "{BLF-CRYPT}" + hash_of(PASSWORD, "$2y$05$abcdefghijklmnopqrstuu"), "alice": "{SHA512-CRYPT}" + HASH,
          "carol": "{SSHA}c2VjcmV0c2VjcmV0"}


def home_with_mail(home, uid):
    for part in ("new", "cur", "tmp"):
        os.makedirs(f"{home}/Maildir/{part}", exist_ok=True)
    write(f"{home}/Maildir/new/1.one.sandbox", f"Subject: from {home}\n\nHello.\n")
    run("chmod", "700", home, check=True)
    run("chown", "-R", f"{uid}:{uid}", home, check=True)


def machine_with_people():
    for name in ("bob", "sue"):  # of the tests' scene
        run("userdel", name)
    for uid, name in enumerate(("bob", "alice"), 1001):
        add_system_user(name, uid, PASSWORD)
        home_with_mail(f"/home/{name}", uid)
    run("groupadd", "--gid", "1500", "--users", "bob,alice", "team", check=True)


def database():
    """Users of one uid, as Postfix and Dovecot have them with SQL."""
    os.makedirs("/srv/mail")
    with contextlib.closing(sqlite3.connect("/srv/mail/users.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE mailbox (username, password, domain, local_part, active)")
        connection.execute("CREATE TABLE alias (address, goto, domain, active)")
        for name, password in HASHES.items():
            connection.execute("INSERT INTO mailbox VALUES (?, ?, 'vb.example', ?, 1)", (f"{name}@vb.example", password, name))
            connection.execute("INSERT INTO alias VALUES (?1, ?1, 'vb.example', 1)", (f"{name}@vb.example",))
        connection.execute("INSERT INTO alias VALUES ('sales@vb.example', 'bob@vb.example,alice@vb.example', 'vb.example', 1)")
    run("useradd", "--uid", "5000", "vmail", check=True)
    for name in HASHES:
        home_with_mail(f"/var/vmail/vb.example/{name}", 5000)
    run("chown", "vmail:", "/var/vmail", "/var/vmail/vb.example", check=True)
    run("chmod", "770", "/var/vmail", check=True)
    write("/usr/local/bin/sqlite3", SQLITE, 0o755)


def vpopmail():
    home = "/home/vpopmail/domains/vc.example"
    run("useradd", "--uid", "5001", "--home-dir", "/home/vpopmail", "vpopmail", check=True)
    write(f"{home}/vpasswd", f"bob:{HASH}:1:0:Bob:{home}/bob:NOQUOTA\nalice:{HASH}:1:0:Alice:{home}/alice:10485760S\n"
                             f"tom:{HASH}:1:2:Tom:{home}/tom:NOQUOTA\n", 0o600)
    for name in ("bob", "alice", "tom"):
        home_with_mail(f"{home}/{name}", 5001)
    run("chown", "-R", "vpopmail:", "/home/vpopmail", check=True)
    run("chmod", "700", "/home/vpopmail", check=True)


def old_etc_vmail():
    old = pathlib.Path("/root/vmail.old")
    write(old / "passwd.ve.example", "bob:x:60000:60000:Bob:/vhome/ve.example/bob:/bin/false\n"
                                     "alice:x:60001:60001:Alice:/vhome/ve.example/alice:/bin/false\n")
    write(old / "shadow.ve.example", f"bob:{HASH}:10000::::::\nalice:{HASH}:10000::::::\n", 0o600)
    write(old / "aliases.ve.example", "postmaster: bob\n")
    for uid, name in enumerate(("bob", "alice"), 60000):
        home_with_mail(f"/vhome/ve.example/{name}", uid)


@pytest.fixture
def old_machine():
    with contextlib.ExitStack() as cleaning:
        keep_all(WRITTEN, EMPTY, cleaning)
        for path in ("/etc/vmail", "/vhome", "/home"):
            os.mkdir(path, 0o755)
        install_example("pam.d/dovecot", "/etc/pam.d/dovecot")
        for make in (machine_with_people, database, vpopmail, old_etc_vmail):
            make()
        yield


def differences(text):
    """The commands in TEXT, all of which run, that print something else."""
    for _, command, shown in session.steps(text):
        answer = session.on_terminal(["timeout", "--foreground", "60", "sh", "-c", command], PASSWORD.encode())
        if session.comparable(answer) != session.comparable("\n".join(shown)):
            yield f"# {command}\n{answer}"


def test_the_page_goes_as_it_says_and_mail_is_read_with_the_old_password(old_machine):
    moving, back = PAGE.read_text().split("\n## Going back\n")
    assert len(session.steps(moving)) > 30 and session.steps(back)
    wrong = list(differences(moving))
    homes = {f"{name}@{domain}": f"{place}/{name}" for domain, place in HOMES.items() for name in ("bob", "alice")}
    with mail_setup.dovecot(None):
        read = {user: mail_of("imap", SYSTEM, user, PASSWORD) for user in homes}
    assert read == {user: [f"from {home}"] for user, home in homes.items()}
    wrong += differences(back)
    assert not wrong, "\n".join(wrong)
