/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Appends a message to a file, for aliases that name one.
 */
#ifndef VMAIL_DELIVER_MBOX_H
#define VMAIL_DELIVER_MBOX_H

#include "error.h"

/**
 * Appends what FD has, a regular file that starts with a header, to the file PATH as mbox(5) with
 * "From SENDER", under a lock of fcntl(2). Makes the file if there is none; /dev/null takes
 * all. If it fails, the file is as long as before. Refuses links, files with a second name, and
 * all but regular files. Returns 0; or, with ERROR, EX_TEMPFAIL.
 */
int mbox_append(const char *path, const char *sender, int fd, struct vmail_error *error);

#endif
