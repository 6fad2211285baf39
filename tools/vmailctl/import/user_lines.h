/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Users from lines that start with a name, with or without its domain, and a password.
 */
#ifndef VMAILCTL_IMPORT_USER_LINES_H
#define VMAILCTL_IMPORT_USER_LINES_H

#include "import/readers.h"
#include "import/source.h"

/**
 * Adds the user NAME, "user" or "user@domain", with PASSWORD; without "{SCHEME}", it has the scheme
 * of the input. Returns the user, or NULL if memory is short.
 */
struct import_user *user_line_add(struct source *source, const struct import_input *input,
                                  char *name, const char *password);

#endif
