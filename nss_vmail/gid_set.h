/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The gids that group.DOMAIN gives to groups, for telling at once which users of the domain have a
 * private group: an enumeration asks that of every user.
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
 * Reads the gids of the domain that TABLE, any of its tables, belongs to. Returns VMAIL_OK, also
 * where the domain has no group file; else as vmail_table_open. The caller clears SET.
 */
enum vmail_result gid_set_read(struct gid_set *set, const struct vmail_table *table);

bool gid_set_has(const struct gid_set *set, uint32_t gid);

void gid_set_clear(struct gid_set *set);

#endif
