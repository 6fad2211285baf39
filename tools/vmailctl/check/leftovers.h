/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Leftover files in the directory: new contents that an interrupted write left, see replace.h, and
 * passwd files that an interrupted deletion of a domain set aside, see vmail_set_aside. They may
 * contain hashes.
 */
#ifndef VMAILCTL_CHECK_LEFTOVERS_H
#define VMAILCTL_CHECK_LEFTOVERS_H

#include "context.h"

/** Gets the name of a file in DIRECTORY; and, for a passwd file that was set aside, its domain. */
typedef void leftover_function(void *data, int directory, const char *name, const char *domain);

/**
 * Calls FUNCTION for each new file, ".passwd.va.example.new": a regular file, owned by the owner of
 * the directory, and not locked; and for each passwd file that was set aside. False: no memory.
 */
bool leftovers_each(const struct context *context, leftover_function *function, void *data);

#endif
