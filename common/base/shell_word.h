/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Words for a shell: names and paths in a command that a message suggests.
 *
 * User names may contain shell metacharacters, and not only root chooses names.
 */
#ifndef VMAIL_SHELL_WORD_H
#define VMAIL_SHELL_WORD_H

#include <stddef.h>

/** Room for any path, user name or group name as a word: one character may need four bytes. */
enum { VMAIL_SHELL_PATH_MAX = 4 * 4096 + 3, VMAIL_SHELL_NAME_MAX = 4 * 64 + 3 };

/**
 * Returns TEXT as one word of sh(1): TEXT itself if nothing in it is special to a shell, else TEXT
 * in single quotes, in OUT (SIZE bytes, at least 3). If it does not fit, returns '', not a part.
 */
const char *vmail_shell_word(const char *text, char *out, size_t size);

/** Returns the first character of TEXT that is special to a shell, or '\0'. */
char vmail_shell_oddity(const char *text);

#endif
