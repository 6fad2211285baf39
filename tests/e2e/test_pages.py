# SPDX-License-Identifier: LGPL-2.1-or-later
"""The man pages: each option and each key of the code is in its page, and the pages name no other ones."""

import re

import pytest

from programs import SOURCE, run

MAN = SOURCE / "man"
PAGES = sorted(path for path in MAN.iterdir() if not re.search(r"^\.so ", path.read_text(), re.M))


def text_of(page):
    """The words of a page, without fonts and escapes."""
    text = re.sub(r'^\.\\".*$', "", (MAN / page).read_text(), flags=re.M)
    text = re.sub(r"\\f[A-Z]|\\\([a-z]{2}|\\&", "", text).replace("\\-", "-").replace('"', " ")
    return re.sub(r"^\.[A-Z]{1,2} ", "", text, flags=re.M)


def long_options(text):
    """Programs of others have options, too: in pages, they stand behind the name of the program."""
    text = re.sub(r"\b(?:tar|deluser|faillock|systemd-analyze|exim4|sshd|setpriv|chpasswd|pop3d)\b[^\n]*", "", text)
    return set(re.findall(r"(?<![\w-])--([a-z][a-z-]*)", text))


def commands():
    names = re.findall(r"^COMMAND\((\w+)\)", (SOURCE / "tools/vmailctl/cli/commands.def").read_text(), re.M)
    assert len(names) > 30
    return [name.replace("_", " ").split() for name in names if name != "complete"]


def test_each_option_of_vmailctl_is_in_its_page_and_the_reverse():
    options = set()
    for words in commands():
        done = run("/usr/sbin/vmailctl", *words, "--help")
        assert done.returncode == 0, (words, done.stderr)
        options |= long_options(done.stdout)
    assert len(options) > 40
    assert long_options(text_of("vmailctl.8")) == options


def test_each_command_of_vmailctl_is_in_its_page():
    text = " ".join(text_of("vmailctl.8").split())
    groups = {words[0] for words in commands() if len(words) > 1}
    missing = [" ".join(words) for words in commands() if words[0] != "help" and (len(words) > 1 or words[0] not in groups)
               and f"vmailctl {' '.join(words)}" not in text]
    assert not missing


@pytest.mark.parametrize("page, program", [("vmail-map.8", "/usr/sbin/vmail-map"), ("vmail-deliver.8", "/usr/sbin/vmail-deliver")])
def test_each_option_of_the_other_programs_is_in_its_page_and_the_reverse(page, program):
    source = (SOURCE / "tools" / page.removesuffix(".8") / "main.c").read_text()
    options = set(re.findall(r'\{ "([a-z-]+)", \w+_argument', source))
    assert options
    named = long_options(text_of(page))
    assert options <= named and not {option for option in named - options if run(program, f"--{option}", "x").returncode not in (2, 64)}


def test_each_option_of_pam_vmail_is_in_its_page_and_the_reverse():
    source = (SOURCE / "pam_vmail/option_word.c").read_text()
    words = {word.rstrip("=") for word in re.findall(r'"([a-z_]+=?)"', source) if word not in ("stdin", "env")}
    section = re.search(r"^\.SH OPTIONS\n(.*?)^\.SH ", (MAN / "pam_vmail.8").read_text(), re.M | re.S).group(1)
    heads = re.findall(r"^\.T[PQ]\n\.(?:BI?|BR) (.*)$", section, re.M)
    named = {re.split(r"[= ]", head.replace("\\", "").replace('"', ""))[0] for line in heads for head in line.split(" , ")}
    assert len(words) > 10
    assert words - named == set() and named - words <= {"authtok_type"}


def test_each_key_of_vmail_conf_is_in_its_page_and_the_reverse():
    source = (SOURCE / "common/config/config_parse.c").read_text()
    keys = set(re.findall(r'\{ SECTION_\w+, "([a-z_]+)"', source))
    named = set(re.findall(r'^\.BI? "?([a-z_]+) = ?"?', (MAN / "vmail.conf.5").read_text(), re.M))
    assert len(keys) > 20 and named == keys


@pytest.mark.parametrize("page", [path.name for path in PAGES])
def test_each_page_has_examples(page):
    assert re.search(r"^\.SH EXAMPLES?$", (MAN / page).read_text(), re.M)
