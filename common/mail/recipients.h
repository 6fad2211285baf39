/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The recipients of a relay domain: the file that its key `recipients' names.
 */
#ifndef VMAIL_RECIPIENTS_H
#define VMAIL_RECIPIENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "file_state.h"
#include "paths.h"

struct vmail_recipients {
    char *text;        /* the file, with its words in lower case */
    const char **word; /* addresses and local parts in it, sorted */
    size_t count;
};

/**
 * Reads the file PATH, which is absolute: an address or a local part on each line, in any case.
 * Lines that start with '#' are comments. VERSION is that of the file. Returns VMAIL_OK;
 * VMAIL_UNAVAILABLE with ERROR if the file is missing, cannot be read or is not trusted;
 * VMAIL_NO_MEMORY. The caller ends RECIPIENTS in each case.
 */
enum vmail_result vmail_recipients_read(const struct vmail_paths *paths, const char *path,
                                        struct vmail_recipients *recipients,
                                        struct vmail_file_version *version,
                                        struct vmail_error *error);

void vmail_recipients_end(struct vmail_recipients *recipients);

/** Whether ADDRESS (any case), or its local part, is one of RECIPIENTS. VMAIL_OK, VMAIL_NOT_FOUND
 * or VMAIL_NO_MEMORY. */
enum vmail_result vmail_recipients_have(const struct vmail_recipients *recipients,
                                        const char *address);

#endif
