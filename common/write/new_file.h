/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The mode and group of a new file in the directory. The file gets the owner of the directory.
 */
#ifndef VMAIL_NEW_FILE_H
#define VMAIL_NEW_FILE_H

#include <stdbool.h>
#include <sys/types.h>

struct vmail_new_file {
    mode_t mode;
    gid_t group;
};

/** Returns 0644 root:root, for passwd, group, aliases and vmail.conf. */
struct vmail_new_file vmail_new_file_public(void);

/**
 * Returns 0640 root:shadow, as the system's own shadow file; 0600 if there is no such group. Uses
 * NSS, which may be slow: call it before taking a lock.
 */
struct vmail_new_file vmail_new_file_shadow(void);

#endif
