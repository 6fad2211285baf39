/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Words for a shell: names and paths as they stand in a command that a message offers.
 *
 * A name of a user may hold whatever means something to a shell, and not root alone chooses names.
 */
#ifndef VMAIL_SHELL_WORD_H
#define VMAIL_SHELL_WORD_H

#include <stddef.h>

/** Room for any path, and any name of a user or group, as a word: a character may take four. */
enum { VMAIL_SHELL_PATH_MAX = 4 * 4096 + 3, VMAIL_SHELL_NAME_MAX = 4 * 64 + 3 };

/**
 * TEXT as one word of sh(1): itself where a shell sees nothing in it, else in single quotes, made
 * in OUT (SIZE bytes, at least 3). What does not fit becomes '', never half a path.
 */
const char *vmail_shell_word(const char *text, char *out, size_t size);

/** The first character of TEXT that means something to a shell, or '\0'. */
char vmail_shell_oddity(const char *text);

#endif
