/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The initgroups database: getgrouplist(3), initgroups(3). */
#include <grp.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "entry_points.h"
#include "table.h"
#include "who.h"

/* The C library's growing array of gids: *SIZE entries, *START used, at most LIMIT if positive. */
struct gid_list {
    long *start;
    long *size;
    gid_t **gids;
    long limit;
};

static bool has(const struct gid_list *list, gid_t gid)
{
    for (long i = 0; i < *list->start; i++)
        if ((*list->gids)[i] == gid)
            return true;
    return false;
}

static enum vmail_result add_gid(const struct gid_list *list, gid_t gid)
{
    if (has(list, gid) || (list->limit > 0 && *list->start >= list->limit))
        return VMAIL_OK;
    if (*list->start >= *list->size) {
        if (*list->size > LONG_MAX / 2)
            return VMAIL_NO_MEMORY;
        long size = *list->size < 16 ? 16 : *list->size * 2;
        if (list->limit > 0 && size > list->limit)
            size = list->limit;
        gid_t *larger = reallocarray(*list->gids, (size_t)size, sizeof *larger);
        if (larger == NULL)
            return VMAIL_NO_MEMORY;
        *list->gids = larger;
        *list->size = size;
    }
    (*list->gids)[(*list->start)++] = gid;
    return VMAIL_OK;
}

/* Adds a user's groups from the index; VMAIL_NOT_FOUND if no index can be used. */
static enum vmail_result add_indexed_groups(const struct who *who, gid_t primary,
                                            const struct gid_list *list)
{
    const unsigned char *gids;
    size_t count = 0;
    uint32_t gid;
    enum vmail_result status = VMAIL_OK;
    struct vmail_shared_index *shared = vmail_index_cache_fresh(who_file(who, VMAIL_GROUP), NULL);
    if (shared == NULL)
        return VMAIL_NOT_FOUND;
    if (vmail_index_member_of(vmail_shared_index(shared), who->identity.user, &gids, &count) ==
        VMAIL_INDEX_UNSURE) {
        status = VMAIL_NOT_FOUND;
        count = 0;
    }
    for (size_t i = 0; i < count && status == VMAIL_OK; i++) {
        memcpy(&gid, gids + i * sizeof gid, sizeof gid);
        if (gid != primary)
            status = add_gid(list, gid);
    }
    vmail_index_cache_release(shared);
    return status;
}

static enum vmail_result add_groups(const struct who *who, gid_t primary,
                                    const struct gid_list *list)
{
    struct vmail_table table;
    struct vmail_record record;
    enum vmail_result status = add_indexed_groups(who, primary, list);
    if (status != VMAIL_NOT_FOUND)
        return status;
    status = vmail_table_open(&table, who_file(who, VMAIL_GROUP), NULL);
    if (status != VMAIL_OK)
        return status == VMAIL_NOT_FOUND ? VMAIL_OK : status;
    while ((status = vmail_table_next(&table, &record)) == VMAIL_OK) {
        if (record.group.gid == primary ||
            !vmail_group_has_member(record.group.members, who->identity.user,
                                    who->config->rules.fold_case))
            continue;
        status = add_gid(list, record.group.gid);
        if (status != VMAIL_OK)
            break;
    }
    vmail_table_close(&table);
    return status == VMAIL_NOT_FOUND ? VMAIL_OK : status;
}

static enum vmail_result user_exists(const struct who *who)
{
    struct vmail_found found;
    enum vmail_result status = who_find(who, &found);
    if (status == VMAIL_OK)
        vmail_found_end(&found);
    return status;
}

/*
 * For `initgroups: vmail [SUCCESS=return TRYAGAIN=return] files` in nsswitch.conf:
 * A plain name on a domain's address must not get the groups that /etc/group gives to the system's
 * user of that name. So the search ends here, even if our own files cannot be read. For a full
 * name, the search continues, and the user also gets the groups of /etc/group that name them.
 */
static enum vmail_result how_to_go_on(const struct who *who, enum vmail_result status)
{
    if (who->identity.form == VMAIL_NAME_DOMAIN)
        return status == VMAIL_OK ? VMAIL_NOT_FOUND : status;
    return status == VMAIL_NOT_FOUND ? VMAIL_NOT_FOUND : VMAIL_OK;
}

enum nss_status _nss_vmail_initgroups_dyn(const char *user, gid_t primary, long *start, long *size,
                                          gid_t **gids, long limit, int *errnop)
{
    struct who who;
    struct answer answer = answer_start(NULL, 0);
    struct gid_list list = { start, size, gids, limit };

    enum vmail_result status = who_is(&who, user, VMAIL_PASSWD);
    if (status != VMAIL_OK)
        return answer_status(status, &answer, errnop);
    status = user_exists(&who);
    if (status == VMAIL_OK)
        status = add_groups(&who, primary, &list);
    status = how_to_go_on(&who, status);
    who_end(&who);
    return answer_status(status, &answer, errnop);
}
