# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmail-map answers mail servers from the files as they are, on each kind of socket, and whatever its peers do. No shortage
makes an address unknown that exists."""

import contextlib
import os
import pathlib
import select
import signal
import socket
import struct
import subprocess
import tempfile

import pytest

import scene as scenes
from daemons import PATIENCE, program
from programs import out, run

PROGRAM = "/usr/sbin/vmail-map"
UNPRIVILEGED = {"user": "nobody", "group": "nogroup", "extra_groups": []}

CONF = """[vmail]
ids = 65536-99999
[domain vm.example]
aliases = vm.example.org
[relay partner.example]
primary = 192.0.2.7
"""
ALIASES = "sales: bob, x@far.example\nlist: sales, sue\n"

ANSWERS = {
    ("domains", "VM.example.org"): "OK vm.example",
    ("domains", "vo.example"): "OK vo.example",
    ("domains", "far.example"): "NOTFOUND ",
    ("aliases", "sales@vm.example"): "OK bob@vm.example, x@far.example",
    ("aliases", "bob@vm.example"): "NOTFOUND ",
    ("mailboxes", "bob@vm.example"): "OK vhome/vm.example/bob/Maildir/",
    ("mailboxes", "bob+tag@vm.example.org"): "OK vhome/vm.example/bob/Maildir/",
    ("mailboxes", "nobody-here@vm.example"): "NOTFOUND ",
    ("uids", "sue@vm.example"): "OK 77002",
    ("gids", "sue@vm.example"): "OK 77009",
    ("senders", "list@vm.example"): "OK bob@vm.example, sue@vm.example",
    ("relays", "partner.example"): "OK partner.example",
    ("relay-recipients", "x@partner.example"): "OK yes",
    ("transports", "x@partner.example"): "OK relay:[192.0.2.7]",
}


@pytest.fixture(scope="module", autouse=True)
def mail():
    """vm.example, which has a section, and vo.example, which has none."""
    conf = scenes.ETC / "vmail.conf"
    before = conf.read_bytes()
    scenes.write(conf, CONF)
    domains = [
        scenes.Domain("vm.example", scenes.User("bob", 77001, hash="!"), scenes.User("sue", 77002, gid=77009, hash="!")),
        scenes.Domain("vo.example", scenes.User("tom", 77101, hash="!")),
    ]
    for domain in domains:
        domain.write()
    aliases = scenes.write(scenes.ETC / "aliases.vm.example", ALIASES)
    yield domains[0]
    aliases.unlink()
    for domain in domains:
        domain.remove()
    scenes.write(conf, before)


@pytest.fixture
def changed():
    """changed(NAME, TEXT) replaces a file of /etc/vmail for this test only."""
    before = {}

    def change(name, text):
        path = scenes.ETC / name
        before.setdefault(path, path.read_bytes())
        return scenes.write(path, text)

    yield change
    for path, text in before.items():
        scenes.write(path, text)


# Peers


def is_ready(file, seconds, what=select.POLLIN):
    poll = select.poll()
    poll.register(file, what)
    return bool(poll.poll(seconds * 1000))


def netstring(text):
    text = text.encode() if isinstance(text, str) else text
    return b"%d:%s," % (len(text), text)


class Peer:
    """Talks to vmail-map through two descriptors, or a socket."""

    def __init__(self, connection, write_to=None):
        self.read_from, self.write_to = connection, write_to or connection
        self.rest = b""

    def send(self, data):
        if isinstance(self.write_to, socket.socket):
            self.write_to.sendall(data)
        else:
            self.write_to.write(data)
            self.write_to.flush()

    def more(self):
        """Reads what comes next; False at the end."""
        assert is_ready(self.read_from, PATIENCE), f"no answer; before it came {self.rest[-100:]}"
        try:
            data = os.read(self.read_from.fileno(), 1 << 20)
        except ConnectionResetError:
            data = b""
        self.rest += data
        return data != b""

    def answer(self):
        """The next answer; None if the connection was closed instead."""
        while b":" not in self.rest:
            if not self.more():
                return None
        length, _, self.rest = self.rest.partition(b":")
        while len(self.rest) <= int(length):
            if not self.more():
                return None
        text, comma, self.rest = self.rest[:int(length)], self.rest[int(length):int(length) + 1], self.rest[int(length) + 1:]
        assert comma == b","
        return text.decode(errors="replace")

    def line(self):
        while b"\n" not in self.rest:
            if not self.more():
                return None
        line, _, self.rest = self.rest.partition(b"\n")
        return line.decode()

    def ask(self, map, key):
        self.send(netstring(f"{map} {key}"))
        return self.answer()

    def is_closed(self):
        """Whether vmail-map closes the connection; waits for it."""
        while self.more():
            pass
        return True

    def close(self):
        self.read_from.close()
        self.write_to.close()


class Server:
    """A vmail-map that listens at ADDRESS."""

    def __init__(self, process, address, family):
        self.process, self.address, self.family, self.peers = process, address, family, []

    def connect(self):
        connection = socket.socket(self.family)
        connection.settimeout(PATIENCE)
        connection.connect(self.address)
        self.peers.append(Peer(connection))
        return self.peers[-1]

    def memory(self):
        """VmRSS, in KiB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])


def end(process):
    process.kill()
    process.wait(PATIENCE)
    for file in (process.stdin, process.stdout):
        if file:
            with contextlib.suppress(BrokenPipeError):
                file.close()


@contextlib.contextmanager
def listening(*options, before=(), family=socket.AF_UNIX):
    """A Server; the listening socket is its descriptor 0."""
    with tempfile.TemporaryDirectory() as directory, socket.socket(family) as listener:
        listener.bind(f"{directory}/socket" if family == socket.AF_UNIX else ("127.0.0.1", 0))
        listener.listen(4096)
        address = listener.getsockname()
        process = subprocess.Popen([*before, PROGRAM, *options], stdin=listener, **UNPRIVILEGED)
        server = Server(process, address, family)
        try:
            yield server
            assert process.poll() is None, f"vmail-map ended with {process.returncode}"
        finally:
            for peer in server.peers:
                peer.close()
            end(process)


@contextlib.contextmanager
def activated(*options):
    """A Peer of a vmail-map that systemd has started."""
    activate = program("systemd", "/usr/bin/systemd-socket-activate")
    with tempfile.TemporaryDirectory() as directory:
        os.chown(directory, 65534, -1)
        path = f"{directory}/socket"
        with open(f"{directory}/log", "wb") as log:
            process = subprocess.Popen([activate, "-l", path, PROGRAM, *options], stdin=subprocess.DEVNULL, stdout=log,
                                       stderr=log, **UNPRIVILEGED)
        try:
            while not os.path.exists(path):
                assert process.poll() is None
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(PATIENCE)
                while True:
                    try:
                        connection.connect(path)
                        break
                    except ConnectionRefusedError:
                        assert process.poll() is None
                yield Peer(connection)
        finally:
            end(process)


@contextlib.contextmanager
def listened(*options):
    with listening(*options) as server:
        yield server.connect()


@contextlib.contextmanager
def on_socket(*options):
    """A Peer at the other end of descriptor 0, as inetd and Postfix's spawn start it. peer.process is the vmail-map."""
    ours, its = socket.socketpair()
    with ours:
        with its:
            process = subprocess.Popen([PROGRAM, *options], stdin=its, stdout=its, **UNPRIVILEGED)
        ours.settimeout(PATIENCE)
        peer = Peer(ours)
        peer.process = process
        try:
            yield peer
        finally:
            end(process)


@contextlib.contextmanager
def on_pipes(*options, before=()):
    process = subprocess.Popen([*before, PROGRAM, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, **UNPRIVILEGED)
    peer = Peer(process.stdout, process.stdin)
    peer.process = process
    try:
        yield peer
    finally:
        end(process)


WAYS = {"systemd": activated, "a listening socket": listened, "a socket": on_socket, "pipes": on_pipes}
way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


def answers_all(peer):
    return {question: peer.ask(*question) for question in ANSWERS} == ANSWERS


def check_served(server):
    """A new peer gets its answers."""
    assert answers_all(server.connect())


# Each way and each protocol


@way
def test_each_map_answers_on_each_kind_of_socket(way):
    with way() as peer:
        assert {question: peer.ask(*question) for question in ANSWERS} == ANSWERS


@way
def test_tcp_table_answers_on_each_kind_of_socket(way):
    with way("--tcp", "aliases") as peer:
        peer.send(b"get sales@vm.example\nget bob%40vm.example\r\nput a b\nget x%zz\n")
        assert [peer.line() for _ in range(4)] == ["200 bob@vm.example,%20x@far.example", "500 -",
                                                   "400 the%20request%20is%20not%20valid"] + \
            ["400 the%20request%20is%20not%20valid"]


@pytest.mark.parametrize("name", sorted({map for map, _ in ANSWERS}))
def test_tcp_table_answers_for_each_map(name):
    with on_socket("--tcp", name) as peer:
        for (map, key), answer in ANSWERS.items():
            if map == name:
                peer.send(f"get {key}\n".encode())
                assert peer.line() == ("500 -" if answer == "NOTFOUND " else f"200 {answer[3:].replace(' ', '%20')}")


def test_a_map_that_does_not_exist_is_asked_again_later():
    with on_socket() as peer:
        assert peer.ask("nosuch", "bob@vm.example").startswith("TEMP no such map: 'nosuch'; expected domains")
        assert peer.ask("m" * 1000, "bob@vm.example").startswith("TEMP no such map")


@pytest.mark.parametrize("way", [on_socket, on_pipes])
def test_the_program_ends_when_its_only_peer_closes(way):
    with way() as peer:
        assert peer.ask("uids", "bob@vm.example") == "OK 77001"
        peer.write_to.close()
        assert peer.process.wait(PATIENCE) == 0


def test_the_program_ends_when_nobody_reads_its_answers():
    with on_pipes() as peer:
        peer.read_from.close()
        peer.send(netstring("uids bob@vm.example"))
        assert peer.process.wait(PATIENCE) == 0


def test_all_answers_are_written_after_the_peer_has_sent_its_last_request():
    with on_socket() as peer:
        peer.send(netstring("uids bob@vm.example") * 3000)
        peer.write_to.shutdown(socket.SHUT_WR)
        assert [peer.answer() for _ in range(3000)] == ["OK 77001"] * 3000
        assert peer.is_closed() and peer.process.wait(PATIENCE) == 0


def test_requests_in_a_file_are_answered_into_a_file(tmp_path):
    requests, answers = tmp_path / "requests", tmp_path / "answers"
    requests.write_bytes(netstring("uids bob@vm.example") * 5000)
    with requests.open() as stdin, answers.open("wb") as stdout:
        subprocess.run([PROGRAM], stdin=stdin, stdout=stdout, timeout=PATIENCE, check=True, **UNPRIVILEGED)
    assert answers.read_bytes() == netstring("OK 77001") * 5000


# Edits


@pytest.fixture(scope="module")
def shared():
    """A Server for the tests that do not harm it."""
    with listening() as server:
        yield server


@pytest.mark.parametrize("how", ["replaced", "overwritten"])
def test_each_of_100_edits_of_the_aliases_is_in_force_at_the_next_question(shared, changed, how):
    path, peer = changed("aliases.vm.example", "sales: user100@far.example\n"), shared.connect()
    for number in range(101, 201):
        if how == "replaced":
            scenes.write(path, f"sales: user{number}@far.example\n")
        else:
            with path.open("r+") as file:
                file.write(f"sales: user{number}@far.example\n")
        assert peer.ask("aliases", "sales@vm.example") == f"OK user{number}@far.example"


@pytest.mark.parametrize("how", ["replaced", "overwritten"])
def test_each_of_100_edits_of_the_users_is_in_force_at_the_next_question(shared, changed, how):
    path, peer = changed("passwd.vm.example", ""), shared.connect()
    for uid in range(77100, 77200):
        line = f"user{uid}:x:{uid}:{uid}:::\n"
        if how == "replaced" or uid == 77100:
            scenes.write(path, line)
        else:
            with path.open("r+") as file:
                file.write(line)
        assert peer.ask("uids", f"user{uid}@vm.example") == f"OK {uid}"
        assert peer.ask("uids", f"user{uid - 1}@vm.example") == "NOTFOUND "


@pytest.mark.parametrize("how", ["replaced", "overwritten"])
def test_each_of_100_edits_of_vmail_conf_is_in_force_at_the_next_question(shared, changed, how):
    path, peer = changed("vmail.conf", CONF), shared.connect()
    for number in range(100, 200):
        text = CONF.replace("vm.example.org", f"v{number}.example")
        if how == "replaced" or number == 100:
            scenes.write(path, text)
        else:
            with path.open("r+") as file:
                file.write(text)
        assert peer.ask("domains", f"v{number}.example") == "OK vm.example"
        assert peer.ask("domains", f"v{number - 1}.example") == "NOTFOUND "


@pytest.mark.parametrize("how", ["replaced", "overwritten"])
def test_each_of_100_edits_of_a_list_and_of_recipients_is_in_force_at_the_next_question(shared, changed, how):
    changed("vmail.conf", f"{CONF}recipients = {scenes.ETC}/members\n")
    changed("aliases.vm.example", f"all: :include:{scenes.ETC}/members\n")
    path, peer = scenes.write(scenes.ETC / "members", "user100@partner.example\n"), shared.connect()
    try:
        for number in range(101, 201):
            if how == "replaced":
                scenes.write(path, f"user{number}@partner.example\n")
            else:
                with path.open("r+") as file:
                    file.write(f"user{number}@partner.example\n")
            assert peer.ask("aliases", "all@vm.example") == f"OK user{number}@partner.example"
            assert peer.ask("relay-recipients", f"user{number}@partner.example") == "OK yes"
            assert peer.ask("relay-recipients", f"user{number - 1}@partner.example") == "NOTFOUND "
    finally:
        path.unlink()


def test_a_domain_that_gets_its_first_alias_file_has_aliases_at_once(shared):
    peer, path = shared.connect(), scenes.ETC / "aliases.vo.example"
    for _ in range(10):
        assert peer.ask("aliases", "x@vo.example") == "NOTFOUND "
        scenes.write(path, "x: tom\n")
        assert peer.ask("aliases", "x@vo.example") == "OK tom@vo.example"
        path.unlink()


# What cannot be known


BROKEN_BY = {
    "vmail.conf": set(ANSWERS),
    "passwd.vm.example": {(map, key) for map, key in ANSWERS if map in ("mailboxes", "uids", "gids", "senders", "aliases")
                          and not key.startswith("sales")} | {("senders", "list@vm.example")},
    "aliases.vm.example": {(map, key) for map, key in ANSWERS if map in ("aliases", "senders")},
}


@pytest.mark.parametrize("bits", [0o600, 0o666], ids=["unreadable", "not trusted"])
@pytest.mark.parametrize("name", BROKEN_BY)
def test_what_a_file_says_is_not_known_while_it_cannot_be_used(shared, name, bits):
    peer = shared.connect()
    assert answers_all(peer)
    with scenes.mode(scenes.ETC / name, bits):
        for question, answer in ANSWERS.items():
            now = peer.ask(*question)
            if question in BROKEN_BY[name]:
                assert now.startswith(f"TEMP /etc/vmail/{name}: "), (question, now)
            elif question != ("aliases", "sales@vm.example"):
                assert now == answer
    assert answers_all(peer)


@pytest.mark.parametrize("where", ["vmail.conf", "passwd.vm.example", "aliases.vm.example"])
def test_a_file_of_somebody_else_is_not_used(shared, changed, where):
    path, peer = scenes.ETC / where, shared.connect()
    os.chown(path, 1001, 0)
    try:
        assert peer.ask("aliases", "list@vm.example").startswith(f"TEMP /etc/vmail/{where}: owned by uid 1001")
    finally:
        os.chown(path, 0, 0)
    assert answers_all(peer)


def test_nothing_is_known_while_etc_vmail_is_closed_to_vmail_map(shared):
    peer = shared.connect()
    with scenes.mode(scenes.ETC, 0o700):
        for question in (*ANSWERS, ("mailboxes", "x@far.example")):
            assert peer.ask(*question).startswith("TEMP /etc/vmail")
    assert answers_all(peer)


def test_tcp_table_says_400_for_what_cannot_be_known():
    with on_socket("--tcp", "mailboxes") as peer:
        with scenes.mode(scenes.ETC / "passwd.vm.example", 0o666):
            peer.send(b"get bob@vm.example\n")
            assert peer.line().startswith("400 /etc/vmail/passwd.vm.example:%20writable")
        peer.send(b"get bob@vm.example\n")
        assert peer.line() == "200 vhome/vm.example/bob/Maildir/"


# Peers that do wrong


WRONG = [b"x", b":", b",", b"-1:a,", b"01:a,", b"3:a b;", b"3 :a b,", b"100001", b"1000005:" + b"x" * 1000000, b"\0", b"\xff" * 5000,
         b"4294967301:uids x,", b"18446744073709551622:uids x,", b"GET / HTTP/1.0\r\n\r\n"]


@pytest.mark.parametrize("data", WRONG, ids=lambda data: repr(data[:24]))
def test_what_is_no_netstring_ends_the_connection_and_no_other(shared, data):
    peer = shared.connect()
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        peer.send(netstring("uids bob@vm.example") + data)
    assert peer.answer() == "OK 77001"
    assert peer.is_closed()
    check_served(shared)


def test_a_line_of_1_mb_ends_the_connection_of_tcp_table():
    with listening("--tcp", "uids") as server:
        peer, other = server.connect(), server.connect()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            peer.send(b"get " + b"x" * 1000000 + b"\n")
        assert peer.is_closed()
        other.send(b"get bob@vm.example\n")
        assert other.line() == "200 77001"


def test_a_long_key_is_not_found(shared):
    peer = shared.connect()
    for key in ("x" * 99000, "x" * 90000 + "@vm.example", "x@" + "y" * 90000, "@" * 90000, "." * 90000 + "@vm.example"):
        assert peer.ask("mailboxes", key) == "NOTFOUND "
        assert peer.ask("aliases", key) == "NOTFOUND "
        assert peer.ask("domains", key) == "NOTFOUND "
    assert answers_all(peer)


def test_a_nul_byte_makes_a_request_invalid_and_not_the_next_one(shared):
    peer = shared.connect()
    for text in (b"uids bob@vm.example\0", b"uids \0bob@vm.example", b"uids\0 bob@vm.example", b"\0", b"no-space", b""):
        peer.send(netstring(text))
        assert peer.answer() == "PERM the request is not valid"
    assert answers_all(peer)


def test_a_request_may_come_one_byte_at_a_time_while_others_are_answered(shared):
    slow, other = shared.connect(), shared.connect()
    for byte in netstring("uids bob@vm.example"):
        assert other.ask("uids", "sue@vm.example") == "OK 77002"
        slow.send(bytes([byte]))
    assert slow.answer() == "OK 77001"


def test_half_a_request_and_then_silence_keeps_nobody_waiting(shared):
    silent = shared.connect()
    silent.send(b"19:uids bob@vm.")
    for _ in range(100):
        check_served(shared)
    silent.send(b"example,")
    assert silent.answer() == "OK 77001"


def test_many_requests_in_one_packet_are_answered_in_their_order(shared, changed):
    changed("passwd.vm.example", "".join(f"u{uid}:x:{uid}:{uid}:::\n" for uid in range(77000, 77500)))
    peer = shared.connect()
    peer.send(b"".join(netstring(f"uids u{uid}@vm.example") for uid in range(77000, 77600)))
    assert [peer.answer() for _ in range(600)] == \
        [f"OK {uid}" if uid < 77500 else "NOTFOUND " for uid in range(77000, 77600)]


def test_a_peer_that_reads_nothing_costs_little_and_keeps_nobody_waiting():
    with listening() as server:
        greedy, other = server.connect(), server.connect()
        assert answers_all(other)
        before = server.memory()
        request, count = netstring("uids bob@vm.example"), 100000
        data, sent, refused = memoryview(request * count), 0, 0
        greedy.write_to.setblocking(False)
        while sent < len(data) and refused < 500:
            try:
                sent += greedy.write_to.send(data[sent:sent + 100000])
                refused = 0
            except BlockingIOError:
                refused += 1
            assert other.ask("uids", "sue@vm.example") == "OK 77002"
        assert sent < len(data)  # it has stopped reading, as nobody reads its answers
        assert server.memory() < before + 4096
        check_served(server)
        answers = b""
        while sent < len(data) or len(answers) < count * len(netstring("OK 77001")):
            assert is_ready(greedy.read_from, PATIENCE, select.POLLIN | (select.POLLOUT if sent < len(data) else 0))
            with contextlib.suppress(BlockingIOError):
                sent += greedy.write_to.send(data[sent:sent + 100000])
            with contextlib.suppress(BlockingIOError):
                answers += greedy.read_from.recv(1 << 20)
        assert answers == netstring("OK 77001") * count


def test_costly_requests_of_one_peer_leave_the_others_their_turn(changed):
    """The other one is answered after a few of them, not after the 400 and more that vmail-map has read at once."""
    changed("aliases.vm.example", "all: bob, " + ",\n ".join(f"x{i}@far.example" for i in range(2000)) + "\n")
    with listening() as server:
        costly, other = server.connect(), server.connect()
        assert costly.ask("senders", "all@vm.example") == other.ask("senders", "all@vm.example") == "OK bob@vm.example"
        server.process.send_signal(signal.SIGSTOP)
        costly.send(netstring("senders all@vm.example") * 600)
        other.send(netstring("uids bob@vm.example"))
        server.process.send_signal(signal.SIGCONT)
        assert other.answer() == "OK 77001"
        while is_ready(costly.read_from, 0):
            costly.more()
        assert len(costly.rest) < 300 * len(netstring("OK bob@vm.example"))


def test_1000_connections_at_once_are_all_answered(shared):
    peers = [shared.connect() for _ in range(1000)]
    for peer in peers:
        peer.send(netstring("uids bob@vm.example"))
    assert [peer.answer() for peer in peers] == ["OK 77001"] * 1000
    for peer in peers:
        peer.close()
    check_served(shared)


@pytest.mark.parametrize("descriptors", [10, 16, 40, 64])
def test_with_more_connections_than_descriptors_no_user_is_unknown(descriptors):
    with listening(before=("prlimit", f"--nofile={descriptors}:{descriptors}")) as server:
        silent = [server.connect() for _ in range(100)]
        assert server.connect().ask("uids", "bob@vm.example") == "OK 77001"
        peers = [server.connect() for _ in range(100)]
        for peer in peers:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                peer.send(netstring("uids bob@vm.example"))
        answers = {peer.answer() for peer in peers}
        assert answers <= {"OK 77001", None} and "OK 77001" in answers
        for peer in silent:
            peer.close()
        assert server.connect().ask("uids", "bob@vm.example") == "OK 77001"


def test_many_connections_at_once_leave_descriptors_for_the_files():
    with listening(before=("prlimit", "--nofile=96:96")) as server:  # for 64 connections, and the files
        known = [server.connect() for _ in range(5)]
        silent = [server.connect() for _ in range(40)]
        assert [peer.ask("uids", "bob@vm.example") for peer in silent + known] == ["OK 77001"] * 45
        server.process.send_signal(signal.SIGSTOP)
        for peer in known:
            peer.send(netstring("uids bob@vm.example"))
        for _ in range(55):
            server.connect()
        server.process.send_signal(signal.SIGCONT)
        assert [peer.answer() for peer in known] == ["OK 77001"] * 5


def test_a_peer_that_resets_its_connection_harms_nobody():
    with listening(family=socket.AF_INET) as server:
        other = server.connect()
        for requests in (0, 1, 1000) * 20:
            peer = server.connect()
            peer.send(netstring("uids bob@vm.example") * requests)
            peer.write_to.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            peer.close()
            assert other.ask("uids", "bob@vm.example") == "OK 77001"
        check_served(server)


# Shortage


def asked(map, key, *before):
    """What --query says of something that exists: its answer, "later", or None if the program could not even start. before:
    a command that runs it."""
    done = run(*before, PROGRAM, "--query", map, key, as_user="nobody")
    if done.returncode == 0:
        return f"OK {done.stdout.rstrip()}"
    assert done.returncode != 1, f"{map} {key} is not found: {before}: {done.stderr}"
    if done.returncode != 75:
        assert done.returncode in (127, -signal.SIGSEGV, 128 + signal.SIGSEGV), f"{done.returncode}: {done.stderr}"  # of ld.so
        return None
    assert done.stderr.startswith("vmail-map: ") and len(done.stderr) > len("vmail-map: \n")
    return "later"


EXISTING = {
    ("mailboxes", "tom@vo.example"): "OK vhome/vo.example/tom/Maildir/",  # of a domain without a section
    ("mailboxes", "bob@vm.example.org"): "OK vhome/vm.example/bob/Maildir/",
    ("senders", "list@vm.example"): "OK bob@vm.example, sue@vm.example",
    ("domains", "vm.example.org"): "OK vm.example",
}
of_existing = pytest.mark.parametrize("question", EXISTING, ids=" ".join)


@pytest.fixture
def log():
    """A file that everybody can write."""
    with tempfile.NamedTemporaryFile() as file:
        os.chmod(file.name, 0o666)
        yield pathlib.Path(file.name)


@of_existing
def test_no_limit_of_descriptors_makes_an_address_unknown(question):
    answers = [asked(*question, "prlimit", f"--nofile={number}") for number in range(2, 8)]
    assert set(answers) <= {EXISTING[question], "later", None}
    assert answers[-1] == EXISTING[question]


@pytest.fixture
def much_mail(changed):
    """vm.example has an alias file of 400 KB."""
    changed("aliases.vm.example", ALIASES + "".join(f"x{i}: y{i}@far.example\n" for i in range(20000)))


def test_no_limit_of_memory_makes_an_address_unknown(much_mail):
    answers = [asked("senders", "list@vm.example", "prlimit", f"--as={size << 10}") for size in range(2048, 16384, 1024)]
    assert set(answers) == {EXISTING["senders", "list@vm.example"], "later", None}


def test_no_limit_of_memory_makes_a_server_say_that_an_address_is_unknown(much_mail):
    seen = set()
    for size in range(2048, 16384, 1024):
        with on_pipes(before=("prlimit", f"--as={size << 10}")) as peer:
            with contextlib.suppress(BrokenPipeError):
                peer.send(netstring("senders list@vm.example") * 2)
            seen |= {peer.answer(), peer.answer()}
    assert seen == {EXISTING["senders", "list@vm.example"], "TEMP out of memory", None}


CALLS = {"openat": "EMFILE", "newfstatat": "EIO", "read,pread64": "EIO", "close": "EIO"}
PATHS = [f"--trace-path={path}" for path in ("/etc/vmail", *(f"/etc/vmail/{name}" for name in (
    "vmail.conf", "passwd.vm.example", "aliases.vm.example", "passwd.vm.example.org", "passwd.vo.example", "aliases.vo.example")))]


@of_existing
@pytest.mark.parametrize("call", CALLS)
def test_no_failed_system_call_on_our_files_makes_an_address_unknown(question, call, log):
    number = 0
    while number == 0 or "INJECTED" in log.read_text():
        number += 1
        log.write_text("")
        answer = asked(*question, "strace", "-qq", "-o", str(log), *PATHS, "-e", f"trace={call}", "-e",
                       f"inject={call}:error={CALLS[call]}:when={number}")
        assert answer in (EXISTING[question], "later"), number
        assert number < 50


def test_no_failed_allocation_makes_an_address_unknown(log, much_mail):
    number, answers = 7, set()  # with fewer, ld.so has not loaded the C library
    while number == 7 or any("INJECTED" in line for line in log.read_text().splitlines() if line.startswith("m")):
        number += 1
        log.write_text("")
        answers.add(asked("senders", "list@vm.example", "strace", "-qq", "-o", str(log), "-e", "trace=brk,mmap,mremap", "-e",
                          "inject=brk:error=ENOMEM:when=2+", "-e", f"inject=mmap,mremap:error=ENOMEM:when={number}+"))
        assert number < 100
    assert answers == {EXISTING["senders", "list@vm.example"], "later", None}


# Memory


def test_memory_stays_the_same_over_200000_questions_and_edits(changed):
    questions = list(ANSWERS)
    requests = b"".join(netstring(f"{map} {key}") for map, key in questions) * 100
    answers = b"".join(netstring(answer) for answer in ANSWERS.values()) * 100
    with listening() as server:
        peer = server.connect()

        def ask(rounds):
            for number in range(rounds):
                if number % 10 == 0:
                    changed("aliases.vm.example", ALIASES + f"x: user{number}\n")
                    changed("vmail.conf", CONF + f"# {number}\n")
                peer.send(requests)
                peer.rest = b""
                while len(peer.rest) < len(answers):
                    assert peer.more()
                assert peer.rest == answers

        ask(15)
        before = server.memory()
        ask(-(-200000 // (len(questions) * 100)))
        assert server.memory() < before * 1.2


# The command line


def test_query_prints_the_answers():
    done = run(PROGRAM, "--query", "uids", "bob@vm.example", "sue@vm.example", as_user="nobody")
    assert (done.returncode, done.stdout, done.stderr) == (0, "77001\n77002\n", "")


def test_query_exits_with_1_if_a_key_is_not_found():
    done = run(PROGRAM, "--query", "uids", "nobody-here@vm.example", "sue@vm.example", as_user="nobody")
    assert (done.returncode, done.stdout, done.stderr) == (1, "77002\n", "")


def test_query_exits_with_75_if_a_key_cannot_be_known():
    with scenes.mode(scenes.ETC / "passwd.vm.example", 0o666):
        done = run(PROGRAM, "--query", "uids", "bob@vm.example", "tom@vo.example", "x@far.example", as_user="nobody")
    assert (done.returncode, done.stdout) == (75, "77101\n")
    assert done.stderr.startswith("vmail-map: /etc/vmail/passwd.vm.example: writable by others")


def test_query_says_if_its_output_cannot_be_written():
    with open("/dev/full", "w") as full:
        assert subprocess.run([PROGRAM, "--query", "uids", "bob@vm.example"], stdout=full, timeout=PATIENCE).returncode == 1


def test_help_and_version():
    assert "usage: vmail-map" in out(PROGRAM, "--help") and "relay-recipients" in out(PROGRAM, "--help")
    assert out(PROGRAM, "--version").startswith("vmail-map ")


@pytest.mark.parametrize("options, message", [
    (["--nosuch"], "unrecognized option '--nosuch'"),
    (["--tcp"], "option '--tcp' requires an argument"),
    (["--tcp", "nosuch"], "no such map: nosuch"),
    (["--query", "nosuch", "x"], "no such map: nosuch"),
    (["--query", "uids"], "--query needs a key"),
    (["uids"], "unexpected argument: uids"),
], ids=str)
def test_wrong_options_exit_with_2_and_a_message(options, message):
    done = run(PROGRAM, *options, as_user="nobody")
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr and done.stderr.startswith(("vmail-map: ", PROGRAM + ": "))
