# SPDX-License-Identifier: LGPL-2.1-or-later
"""What tests/bench/maps and tests/bench/mail compare: vmail-map, and the maps that people use instead, over the same users."""

import contextlib
import pathlib
import shutil
import socket
import sqlite3
import subprocess
import sys
import time

FIRST = 1_000_000
ETC, WORK = pathlib.Path("/etc/vmail"), pathlib.Path("/run/vmail-bench-maps")
DATASETS = (("10 users", 1, 10), ("1,000,000 users", 1, 1_000_000), ("10,000 domains of 10", 10_000, 10))


def begin(name):
    if not pathlib.Path("/run/vmail-sandbox").is_dir():
        sys.exit(f"this writes to /etc/vmail: run it by `sudo tests/sandbox --packages e2e --packages daemons --packages bench -- "
                 f"tests/bench/{name}`")
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir()
    WORK.chmod(0o755)


def run(*argv, **options):
    return subprocess.run(argv, check=True, **options)


def write_domains(domains, users):
    """Gives the addresses of all users: 0user@d0.bench.example and so on."""
    for path in ETC.glob("*"):
        if path.is_file():
            path.unlink()
    (ETC / "vmail.conf").write_text(f"[vmail]\nids = {FIRST}-4000000\n")
    addresses, number = [], FIRST
    for domain in (f"d{i}.bench.example" for i in range(domains)):
        with open(ETC / f"passwd.{domain}", "w", encoding="ascii") as file:
            for i in range(users):
                file.write(f"{i}user:x:{number}:{number}::/vhome/{domain}/{i}user:/bin/false\n")
                addresses.append(f"{i}user@{domain}")
                number += 1
        (ETC / f"aliases.{domain}").write_text("postmaster: 0user\nabuse: 0user\n")
    time.sleep(0.1)
    run("vmailctl", "index", stdout=subprocess.DEVNULL)
    return addresses


@contextlib.contextmanager
def listening(program, path):
    """The process, with the socket PATH as its descriptor 0."""
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        path.chmod(0o666)
        listener.listen(100)
        process = subprocess.Popen([program], stdin=listener)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def memory(process):
    """In KiB; without the pages of mapped indexes, which the kernel takes back when it needs them."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(status.partition("RssAnon:")[2].split()[0])


def cpu(process):
    """Seconds for which the process has run."""
    return int(pathlib.Path(f"/proc/{process.pid}/schedstat").read_text().split()[0]) / 1e9


def export(kind):
    path = WORK / kind
    with open(path, "w", encoding="ascii") as file:
        run("vmailctl", "export", f"postfix-{kind}", stdout=file)
    return path


def static(kind):
    """Maps by postmap(1); None if this Postfix has no such kind."""
    maps = {}
    for name in ("domains", "aliases", "mailboxes"):
        text = WORK / name
        if subprocess.run(["postmap", f"{kind}:{text}"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
            return None
        maps[name] = f"{kind}:{text}"
    return maps


def sqlite():
    maps, database = {}, WORK / "mail.sqlite"
    database.unlink(missing_ok=True)
    with sqlite3.connect(database) as db:
        for name in ("domains", "aliases", "mailboxes"):
            db.execute(f"CREATE TABLE {name} (name TEXT PRIMARY KEY, value TEXT)")
            lines = (line.rstrip("\n").split("\t") for line in open(WORK / name, encoding="ascii"))
            db.executemany(f"INSERT INTO {name} VALUES (?, ?)", ((line[0], line[-1]) for line in lines if not line[0].startswith("#")))
            (WORK / f"sqlite-{name}.cf").write_text(f"dbpath = {database}\nquery = SELECT value FROM {name} WHERE name = '%s'\n")
            maps[name] = f"sqlite:{WORK}/sqlite-{name}.cf"
    database.chmod(0o644)
    return maps


def make_maps(path):
    """What is compared, for the users of now: a name, and Postfix's settings. PATH: the socket of vmail-map."""
    for kind in ("domains", "aliases", "mailboxes"):
        export(kind)
    maps = {"vmail-map": {name: f"socketmap:unix:{path}:{name}" for name in ("domains", "aliases", "mailboxes")}}
    default = subprocess.run(["postconf", "-h", "default_database_type"], text=True, check=True, stdout=subprocess.PIPE).stdout.strip()
    for kind in dict.fromkeys(["cdb", default]):
        found = static(kind)
        if found:
            maps[f"{kind}, static"] = found
    maps["sqlite"] = sqlite()
    texts = maps.get("cdb, static") or maps["vmail-map"]
    maps["C library"] = {**texts, "mailboxes": "proxy:unix:passwd.byname"}
    return maps
