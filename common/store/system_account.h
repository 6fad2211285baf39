/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Recognizes system accounts: the plain name of one never means a virtual user or group.
 */
#ifndef VMAIL_SYSTEM_ACCOUNT_H
#define VMAIL_SYSTEM_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "paths.h"
#include "record.h"

/** Whether ID is of a system account: below VMAIL_IDS_LOWEST, nobody's (65534, 65535) or -1. */
bool vmail_id_is_system(uint32_t id);

/**
 * Whether NAME is a system account: `root`, or a name that the system's own passwd file (KIND
 * VMAIL_PASSWD) or group file (VMAIL_GROUP) gives to a system account's id. Case is ignored.
 * Returns VMAIL_OK: it is; VMAIL_NOT_FOUND: it is not; VMAIL_UNAVAILABLE or VMAIL_NO_MEMORY: the
 * file cannot be read now.
 */
enum vmail_result vmail_system_find_name(const struct vmail_paths *paths, enum vmail_kind kind,
                                         const char *name);

/** As vmail_system_find_name: whether ID is of a system account, or has any line in the file. */
enum vmail_result vmail_system_find_id(const struct vmail_paths *paths, enum vmail_kind kind,
                                       uint32_t id);

/** As vmail_system_find_name: whether the file has any line of NAME, whatever its id is. */
enum vmail_result vmail_system_has_name(const struct vmail_paths *paths, enum vmail_kind kind,
                                        const char *name);

#endif
