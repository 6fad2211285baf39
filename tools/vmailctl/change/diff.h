/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Differences: the output of --dry-run, a unified diff of one file. It never contains hashes.
 */
#ifndef VMAILCTL_DIFF_H
#define VMAILCTL_DIFF_H

#include "text_buffer.h"

/** The kind of file, which determines what in it is secret. */
enum diff_kind {
    DIFF_PLAIN,  /* nothing: vmail.conf, aliases, groups */
    DIFF_PASSWD, /* field 2 of passwd(5), if it is a hash */
    DIFF_SHADOW, /* field 2 of shadow(5) */
};

/**
 * Makes the diff from OLD to NEW, of the file PATH: "--- PATH", "+++ PATH" and hunks with three
 * lines around each change; "" if there is no change. A hash is shown as <hash>, after the "!" of a
 * lock; a line of such a file with the wrong number of fields, which may contain anything, as
 * <line>. The caller frees the result; NULL if memory is short.
 */
char *diff_make(const char *path, enum diff_kind kind, struct vmail_piece old,
                struct vmail_piece new);

#endif
