/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "paths.h"

/* Every process loads the module, so it keeps its relocations to these few. */
const struct vmail_paths vmail_system_paths = {
    .directory = VMAIL_DIRECTORY,
    .cache = VMAIL_CACHE_DIRECTORY,
    .system_passwd = "/etc/passwd",
    .system_group = "/etc/group",
    .owner = 0,
};
