# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmailctl address: which addresses of this machine mean which domain."""

import pytest

from programs import connection_to, out
from scene import ETC
from vmailctl import EXISTS, NO_SUCH, REFUSED, USAGE, ctl_fails, ctl_json, ctl_out

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
    (("add", "va.example", "127.0.0.3"), EXISTS, "an address of vb.example already"),
    (("add", "va.example", "127.0.0.2"), EXISTS, "has 127.0.0.2 already"),
    (("add", "va.example", "127.0.0.9", "127.0.0.3"), EXISTS, "vb.example"),
    (("add", "va.example", "localhost"), USAGE, "no IPv4 or IPv6 address"), (("add", "va.example", "127.0.0.9/8"), USAGE, ""),
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
