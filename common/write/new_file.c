/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "new_file.h"

#include <grp.h>
#include <stddef.h>
#include <unistd.h>

#include "config.h"

enum { PUBLIC_MODE = 0644, SHADOW_MODE = 0640, SHADOW_MODE_ALONE = 0600 };

/* A process that is not root, as in a unit test, cannot give a file to root's group. */
struct vmail_new_file vmail_new_file_public(void)
{
    return (struct vmail_new_file){ PUBLIC_MODE, geteuid() == 0 ? 0 : getegid() };
}

struct vmail_new_file vmail_new_file_shadow(void)
{
    struct group entry, *group = NULL;
    char buffer[4096];
    if (getgrnam_r("shadow", &entry, buffer, sizeof buffer, &group) == 0 && group != NULL &&
        group->gr_gid < VMAIL_IDS_LOWEST)
        return (struct vmail_new_file){ SHADOW_MODE, entry.gr_gid };
    return (struct vmail_new_file){ SHADOW_MODE_ALONE, getegid() };
}
