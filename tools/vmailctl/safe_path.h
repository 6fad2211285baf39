/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Paths to homes and mailboxes, walked by root without being led astray: from "/" on, directory by
 * directory, never through a symbolic link, and only through directories that are root's and that
 * no ordinary user may write to (but sticky ones, and those of a system group as /var/mail).
 */
#ifndef VMAILCTL_SAFE_PATH_H
#define VMAILCTL_SAFE_PATH_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "error.h"

/** Of directories that are missing: what they become. */
struct safe_path_make {
    mode_t mode;
    gid_t group; /* of the last one; those above are 0755 root:root */
};

/**
 * Opens the directory in which the absolute PATH lies, and writes its last part to NAME. Missing
 * directories are made as MAKE says, unless that is NULL. Returns a descriptor, the caller's to
 * close; -1 with ERROR, whose code is ENOENT where a directory is missing.
 */
int safe_path_open_parent(const char *path, const struct safe_path_make *make,
                          char name[NAME_MAX + 1], struct vmail_error *error);

/** Whether PATH is absolute and in the plainest form: no "//", "." or "..", no "/" at its end. */
bool safe_path_is_plain(const char *path);

/** Whether it is a directory that root owns, everybody can enter and only root can write to, as
 * sshd(8) wants a new root to be. */
bool safe_path_is_roots(const struct stat *status);

#endif
