/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Differences: what --dry-run shows, a unified diff of one file. Hashes are never in it.
 */
#ifndef VMAILCTL_DIFF_H
#define VMAILCTL_DIFF_H

#include <stddef.h>

/** What the file is, and with that what in it is secret. */
enum diff_kind {
    DIFF_PLAIN,  /* nothing: vmail.conf, aliases, groups */
    DIFF_PASSWD, /* field 2 of passwd(5), where it is a hash */
    DIFF_SHADOW, /* field 2 of shadow(5) */
};

/**
 * Makes the diff from the OLD_LENGTH bytes at OLD to the NEW_LENGTH bytes at NEW, of the file PATH:
 * "--- PATH", "+++ PATH" and hunks with three lines around each change; "" where there is none.
 * A hash is shown as <hash>, with the "!" of a lock in front; a line of such a file that has not
 * the right number of fields, and may be anything, as <line>. The caller frees the result; NULL
 * where memory is short.
 */
char *diff_make(const char *path, enum diff_kind kind, const char *old, size_t old_length,
                const char *new, size_t new_length);

#endif
