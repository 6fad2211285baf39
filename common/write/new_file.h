/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What mode and group a new file of the directory gets. Its owner is that of the directory.
 */
#ifndef VMAIL_NEW_FILE_H
#define VMAIL_NEW_FILE_H

#include <stdbool.h>
#include <sys/types.h>

struct vmail_new_file {
    mode_t mode;
    gid_t group;
};

/** 0644 root:root, of passwd, group, aliases and vmail.conf. */
struct vmail_new_file vmail_new_file_public(void);

/**
 * 0640 root:shadow, as the system's own shadow file; 0600 where there is no such group. Asks NSS,
 * which may take its time: call it before taking a lock.
 */
struct vmail_new_file vmail_new_file_shadow(void);

#endif
