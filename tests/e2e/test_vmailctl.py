# SPDX-License-Identifier: LGPL-2.1-or-later
"""vmailctl: its command line, its help, its two views of the same data."""

import json
import os
import pty
import subprocess

import pytest

from scene import ETC, User
from vmailctl import DONE, NEGATIVE, NO_SUCH, UNAVAILABLE, USAGE, VMAILCTL, complete, ctl, ctl_fails, ctl_json, ctl_out


# the command line


@pytest.mark.parametrize("arguments, words", [
    ((), ["domain", "user", "Domains", "--json", "--dry-run"]),
    (("user",), ["list", "show", "Show a user", "--json"]),
    (("user", "show"), ["USER@DOMAIN", "--json", "--yes"]),
])
def test_every_level_has_a_help_and_help_prints_the_same(arguments, words):
    text = ctl_out(*arguments, "--help")
    for word in words:
        assert word in text
    assert ctl_out("help", *arguments) == text


def test_a_group_without_commands_and_a_hidden_command_are_not_in_the_help():
    assert "complete" not in ctl_out("--help")


def test_the_version_is_told():
    assert ctl_out("--version").startswith("vmailctl (nss-pam-vmail) ")


@pytest.mark.parametrize("arguments, hint", [
    (("usr",), "no such command: 'usr'; did you mean 'user'?"),
    (("user", "lsit"), "no such command: 'lsit'; did you mean 'list'?"),
    (("help", "user", "shwo"), "did you mean 'show'?"),
    (("user", "list", "--jsn"), "no such option: '--jsn'; did you mean '--json'?"),
    (("--colour=never", "user", "list"), "did you mean '--color'?"),
    (("user", "list", "--color=nevr"), "--color must be one of auto|always|never, not 'nevr'; did you mean 'never'?"),
    (("user", "frobnicate"), "no such command: 'frobnicate'\n"),
    (("user", "list", "-nx"), "invalid option -- 'x'"),
    (("user", "list", "--json=x"), "option '--json' doesn't allow an argument"),
    (("user", "add", "x@va.example", "--comment"), "option '--comment' requires an argument"),
    (("export", "-no"), "option requires an argument -- 'o'"),
    (("user", "add", "--g=x"), "option '--g=x' is ambiguous; possibilities: '--generate' '--gid' '--group'\n"),
    (("user", "passwd", "--generate", "--no-password"), "--password-stdin, --password-hash, --generate and --no-password cannot be combined"),
    (("index", "--anew", "--watch"), "--anew, --verify and --watch cannot be combined"),
    (("domain", "add", "--ids=70000-70999", "--no-ids", "vx.example"), "--ids, --ids-size and --no-ids cannot be combined"),
    (("domain", "add", "--ids-size=0", "vx.example"), "--ids-size must be a number, at least 1, not '0'"),
    (("domain", "add", *(f"--alias=v{i}.example" for i in range(65)), "vx.example"), "too many options (more than 64)"),
    (("user", "expire", "--maximum=100000", "x@va.example"), "--maximum must be a number of days, 0 to 99999, or never, not '100000'"),
    (("user", "list", "--", "--json"), "'--json' is not a valid domain"),
    (("user",), "missing command"),
    ((), "missing command"),
    (("user", "show"), "missing argument: USER@DOMAIN"),
    (("user", "show", "bob@va.example", "more"), "too many arguments: 'more'"),
    (("user", "show", "bob"), "write USER@DOMAIN"),
    (("user", "show", "b/ob@va.example"), "no valid user"),
    (("user", "list", "../etc"), "is not a valid domain"),
])
def test_a_wrong_command_line_is_told_with_a_suggestion(arguments, hint):
    assert hint in ctl_fails(USAGE, *arguments)


def test_options_may_be_cut_short_joined_and_behind_the_arguments():
    listed = ctl_out("--json", "user", "list", "va.example")
    assert ctl_out("user", "list", "va.example", "--js") == ctl_out("-ny", "user", "list", "--json", "--", "va.example") == listed
    assert ctl_out("user", "list", "va.example", "--help") == ctl_out("help", "user", "list")
    assert ctl_out("user", "set", "--usage").startswith("Usage: vmailctl user set [-ny?V] [--comment=TEXT] [--gid=GROUP]")


def test_an_unknown_domain_or_user_is_told_with_a_suggestion():
    rejected = ctl("user", "list", "va.exampel")
    assert rejected.returncode == NO_SUCH
    assert rejected.stderr == "vmailctl: no such domain: va.exampel; did you mean 'va.example'?\n"
    assert "va.example has no user bbo; did you mean 'bob'?" in ctl_fails(NO_SUCH, "user", "show", "bbo@va.example")


def test_an_error_is_json_for_programs():
    done = ctl("--json", "user", "show", "nobody-here@va.example")
    assert (done.returncode, done.stdout) == (NO_SUCH, "")
    assert done.stderr == '{"error": "va.example has no user nobody-here"}\n'


def test_a_wrong_line_of_vmail_conf_is_a_warning(vmail_conf):
    vmail_conf("[domain va.example]\nnonsense = 1\n")
    done = ctl("user", "list", "va.example")
    assert done.returncode == DONE
    assert done.stderr.startswith("vmailctl: warning: ") and "vmail.conf:2:" in done.stderr


def test_a_vmail_conf_that_cannot_be_trusted_ends_the_command(vmail_conf):
    vmail_conf("", mode=0o666)
    assert "vmail.conf" in ctl_fails(UNAVAILABLE, "user", "list")


def test_the_environment_leads_nowhere_else():
    assert ctl_out("user", "list", env={"VMAIL_DIRECTORY": "/nonexistent"}) == ctl_out("user", "list")


def test_a_full_disk_under_the_output_is_an_error():
    with open("/dev/full", "w") as full:
        done = subprocess.run([VMAILCTL, "user", "list"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == UNAVAILABLE and "cannot write the output" in done.stderr


@pytest.mark.parametrize("command, code", [(("user", "list"), UNAVAILABLE), (("check", "--dns=no", "no-such.example"), NO_SUCH)])
def test_a_closed_output_is_an_error(command, code):
    done = subprocess.run([VMAILCTL, *command], preexec_fn=lambda: os.close(1), stderr=subprocess.PIPE, text=True)
    assert done.returncode == code and done.stderr


def test_a_password_that_nobody_would_see_is_not_made(scene):
    before = (ETC / "shadow.va.example").read_bytes()
    done = subprocess.run([VMAILCTL, "user", "passwd", "bob@va.example", "--generate"], preexec_fn=lambda: os.close(1),
                          stderr=subprocess.PIPE, text=True)
    assert done.returncode == UNAVAILABLE and "nobody would see the password" in done.stderr
    assert (ETC / "shadow.va.example").read_bytes() == before


def test_a_full_disk_is_told_whatever_the_answer_was(vmail_conf):
    vmail_conf("[domain va.example]\nadress = 192.0.2.1\n")
    with open("/dev/full", "w") as full:
        done = subprocess.run([VMAILCTL, "check", "--dns=no"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == UNAVAILABLE and "cannot write the output" in done.stderr


# domains


def test_domain_list_shows_every_domain(scene):
    rows = {row["domain"]: row for row in ctl_json("domain", "list")}
    assert rows["va.example"] == {
        "domain": "va.example", "users": len(scene.va.users), "groups": 1, "aliases": ["va.example.org"],
        "addresses": rows["va.example"]["addresses"], "ids": "70000-70999"}
    assert sorted(rows["va.example"]["addresses"]) == ["127.0.0.2", "::2"]
    assert rows["vb.example"]["users"] == 1 and rows["vb.example"]["groups"] == 0


def test_domain_list_is_a_table_with_numbers_on_the_right():
    heading, *lines = ctl_out("domain", "list").splitlines()
    assert heading.split()[:3] == ["DOMAIN", "USERS", "GROUPS"]
    line = next(line for line in lines if line.startswith("va.example "))
    assert line[:heading.index("USERS") + len("USERS")].endswith("    5")
    assert "va.example.org" in line and "\x1b" not in heading


def test_a_domain_with_a_section_only_is_listed_too(vmail_conf):
    vmail_conf("[domain vc.example]\n")
    row = next(row for row in ctl_json("domain", "list") if row["domain"] == "vc.example")
    assert row == {"domain": "vc.example", "users": 0, "groups": 0, "aliases": [], "addresses": [], "ids": None}


def test_a_file_that_cannot_be_trusted_is_told_and_the_others_are_listed(make_domain):
    make_domain("vc.example", User("tom", 77001, "secret")).passwd.chmod(0o666)
    done = ctl("domain", "list")
    assert done.returncode == UNAVAILABLE
    assert "passwd.vc.example" in done.stderr and "va.example" in done.stdout


# users


@pytest.mark.parametrize("who", ["root", "sue"])
def test_user_list_shows_the_users_of_all_domains_to_everybody(who):
    users = [row["user"] for row in ctl_json("user", "list", as_user=None if who == "root" else who)]
    assert {"bob@va.example", "alice@va.example", "bob@vb.example"} <= set(users)


def test_user_list_takes_domains_and_their_aliases():
    assert [row["user"] for row in ctl_json("user", "list", "vb.example")] == ["bob@vb.example"]
    assert ctl_json("user", "list", "VA.example.ORG") == ctl_json("user", "list", "va.example")


def test_a_table_is_aligned_by_what_a_terminal_shows(make_domain):
    make_domain("vc.example", User("a", 77001, "secret", gecos="日本"), User("b", 77002, "secret", gecos="Jürg"))
    heading, a, b = ctl_out("user", "list", "vc.example").splitlines()
    column = heading.index("HOME")
    assert a.index("/vhome") == column - 2 and b.index("/vhome") == column


def test_what_could_steer_a_terminal_never_comes_out_raw(make_domain):
    make_domain("vc.example", User("a", 77001, "secret", gecos="x\u009b31m\u202ey"))
    assert "x\\u009b31m\\u202ey" in ctl_out("user", "list", "vc.example")


def test_user_show_tells_about_one_user():
    bob = ctl_json("user", "show", "BOB@va.example.org")
    assert bob["user"] == "bob@va.example" and bob["uid"] == 70000 and bob["groups"] == ["staff"]
    assert bob["home"] == "/vhome/va.example/bob" and bob["mailbox"] == "/vhome/va.example/bob/Maildir"
    assert "$" not in str(bob)


@pytest.mark.parametrize("user, state", [("locked", "locked"), ("bob", "weak hash")])
def test_user_show_tells_the_state_of_the_password_to_root_alone(user, state):
    assert ctl_json("user", "show", f"{user}@va.example")["password"] == state
    done = ctl("--json", "user", "show", f"{user}@va.example", user="sue")
    assert done.returncode == DONE and "shadow.va.example" in done.stderr
    assert json.loads(done.stdout)["password"] is None


def test_user_show_is_a_list_for_people():
    lines = dict(line.split(":", 1) for line in ctl_out("user", "show", "bob@va.example").splitlines())
    assert lines["User"].strip() == "bob@va.example" and lines["Comment"].strip() == "Bob of VA"


# colour


def on_terminal(*arguments, **env):
    """What vmailctl prints on a terminal."""
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.pop("NO_COLOR", None)
        os.execve(VMAILCTL, [VMAILCTL, *arguments], {**os.environ, "TERM": "xterm", **env})
    text = b""
    try:
        while chunk := os.read(fd, 4096):
            text += chunk
    except OSError:  # the terminal is gone with the program
        pass
    os.close(fd)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == DONE
    return text.decode()


def test_headings_are_in_bold_on_a_terminal_only():
    assert "\x1b[1mUSER" in on_terminal("user", "list")
    assert "\x1b" not in on_terminal("user", "list", NO_COLOR="1")
    assert "\x1b" not in on_terminal("user", "list", "--color=never")
    assert "\x1b[1mUSER" in ctl_out("--color=always", "user", "list")


# completion


@pytest.mark.parametrize("line, expected", [
    ("vmailctl us", ["vmailctl user"]),
    ("vmailctl user ", ["vmailctl user list", "vmailctl user show"]),
    ("vmailctl user list --js", ["vmailctl user list --json"]),
    ("vmailctl --color=al", ["vmailctl --color=always"]),
    ("vmailctl import --scheme=p", ["vmailctl import --scheme=plain"]),
    ("vmailctl user list vb", ["vmailctl user list vb.example"]),
    ("vmailctl user show ali", ["vmailctl user show alice@va.example"]),
    ("vmailctl user show bob@vb", ["vmailctl user show bob@vb.example"]),
    ("vmailctl user show bob@vb.example ", []),
    ("vmailctl group show st", ["vmailctl group show staff@va.example"]),
    ("vmailctl group member a", ["vmailctl group member add"]),
    ("vmailctl frobnicate ", []),
])
def test_bash_completes_commands_options_domains_and_users(line, expected):
    completed = complete(line.replace("vmailctl", VMAILCTL, 1))
    wanted = [text.replace("vmailctl", VMAILCTL, 1) for text in expected]
    assert completed == wanted if line != "vmailctl user " else set(wanted) <= set(completed)


# Names that a co-administrator might think of, for root to press TAB at.
SHELL_NAMES = ["$(id)", "a;reboot", "|id", "*", "`id`", "x>y", "o'brien", 'o"neill', "a\\b", "!!", "~root", "{a}", "a=b"]


@pytest.fixture
def shell_names(make_domain):
    make_domain("vc.example", *(User(name, 77001 + i, "x") for i, name in enumerate(SHELL_NAMES)))


def words_of(line):
    """What a shell takes the line for; it must be one plain command, which is not run."""
    done = subprocess.run(["bash", "-c", f"printf '%s\\n' {line}"], cwd="/", stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.splitlines()


def test_bash_completes_a_name_to_a_word_that_is_nothing_but_the_name(shell_names):
    lines = [line for line in complete(f"{VMAILCTL} user show ") if "vc.example" in line]
    assert [words_of(line) for line in lines] == [[VMAILCTL, "user", "show", f"{name}@vc.example"] for name in SHELL_NAMES]


@pytest.mark.parametrize("typed, completed", [
    ("\\$\\(i", "\\$\\(id\\)@vc.example"), ("\\$\\(id\\)@vc", "\\$\\(id\\)@vc.example"), ("a\\;re", "a\\;reboot@vc.example"),
    ("\\|", "\\|id@vc.example"), ("*", "\\*@vc.example"), ("a=", "a=b@vc.example"), ("o\\'br", "o\\'brien@vc.example"),
    ("a\\\\", "a\\\\b@vc.example"),
])
def test_bash_completes_what_was_typed_with_backslashes(shell_names, typed, completed):
    assert complete(f"{VMAILCTL} user show {typed}") == [f"{VMAILCTL} user show {completed}"]


@pytest.mark.parametrize("typed", ["'", '"$(i', "$", "`", "a;r", "$(i"])
def test_bash_completes_nothing_where_the_shell_has_more_to_do_than_to_take_a_word(shell_names, typed):
    assert complete(f"{VMAILCTL} user show {typed}") == []
