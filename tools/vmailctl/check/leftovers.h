/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Left-over files: new contents that a write cut short has left in the directory, see replace.h.
 * They may hold hashes.
 */
#ifndef VMAILCTL_CHECK_LEFTOVERS_H
#define VMAILCTL_CHECK_LEFTOVERS_H

#include "context.h"

/**
 * Calls FUNCTION for each, with the directory and the file's name there, ".passwd.va.example.new":
 * a regular file, of the directory's owner, whose lock nobody holds. VMAIL_OK, or as
 * vmail_trusted_open_directory.
 */
enum vmail_result leftovers_each(const struct context *context,
                                 void (*function)(void *data, int directory, const char *name),
                                 void *data);

#endif
