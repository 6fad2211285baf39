/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The gids in group.DOMAIN. An enumeration uses this set to check quickly, for each user of the
 * domain, whether the user has a private group.
 */
#ifndef NSS_VMAIL_GID_SET_H
#define NSS_VMAIL_GID_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "table.h"

struct gid_set {
    uint32_t *gid; /* sorted */
    size_t count;
};

/**
 * Reads the group gids of the domain of TABLE, which may be of any kind. Returns VMAIL_OK, even if
 * the domain has no group file, or an error of vmail_table_open. The caller clears SET.
 */
enum vmail_result gid_set_read(struct gid_set *set, const struct vmail_table *table);

bool gid_set_has(const struct gid_set *set, uint32_t gid);

void gid_set_clear(struct gid_set *set);

#endif
