/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Lists the groups of each user: group(5) inverted, for the index.
 */
#ifndef VMAIL_MEMBERS_H
#define VMAIL_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "name.h"
#include "record.h"

struct vmail_membership {
    char user[VMAIL_USER_MAX + 1];
    uint32_t gid;
    size_t order; /* of the lines */
};

/** All zero: empty. */
struct vmail_members {
    struct vmail_membership *membership;
    size_t count;
    size_t next; /* of vmail_members_next */
    bool sorted;
    bool no_memory;
    char *value;
};

/** Adds the members of GROUP, folded if FOLD is set. Returns false if out of memory. */
bool vmail_members_add(struct vmail_members *members, const struct vmail_group *group, bool fold);

/**
 * Returns the next USER with the LENGTH bytes at VALUE that an index holds for this user (see
 * index_format.h). Both live until the next call. Returns false at the end, or with no_memory set.
 */
bool vmail_members_next(struct vmail_members *members, const char **user, const char **value,
                        size_t *length);

void vmail_members_free(struct vmail_members *members);

#endif
