# SPDX-License-Identifier: LGPL-2.1-or-later
"""Terminal sessions in pages: lines that are indented by four blanks, a command after "# " or "$ " with what it shows below."""

import os
import pty
import re
import select
import termios

# What differs each time: a password that was made up, and how many milliseconds a step of a log-in took.
CHANGING = [(r"\b(?:[a-z0-9]{5}-){3}[a-z0-9]{5}\b", "(password)"),
            (r"^((?:resolve|user|password|account|get\w+) .*) \d+ *$", r"\1 (time)")]


def steps(text):
    """(prompt, command, lines that are shown below it) for each command in TEXT."""
    found = []
    for line in re.findall(r"^    (.*)$", text, re.M):
        if line[:2] in ("# ", "$ "):
            found.append((line[0], line[2:], []))
        elif found:
            found[-1][2].append(line)
    return found


def has_echo(fd):
    """False once a program waits for a password. Some prompt before they turn the echo off, and drop what was typed until then."""
    return termios.tcgetattr(fd)[3] & termios.ECHO


def on_terminal(argv, answer):
    """What a program shows on a terminal where every password that it asks for is ANSWER."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execvpe(argv[0], argv, {**os.environ, "NO_COLOR": "1", "TERM": "xterm"})
    shown, answered = b"", 0
    try:
        while True:
            if select.select([fd], [], [], 0.05)[0]:
                chunk = os.read(fd, 4096)
                if not chunk:
                    break
                shown += chunk
            elif len(shown) > answered and re.search(rb"password[^\n]*: ?$", shown, re.I) and not has_echo(fd):
                os.write(fd, answer + b"\n")
                answered = len(shown)
    except OSError:  # the terminal is gone with the program
        pass
    os.close(fd)
    os.waitpid(pid, 0)
    return shown.decode().replace("\r", "")


def comparable(text, changing=()):
    """The lines of TEXT without what differs each time; CHANGING: more of that, as (pattern, word)."""
    for pattern, word in (*CHANGING, *changing):
        text = re.sub(pattern, word, text, flags=re.M)
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]
