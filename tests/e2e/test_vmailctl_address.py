# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmailctl address: which addresses of this machine mean which domain."""

import pytest

from programs import RESOLVER, connection_to, out
from scene import ETC
from vmailctl import DONE, EXISTS, NO_SUCH, REFUSED, USAGE, ctl, ctl_fails, ctl_json, ctl_out, on_terminal

CONF = "[domain va.example]\naddress = 127.0.0.2 ::2\n; second\n[domain vb.example]\naddress = 127.0.0.3 198.51.100.7\n"


@pytest.fixture(autouse=True)
def conf(vmail_conf):
    vmail_conf(CONF)
    return ETC / "vmail.conf"


def test_a_connection_to_a_new_address_means_the_domain_at_once(conf, syslog):
    ctl_out("address", "add", "va.example", "127.0.0.9", "::9")
    assert conf.read_text() == CONF.replace("127.0.0.2 ::2", "127.0.0.2 ::2 127.0.0.9 ::9")
    with connection_to("127.0.0.9") as connection:
        assert out("getent", "passwd", "bob", stdin=connection).startswith("bob@va.example:")
    ctl_out("address", "del", "va.example", "127.0.0.9", "::9")
    assert conf.read_text() == CONF
    with connection_to("127.0.0.9") as connection:
        assert out("getent", "passwd", "bob", stdin=connection).startswith("bob:x:1001:")
    syslog.wait_for("address del va.example 127.0.0.9")


def test_an_address_is_one_however_it_is_written(conf):
    ctl_out("address", "add", "va.example", "0:0::00a")
    assert "127.0.0.2 ::2 ::a\n" in conf.read_text()
    ctl_out("address", "del", "va.example", "::ffff:127.0.0.2")
    assert "address = ::2 ::a\n" in conf.read_text()


def test_list_tells_everybody_which_are_here():
    rows = {row["address"]: row for row in ctl_json("address", "list", user="nobody")}
    assert rows["127.0.0.2"]["domain"] == "va.example" and rows["198.51.100.7"]["domain"] == "vb.example"
    assert rows["198.51.100.7"]["interface"] is None and rows["127.0.0.3"]["interface"] == "lo"
    assert "198.51.100.7" in ctl_out("address", "list")


@pytest.mark.parametrize("command, code, text", [
    (("add", "va.example", "127.0.0.3"), EXISTS, "is already an address of vb.example"),
    (("add", "va.example", "127.0.0.2"), EXISTS, "already has 127.0.0.2"),
    (("add", "va.example", "127.0.0.9", "127.0.0.3"), EXISTS, "vb.example"),
    (("add", "va.example", "localhost"), USAGE, "not an IPv4 or IPv6 address"), (("add", "va.example", "127.0.0.9/8"), USAGE, ""),
    (("add", "va.example"), USAGE, ""), (("add", "vx.example", "127.0.0.9"), NO_SUCH, ""),
    (("del", "va.example", "127.0.0.3"), NO_SUCH, ""), (("del", "va.example", "127.0.0.9"), NO_SUCH, "has no 127.0.0.9"),
    (("suggest", "--server=x"), USAGE, ""), (("lst",), USAGE, "list"),
], ids=repr)
def test_what_cannot_be_is_told_and_nothing_is_changed(conf, command, code, text):
    assert text in ctl_fails(code, "address", *command)
    assert conf.read_text() == CONF


def test_nobody_gets_no_suggestion_applied(conf):
    ctl_fails(REFUSED, "-y", "address", "suggest", "--apply", user="nobody")
    assert conf.read_text() == CONF


# suggest: what the sandbox's interface vmail0 has, 192.0.2.1 and 192.0.2.2

ONE, TWO = "192.0.2.1", "192.0.2.2"
MAIL_VA = f"host-record=mail.va.example,{ONE}"  # a reverse name as well


def suggestions():
    rows = ctl_json("address", "suggest", f"--server={RESOLVER}")
    return {row["address"]: (row["state"], row["domain"], row["reverse"], row["command"]) for row in rows if row["interface"] != "lo"}


def test_a_host_of_a_domain_is_suggested_and_nothing_done(conf, name_server):
    name_server(MAIL_VA, f"host-record=pop.mail.vx.example,{TWO}")
    found = suggestions()
    assert found[ONE] == ("new", "va.example", "mail.va.example", f"vmailctl address add va.example {ONE}")
    assert found[TWO] == ("no such domain", "mail.vx.example", "pop.mail.vx.example",
                          f"vmailctl domain add mail.vx.example --address={TWO}")
    assert "127.0.0.1" not in found and conf.read_text() == CONF
    text = ctl_out("address", "suggest", f"--server={RESOLVER}")
    assert "vmail0" in text and f"vmailctl address add va.example {ONE}" in text


def test_a_name_that_does_not_lead_back_means_nothing(name_server):
    name_server("ptr-record=1.2.0.192.in-addr.arpa,mail.va.example", "host-record=mail.va.example,192.0.2.99")
    assert suggestions() == {ONE: ("name leads elsewhere", "va.example", "mail.va.example", None),
                             TWO: ("no reverse name", None, None, None)}


def test_an_address_that_is_assigned_stays(vmail_conf, name_server):
    vmail_conf(f"[domain va.example]\naddress = {ONE}\n[domain vb.example]\naddress = {TWO}\n")
    name_server(MAIL_VA, f"host-record=www.va.example,{TWO}", "host-record=ip6.vb.example,::3")
    loopback = {row["address"]: row["state"] for row in ctl_json("address", "suggest", f"--server={RESOLVER}")}
    assert (loopback["::2"], loopback["::3"]) == ("no reverse name", "new")
    assert suggestions() == {ONE: ("assigned", "va.example", "mail.va.example", None),
                             TWO: ("assigned otherwise", "vb.example", "www.va.example", None)}


def test_apply_asks_for_each(conf, name_server, syslog):
    name_server(MAIL_VA, f"host-record=mail.vb.example,{TWO}")
    command = ("address", "suggest", f"--server={RESOLVER}", "--apply")
    assert "--yes" in ctl(*command).stderr and conf.read_text() == CONF
    assert f"+address = 127.0.0.2 ::2 {ONE}" in ctl_out("-n", *command) and conf.read_text() == CONF
    shown, code = on_terminal(*command, answers=["n", "y"])
    assert code == DONE and "mail.va.example) to the domain va.example? [y/N]" in shown
    assert conf.read_text() == CONF.replace("198.51.100.7", f"198.51.100.7 {TWO}")
    syslog.wait_for(f"address add vb.example {TWO}")
    with connection_to(TWO) as connection:
        assert out("getent", "passwd", "bob", stdin=connection).startswith("bob@vb.example:")


def test_a_server_that_is_not_there_is_told():
    done = ctl("address", "suggest", "--server=127.0.0.1:9")
    assert done.returncode == DONE and "name server fails" in done.stdout and ONE in done.stderr
