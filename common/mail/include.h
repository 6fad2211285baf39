/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A list that an alias includes: `:include:/path'.
 */
#ifndef VMAIL_INCLUDE_H
#define VMAIL_INCLUDE_H

#include "aliases.h"
#include "error.h"
#include "file_state.h"
#include "paths.h"

/**
 * Reads the file PATH, which is absolute: targets as in an alias file, one or more on each line,
 * and comments. LIST gets one entry, which has them all, or none if the file is empty. VERSION is
 * that of the file. Returns VMAIL_OK; VMAIL_UNAVAILABLE with ERROR if the file is missing, cannot
 * be read, is not trusted (vmail_trusted_open) or is not a list; VMAIL_NO_MEMORY. The caller ends
 * LIST in each case.
 */
enum vmail_result vmail_include_read(const struct vmail_paths *paths, const char *path,
                                     struct vmail_aliases *list, struct vmail_file_version *version,
                                     struct vmail_error *error);

#endif
