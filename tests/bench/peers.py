# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is measured: our modules, those that Debian ships, and the floor; and how each gets its users."""

import contextlib
import ctypes
import os
import pathlib
import shutil
import subprocess
import time

BIN = pathlib.Path("/run/vmail-bench")
ETC = pathlib.Path("/etc")
VMAIL = ETC / "vmail"
CACHE = pathlib.Path("/var/cache/vmail")
FLOOR = ETC / "floor"    # one text
FLOORS = ETC / "floors"  # a text for each domain
TEXT = FLOOR / "passwd"  # all users, in the form that every peer starts from
DB_SOURCE = ETC / "bench.d"
MISC = pathlib.Path("/var/lib/misc")
DATABASE = MISC / "passwd.db"
PWDFILE = ETC / "bench.pwdfile"
USERDB = ETC / "bench.userdb"  # pam_userdb appends ".db"
EXTRAUSERS = pathlib.Path("/var/lib/extrausers/passwd")
NSCACHE = ETC / "passwd.cache"

PASSWORD = "bench"
HERE = pathlib.Path(__file__).resolve().parent


def hash_password():
    """Traditional DES: the cheapest that all modules accept, so that it hides least."""
    crypt = ctypes.CDLL("libcrypt.so.1").crypt
    crypt.restype = ctypes.c_char_p
    return crypt(PASSWORD.encode(), b"vb").decode()


HASH = hash_password()


def compile_programs():
    BIN.mkdir(exist_ok=True)
    strict = ["gcc", "-O2", "-std=gnu11", "-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-o"]
    libraries = {"authenticate": ["-lpam", "-lcrypt"], "resident": ["-ldl"]}
    for program in ("lookups", "cold", "enumerate", "resident", "authenticate", "peak"):
        subprocess.run([*strict, BIN / program, HERE / f"{program}.c", HERE / "timing.c", *libraries.get(program, ())],
                       check=True)
    subprocess.run([*strict, BIN / "build_floor", HERE / "floor/build_floor.c", "-lcdb"], check=True)
    triplet = subprocess.run(["gcc", "-print-multiarch"], text=True, stdout=subprocess.PIPE, check=True).stdout.strip()
    cdb = "-lcdb_pic" if has_library("libcdb_pic.a") else "-lcdb"  # as configure does
    for directory in (FLOOR, FLOORS):
        directory.mkdir(exist_ok=True)
        service = directory.name
        subprocess.run([*strict, f"/usr/lib/{triplet}/libnss_{service}.so.2", "-shared", "-fPIC", f"-DFLOOR_SERVICE={service}",
                        f'-DFLOOR_DIRECTORY="{directory}"', HERE / "floor/nss_floor.c", cdb], check=True)


def has_library(pattern):
    return any(True for place in (pattern, f"*/{pattern}") for _ in pathlib.Path("/usr/lib").glob(place))


def nss_services():
    """Those that are here, fastest last; glibc has files built in."""
    ready = {"extrausers": True, "cache": True, "db": (MISC / "Makefile").exists(), "floor": True, "vmail": True}
    return ["files"] + [name for name, ok in ready.items() if ok and has_library(f"libnss_{name}.so.2")]


def pam_services():
    ready = {"unix": True, "pwdfile": True, "userdb": shutil.which("db5.3_load") is not None and userdb_is_berkeley(),
             "vmail": True}
    return [name for name, ok in ready.items() if ok and has_library(f"security/pam_{name}.so")]


def userdb_is_berkeley():
    module = next(pathlib.Path("/usr/lib").glob("*/security/pam_userdb.so"), None)
    return module is not None and b"libdb-5.3" in module.read_bytes()


def has_index():
    """Whether there is a `vmailctl index`."""
    return shutil.which("vmailctl") is not None and subprocess.run(
        ["vmailctl", "index", "--help"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def write_pam_services():
    options = {"unix": "", "pwdfile": f"pwdfile={PWDFILE} nodelay", "userdb": f"db={USERDB} crypt=crypt",
               "vmail": "nodelay", "permit": ""}
    for name, words in options.items():
        account = name if name in ("vmail", "unix") else "permit"
        (ETC / f"pam.d/bench-{name}").write_text(
            f"auth required pam_{name}.so {words}\naccount required pam_{account}.so\n")


def write_vmail(data):
    """Our files, as an administrator would have them."""
    clear(VMAIL)
    clear(CACHE)
    VMAIL.mkdir(exist_ok=True)
    sections = [f"[vmail]\nids = {data.block(0)[0]}-{data.block(len(data.domains) - 1)[1]}\n"]
    for number, domain in enumerate(data.domains):
        first, last = data.block(number)
        address = "address = 127.0.0.2 ::2\n" if number == 0 else ""
        sections.append(f"[domain {domain}]\nids = {first}-{last}\n{address}")
        users = data.users[domain]
        (VMAIL / f"passwd.{domain}").write_text("".join(user.local + user.line for user in users))
        shadow = VMAIL / f"shadow.{domain}"
        shadow.write_text("".join(f"{user.local}:{HASH}:20000:0:99999:7:::\n" for user in users))
        shadow.chmod(0o640)
    (VMAIL / "vmail.conf").write_text("\n".join(sections))


def clear(directory):
    for file in directory.glob("*"):
        if file.is_file():
            file.unlink()


def write_peers(data, system_passwd, system_shadow):
    """The texts of all others. The big /etc/passwd waits under another name; see big_files."""
    with TEXT.open("w") as text:
        text.writelines(user.name + user.line for user in data.everybody())
    write_list(FLOOR, [(TEXT.name, 0, 2**32 - 1)])
    write_big(data, system_passwd, system_shadow)
    EXTRAUSERS.parent.mkdir(exist_ok=True)
    for copy in (EXTRAUSERS, NSCACHE):
        shutil.copyfile(TEXT, copy)
    with PWDFILE.open("w") as text:
        text.writelines(f"{user.name}:{HASH}\n" for user in data.everybody())


def write_big(data, system_passwd, system_shadow):
    """/etc/passwd and /etc/shadow with everybody in them, under other names."""
    with (ETC / "passwd.big").open("w") as text:
        text.write(system_passwd)
        text.writelines(user.name + user.line for user in data.everybody())
    with (ETC / "shadow.big").open("w") as text:
        text.write(system_shadow)
        text.writelines(f"{user.name}:{HASH}:20000:0:99999:7:::\n" for user in data.everybody())


@contextlib.contextmanager
def big_files():
    """/etc/passwd and /etc/shadow with the set's users in them."""
    for name in ("passwd", "shadow"):
        (ETC / name).rename(ETC / f"{name}.small")
        os.link(ETC / f"{name}.big", ETC / name)
    try:
        yield
    finally:
        for name in ("passwd", "shadow"):
            (ETC / f"{name}.small").rename(ETC / name)


def timed(*command, **more):
    """Seconds, and the largest resident memory in KiB."""
    figures = BIN / "peak.out"
    subprocess.run([str(word) for word in (BIN / "peak", figures, *command)], check=True, **more)
    took, memory = figures.read_text().split()
    return float(took) / 1e9, int(memory)


def built(took, memory, *files):
    return {"seconds": took, "peak_kib": memory, "bytes": sum(file.stat().st_size for file in files)}


def write_floors(data):
    """The texts of the floor by domain."""
    for number, domain in enumerate(data.domains):
        (FLOORS / domain).write_text("".join(user.name + user.line for user in data.users[domain]))
    write_list(FLOORS, [(domain, *data.block(number)) for number, domain in enumerate(data.domains)])


def write_list(directory, parts):
    (directory / "list").write_text("".join(f"{file} {first} {last}\n" for file, first, last in parts))


def build_floor(*texts):
    return built(*timed(BIN / "build_floor", *texts), *(pathlib.Path(f"{text}.cdb") for text in texts))


def build_db():
    DATABASE.unlink(missing_ok=True)
    took, _ = timed("make", "-s", "-C", MISC, f"ETC={DB_SOURCE}", "DBS=passwd", DATABASE,
                    stdout=subprocess.DEVNULL)
    return built(took, None, DATABASE)


def build_cache():
    """As nsscache writes them: sorted lines of one length, KEY NUL OFFSET NUL, filled up with NUL."""
    start = time.monotonic()
    indexes = {"name": (0, {}), "uid": (2, {})}
    offset = 0
    with NSCACHE.open("rb") as text:
        for line in text:
            fields = line.split(b":", 3)
            for column, entries in indexes.values():
                entries[fields[column]] = b"%d" % offset
            offset += len(line)
    for name, (_, entries) in indexes.items():
        length = max(map(len, entries)) + max(map(len, entries.values()))
        with pathlib.Path(f"{NSCACHE}.ix{name}").open("wb") as index:
            index.writelines(b"%s\0%s\0%s\n" % (key, at, b"\0" * (length - len(key) - len(at)))
                             for key, at in sorted(entries.items()))
    return built(time.monotonic() - start, None, *(pathlib.Path(f"{NSCACHE}.ix{name}") for name in indexes))


def build_userdb(data):
    file = pathlib.Path(f"{USERDB}.db")
    file.unlink(missing_ok=True)
    lines = pathlib.Path(f"{USERDB}.text")
    with lines.open("w") as text:
        text.writelines(f"{user.name}\n{HASH}\n" for user in data.everybody())
    took, memory = timed("db5.3_load", "-T", "-t", "hash", "-f", lines, file)
    lines.unlink()
    return built(took, memory, file)


def build_vmail():
    took, memory = timed("vmailctl", "index", stdout=subprocess.DEVNULL)
    return built(took, memory, *(file for file in CACHE.rglob("*") if file.is_file()))


def prepare_db_source():
    """What the Makefile of libnss-db reads: a directory with a passwd in it."""
    DB_SOURCE.mkdir(exist_ok=True)
    (DB_SOURCE / "passwd").unlink(missing_ok=True)
    os.link(TEXT, DB_SOURCE / "passwd")


def remove():
    """What a set leaves, before the next one comes: it may be gigabytes of memory."""
    for directory in (VMAIL, CACHE, FLOOR, FLOORS):
        clear(directory)
    for pattern in ("passwd.cache*", "*.big", "bench.userdb*", "bench.pwdfile", "bench.d/passwd"):
        for file in ETC.glob(pattern):
            file.unlink()
    for file in (EXTRAUSERS, DATABASE):
        file.unlink(missing_ok=True)
