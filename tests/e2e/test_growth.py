# SPDX-License-Identifier: LGPL-2.1-or-later
"""Nothing grows faster than the data: work is counted in instructions (valgrind), memory is limited, and nobody looks at time."""

import re
import shutil

import pytest

import scene as scenes
from programs import run
from scene import ETC
from vmailctl import DONE, NEGATIVE, VMAILCTL, ctl, ctl_out

IDS = "[vmail]\nids = 65536-999999\n"
ALIASES = ETC / "aliases.growth.example"


@pytest.fixture
def domain(make_domain, vmail_conf):
    vmail_conf(IDS)
    yield make_domain("growth.example", scenes.User("bob", 77001, "bob-secret"))
    ALIASES.unlink(missing_ok=True)


def work(*arguments):
    """How many instructions vmailctl takes."""
    if not shutil.which("valgrind"):
        pytest.skip("no valgrind")
    done = run("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", VMAILCTL, *arguments)
    assert done.returncode == DONE, done.stderr
    return int(re.search(r"Collected : (\d+)", done.stderr)[1])


def with_memory(mebibytes, *arguments):
    """Runs vmailctl with so much memory, beside what its program file takes; it must be enough."""
    done = run("prlimit", f"--data={int(mebibytes * 2**20)}", VMAILCTL, *arguments)
    assert (done.returncode, done.stderr) == (DONE, "")
    return done.stdout


def assert_linear(measure, small, large):
    """MEASURE(N) is the work that N takes, which has a part that is the same for any N; LARGE is four times SMALL."""
    assert large == 4 * small
    base = measure(1)
    assert measure(large) - base < 6 * (measure(small) - base)  # 16 times as much, were it quadratic


def targets(count):
    return [f"somebody{i:06d}@other.example" for i in range(count)]


def write_alias(count):
    scenes.write(ALIASES, "".join(f"a{i}: bob\n" for i in range(count)) + "big: " + ",\n  ".join(targets(count)) + "\n")


@pytest.mark.parametrize("command", [("show", "big@growth.example"), ("list", "growth.example"), ("add", "big@growth.example", "bob"),
                                     ("set", "big@growth.example", "bob"), ("del", "big@growth.example")], ids=lambda words: words[0])
def test_the_work_of_an_alias_command_grows_with_the_file(domain, command):
    def measure(count):
        write_alias(count)
        return work("alias", *command)
    assert_linear(measure, 500, 2000)


def test_the_work_of_deleting_many_targets_grows_with_their_number(domain):
    def measure(count):
        write_alias(2 * count)
        return work("alias", "del", "big@growth.example", *targets(2 * count)[::2])
    assert_linear(measure, 250, 1000)
    left = [line.split()[-1].rstrip(",") for line in ALIASES.read_text().splitlines() if "other.example" in line]
    assert left == targets(500)[1::2]


def test_an_alias_file_is_read_once_for_a_chain_of_any_length(domain):
    scenes.write(ALIASES, "".join(f"a{i}: a{i + 1}\n" for i in range(400)) + "a400: bob\n")
    done = run("strace", "-f", "-e", "trace=openat", VMAILCTL, "alias", "set", "x@growth.example", "a0")
    assert done.returncode == DONE
    opened = done.stderr.count(f'"{ALIASES.name}"')
    assert 1 <= opened <= 4, done.stderr  # to change it, and to follow the targets


@pytest.mark.parametrize("command, times", [("show", 5), ("add", 6)])
def test_the_memory_of_an_alias_command_is_a_few_times_the_file(domain, command, times):
    scenes.write(ALIASES, "big: " + ",\n  ".join(targets(60_000)) + "\n")
    with_memory(2 + times * ALIASES.stat().st_size / 2**20, "alias", command, "big@growth.example", *(["bob"] if command == "add" else []))


def test_an_export_has_all_targets_of_a_long_alias(domain):
    write_alias(20_000)
    line = next(line for line in ctl_out("export", "postfix-aliases", "growth.example").splitlines() if line.startswith("big@"))
    assert line.split("\t")[1].split(", ") == targets(20_000)


@pytest.fixture
def many_domains(vmail_conf):
    """many_domains(N) makes N domains, each with an alias, an address and a file."""
    made = []

    def make(count):
        names = [f"d{i}.growth.example" for i in range(count)]
        vmail_conf(IDS + "".join(f"[domain {name}]\naliases = e{name}\naddress = 10.0.{i // 250}.{i % 250 + 1}\n"
                                 for i, name in enumerate(names)))
        for name in names[len(made):]:
            made.append(scenes.write(ETC / f"passwd.{name}", ""))
        for path in made[count:]:
            path.unlink()
        del made[count:]
    yield make
    make(0)


@pytest.mark.parametrize("command", [("domain", "list"), ("export", "postfix-domains"), ("export", "postfix-aliases")], ids=" ".join)
def test_the_work_of_listing_domains_grows_with_their_number(many_domains, command):
    def measure(count):
        many_domains(count)
        return work(*command)
    assert_linear(measure, 500, 2000)


@pytest.mark.parametrize("command", [("user", "list", "growth.example"), ("--json", "user", "list", "growth.example")], ids=" ".join)
def test_a_list_of_users_takes_no_memory_for_each(domain, command):
    scenes.write(domain.passwd, "".join(f"user{i:06d}:x:{100000 + i}:{100000 + i}:User {i}:/vhome/growth.example/user{i:06d}:/bin/false\n"
                                        for i in range(50_000)))
    assert with_memory(3, *command).count("User 49999") == 1


def export_of(count):
    """What `vmailctl export json' writes of so many users, with hashes."""
    user = ('    {{"name":"user{0:06d}","uid":{1},"gid":{1},"comment":"User {0}","home":"/vhome/growth.example/user{0:06d}",'
            '"shell":"/bin/false","hash":"$5$rounds=1000$saltsaltsaltsalt$0123456789012345678901234567890123456789012",'
            '"ageing":[18000,0,99999,7,null,null,null]}}')
    return ('{"format": "vmailctl", "version": 1, "domains": [\n  {"domain": "growth.example", "users": [\n' +
            ",\n".join(user.format(i, 100000 + i) for i in range(count)) + '], "groups": [], "aliases": []}\n]}\n')


@pytest.mark.parametrize("again", [False, True], ids=["new", "again"])
def test_the_memory_of_an_import_is_at_most_three_times_its_source(domain, tmp_path, again):
    source = scenes.write(tmp_path / "export.json", export_of(30_000))
    if again:
        ctl("import", "json", str(source))
    limit = 2 + 3 * source.stat().st_size / 2**20
    done = run("prlimit", f"--data={int(limit * 2**20)}", VMAILCTL, "import", "json", str(source))
    assert (done.returncode, done.stderr) == (NEGATIVE if again else DONE, "")
    assert ("skipped: 30000" if again else "taken: 30000 ") in done.stdout
    assert domain.passwd.read_text().count("\n") == 30_001


@pytest.mark.parametrize("command", ["set", "address"])
def test_the_work_and_memory_of_editing_vmail_conf_grow_with_the_file(many_domains, command):
    changes = {"set": ["domain", "set", "d0.growth.example", "max_users", "3"],
               "address": ["address", "add", "d0.growth.example", "10.99.0.1"]}

    def measure(count):
        many_domains(count)
        return work(*changes[command])
    assert_linear(measure, 500, 2000)
    many_domains(20_000)
    with_memory(2 + 16 * (ETC / "vmail.conf").stat().st_size / 2**20, *changes[command])
