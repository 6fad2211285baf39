/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Reads one line from the person at the terminal, with or without showing it.
 */
#ifndef VMAILCTL_TERMINAL_H
#define VMAILCTL_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * Reads a line from FD, byte by byte so that nothing after it is consumed, into LINE (SIZE bytes)
 * without its newline. Returns its length, even if it does not fit (then it is cut off); -1 at the
 * end of the input before any byte, or on an error, with errno; a signal gives EINTR.
 */
ssize_t terminal_read_line(int fd, char *line, size_t size);

/**
 * Prints PROMPT on /dev/tty and reads the answer as terminal_read_line does, hidden without ECHO.
 * Restores the terminal before a signal takes effect; after a stop, asks again. -1 also if there is
 * no terminal.
 */
ssize_t terminal_ask(const char *prompt, bool echo, char *line, size_t size);

#endif
