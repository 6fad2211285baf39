/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "members.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"

static bool add_membership(struct vmail_members *members, const char *user, size_t length,
                           uint32_t gid, bool fold)
{
    struct vmail_membership *row =
        vmail_array_append(&members->membership, &members->count, sizeof *row);
    if (row == NULL)
        return false;
    row->gid = gid;
    row->order = members->count;
    if (fold)
        vmail_fold_copy(row->user, user, length);
    else
        memcpy(row->user, user, length);
    return true;
}

bool vmail_members_add(struct vmail_members *members, const struct vmail_group *group, bool fold)
{
    const char *rest = group->members;
    const char *member;
    size_t length;
    while (vmail_group_next_member(&rest, &member, &length))
        if (!add_membership(members, member, length, group->gid, fold))
            return false;
    return true;
}

static int compare_memberships(const void *a, const void *b)
{
    const struct vmail_membership *first = a, *second = b;
    int order = strcmp(first->user, second->user);
    return order != 0 ? order : first->order < second->order ? -1 : first->order > second->order;
}

bool vmail_members_next(struct vmail_members *members, const char **user, const char **value,
                        size_t *length)
{
    const struct vmail_membership *row = members->membership;
    if (!members->sorted && members->count > 1)
        qsort(members->membership, members->count, sizeof *members->membership,
              compare_memberships);
    members->sorted = true;
    free(members->value);
    members->value = NULL;
    if (members->next == members->count)
        return false;

    size_t first = members->next, count = 0;
    while (first + count < members->count && strcmp(row[first + count].user, row[first].user) == 0)
        count++;
    *length = count * sizeof row->gid;
    members->value = malloc(*length);
    members->no_memory = members->value == NULL;
    if (members->no_memory)
        return false;
    for (size_t i = 0; i < count; i++)
        memcpy(members->value + i * sizeof row->gid, &row[first + i].gid, sizeof row->gid);
    members->next = first + count;
    *user = row[first].user;
    *value = members->value;
    return true;
}

void vmail_members_free(struct vmail_members *members)
{
    free(members->membership);
    free(members->value);
    *members = (struct vmail_members){ .count = 0 };
}
