/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gid_set.h"

#include <stdlib.h>

static int compare_gids(const void *a, const void *b)
{
    uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;
    return first < second ? -1 : first > second;
}

static bool append_gid(struct gid_set *set, uint32_t gid)
{
    if ((set->count & (set->count - 1)) == 0) { /* full at every power of two */
        size_t room = set->count == 0 ? 1 : set->count * 2;
        uint32_t *larger = reallocarray(set->gid, room, sizeof *larger);
        if (larger == NULL)
            return false;
        set->gid = larger;
    }
    set->gid[set->count++] = gid;
    return true;
}

enum vmail_result gid_set_read(struct gid_set *set, const struct vmail_table *table)
{
    struct vmail_table groups;
    struct vmail_record record;
    *set = (struct gid_set){ NULL, 0 };
    enum vmail_result result = vmail_table_open(
        &groups, (struct vmail_file){ table->paths, table->rules, VMAIL_GROUP, table->domain },
        NULL);
    if (result != VMAIL_OK)
        return result == VMAIL_NOT_FOUND ? VMAIL_OK : result;
    while ((result = vmail_table_next(&groups, &record)) == VMAIL_OK) {
        if (!append_gid(set, record.group.gid)) {
            result = VMAIL_NO_MEMORY;
            break;
        }
    }
    vmail_table_close(&groups);
    if (result != VMAIL_NOT_FOUND) {
        gid_set_clear(set);
        return result;
    }
    if (set->count > 1)
        qsort(set->gid, set->count, sizeof *set->gid, compare_gids);
    return VMAIL_OK;
}

bool gid_set_has(const struct gid_set *set, uint32_t gid)
{
    return set->count > 0 &&
           bsearch(&gid, set->gid, set->count, sizeof *set->gid, compare_gids) != NULL;
}

void gid_set_clear(struct gid_set *set)
{
    free(set->gid);
    *set = (struct gid_set){ NULL, 0 };
}
