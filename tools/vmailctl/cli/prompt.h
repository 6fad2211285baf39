/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Prompts: asks the person at the terminal. Uses /dev/tty, so that standard input and output may be
 * pipes.
 */
#ifndef VMAILCTL_PROMPT_H
#define VMAILCTL_PROMPT_H

#include "context.h"

/** A password. The owner ends it with secret_wipe. */
enum { SECRET_MAX = 511 }; /* crypt(3) takes no more */

struct secret {
    char text[SECRET_MAX + 1];
};

void secret_wipe(struct secret *secret);

/** Wipes and frees TEXT, a password or a hash, or NULL. */
void secret_free(char *text);

/**
 * Asks QUESTION, made as by printf(3) and without the final "?". EXIT_DONE for yes, or without
 * asking with --yes or --dry-run; EXIT_NEGATIVE for no; EXIT_USAGE with a message if there is no
 * terminal.
 */
enum exit_code prompt_yes_no(const struct context *context, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * Asks for a password without showing it: LABEL ("New password for bob@va.example"), then, with
 * TWICE, again. EXIT_DONE with SECRET; EXIT_BAD_DATA, with a message, if the two differ, or if it
 * is empty or too long; EXIT_USAGE if there is no terminal. Signals that end or stop the program
 * are delivered after the terminal is restored.
 */
enum exit_code prompt_password(const struct context *context, const char *label, bool twice,
                               struct secret *secret);

/** --password-stdin: the first line of standard input. EXIT_DONE, EXIT_BAD_DATA. */
enum exit_code prompt_password_stdin(const struct context *context, struct secret *secret);

#endif
