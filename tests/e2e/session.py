# SPDX-License-Identifier: LGPL-2.1-or-later
"""Terminal sessions in pages: lines that are indented by four blanks, a command after "# " or "$ " with what it shows below."""

import os
import pty
import re

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


def on_terminal(argv, answer):
    """What a program shows on a terminal where every password that it asks for is ANSWER."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execvpe(argv[0], argv, {**os.environ, "NO_COLOR": "1", "TERM": "xterm"})
    shown = b""
    try:
        while chunk := os.read(fd, 4096):
            shown += chunk
            if re.search(rb"password[^\n]*: ?$", shown, re.I):
                os.write(fd, answer + b"\n")
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
