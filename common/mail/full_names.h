/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The full names of a domain's users, as `match_full_name' of vmail.conf looks for them.
 */
#ifndef VMAIL_FULL_NAMES_H
#define VMAIL_FULL_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "error.h"
#include "file_state.h"
#include "vmail_file.h"

struct vmail_full_name {
    uint32_t hash;
    char *text; /* the NUL is followed by the user's name and another NUL */
};

struct vmail_full_names {
    struct vmail_full_name *name; /* sorted by hash */
    size_t count;
};

/**
 * Reads the names in the GECOS fields of FILE, a passwd file, whose path is PATH; a missing file
 * has none. VERSION is that of the file. Returns VMAIL_OK; VMAIL_UNAVAILABLE with ERROR if the file
 * cannot be read or is not trusted; VMAIL_NO_MEMORY. The caller ends NAMES in each case.
 */
enum vmail_result vmail_full_names_read(struct vmail_file file, const char *path,
                                        struct vmail_full_names *names,
                                        struct vmail_file_version *version,
                                        struct vmail_error *error);

void vmail_full_names_end(struct vmail_full_names *names);

/** Returns the user whose full name is LOCAL, in any case, with dots or underscores for spaces.
 * NULL if there is none, or more than one. */
const char *vmail_full_names_find(const struct vmail_full_names *names, const char *local);

#endif
