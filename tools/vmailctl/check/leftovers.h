/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Leftover files: new contents that an interrupted write left in the directory, see replace.h. They
 * may contain hashes.
 */
#ifndef VMAILCTL_CHECK_LEFTOVERS_H
#define VMAILCTL_CHECK_LEFTOVERS_H

#include "context.h"

/**
 * Calls FUNCTION for each, with the directory and the file's name in it, ".passwd.va.example.new":
 * a regular file, owned by the owner of the directory, and not locked. VMAIL_OK, or as
 * vmail_trusted_open_directory.
 */
enum vmail_result leftovers_each(const struct context *context,
                                 void (*function)(void *data, int directory, const char *name),
                                 void *data);

#endif
