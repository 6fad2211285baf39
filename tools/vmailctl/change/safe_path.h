/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Paths to homes and mailboxes, followed safely by root: from "/", directory by directory, never
 * through a symbolic link, and only through directories owned by root that no ordinary user may
 * write to (except sticky ones, and those of a system group, such as /var/mail).
 */
#ifndef VMAILCTL_SAFE_PATH_H
#define VMAILCTL_SAFE_PATH_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "error.h"

/** How missing directories are created. */
struct safe_path_make {
    mode_t mode;
    gid_t group; /* of the last one; those above are 0755 root:root */
};

/** 0755 root:root. */
extern const struct safe_path_make safe_path_plain;

/**
 * Opens the directory that contains the absolute PATH, and writes the last part of PATH to NAME.
 * Creates missing directories as MAKE says, unless it is NULL. Returns a descriptor, which the
 * caller closes; -1 with ERROR, with the code ENOENT if a directory is missing.
 */
int safe_path_open_parent(const char *path, const struct safe_path_make *make,
                          char name[NAME_MAX + 1], struct vmail_error *error);

/** Whether PATH is absolute and plain: no "//", "." or "..", no "/" at its end. */
bool safe_path_is_plain(const char *path);

/** Whether the directory NAME in PARENT is empty: 1 or 0; -1 if this is unknown. */
int safe_path_is_empty(int parent, const char *name);

/**
 * Whether it is a directory that root owns, everybody can enter and only root can write to, as
 * sshd(8) requires for a chroot.
 */
bool safe_path_is_roots(const struct stat *status);

#endif
