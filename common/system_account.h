/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Names that belong to the system: a plain one of these never means a virtual user or group.
 */
#ifndef VMAIL_SYSTEM_ACCOUNT_H
#define VMAIL_SYSTEM_ACCOUNT_H

#include <stdbool.h>

#include "paths.h"

/**
 * Whether NAME is `root` or a name that the system's passwd file gives to a uid below
 * VMAIL_IDS_LOWEST. True where that file cannot be read. Upper and lower case are one.
 */
bool vmail_is_system_user(const struct vmail_paths *paths, const char *name);

/** As vmail_is_system_user, for the system's group file and gids. */
bool vmail_is_system_group(const struct vmail_paths *paths, const char *name);

#endif
