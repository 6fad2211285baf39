# SPDX-License-Identifier: LGPL-2.1-or-later
"""Running vmailctl."""

import json
import os
import pty
import re

from programs import run

VMAILCTL = "/usr/sbin/vmailctl"
VMAIL_ADMIN = "/usr/sbin/vmail-admin"  # the same, for co-administrators
COMPLETION = "/usr/share/bash-completion/completions/vmailctl"

DONE, NEGATIVE, USAGE, NO_SUCH, EXISTS, REFUSED, UNAVAILABLE, BAD_DATA = range(8)


def ctl(*arguments, **options):
    """Runs vmailctl; options are run()'s. Gives the CompletedProcess."""
    return run(VMAILCTL, *arguments, **options)


def admin(*arguments, uid=None, **options):
    """Runs vmail-admin as root, with UID in SUDO_UID where sudo would have set it."""
    return run(VMAIL_ADMIN, *arguments, env=None if uid is None else {"SUDO_UID": str(uid)}, **options)


def ctl_out(*arguments, **options):
    """Standard output of a vmailctl that must succeed and have nothing to complain of."""
    done = ctl(*arguments, **options)
    assert (done.returncode, done.stderr) == (DONE, ""), f"{arguments}: {done.returncode} {done.stdout}{done.stderr}"
    return done.stdout


def ctl_json(*arguments, **options):
    """What vmailctl --json printed, which must succeed."""
    return json.loads(ctl_out("--json", *arguments, **options))


def ctl_fails(code, *arguments, **options):
    """Standard error of a vmailctl that must end with this code and print nothing else."""
    done = ctl(*arguments, **options)
    assert (done.returncode, done.stdout) == (code, ""), f"{arguments}: {done.returncode} {done.stdout}{done.stderr}"
    return done.stderr


def complete(line):
    """What bash completes LINE to, the cursor being at its end: the candidates, as bash would put them in."""
    # From the last of COMP_WORDBREAKS on, unless a backslash takes its meaning.
    word = re.search(r"""(?:\\.|[^ \t\n"'@><=;|&(:\\])*\\?$""", line).group()
    script = (f'. {COMPLETION}; COMP_LINE=$1 COMP_POINT=${{#1}}; _vmailctl; printf "%s\\n" "${{COMPREPLY[@]}}"')
    done = run("bash", "-eu", "-c", script, "bash", line)
    assert done.returncode == 0, done.stderr
    return [line[:len(line) - len(word)] + candidate for candidate in done.stdout.split("\n")[:-1] if candidate]


def on_terminal(*arguments, answers):
    """Runs vmailctl on a terminal and types the answers; gives what the screen showed and the exit code."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(VMAILCTL, [VMAILCTL, *arguments])
    shown = b""
    answers = list(answers)
    try:
        while chunk := os.read(fd, 4096):
            shown += chunk
            if re.search(rb"(: |\? \[y/N\] )$", shown) and answers:
                os.write(fd, answers.pop(0).encode() + b"\n")
    except OSError:  # the terminal is gone with the program
        pass
    os.close(fd)
    return shown.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
