/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/steps.h"

#include <stdlib.h>

#include "id_pool.h"
#include "message.h"

/** The new gid for a gid of a source. */
struct gid_row {
    size_t domain;
    int64_t old;
    uint32_t new;
};

static int compare_gid_rows(const void *a, const void *b)
{
    const struct gid_row *left = a, *right = b;
    if (left->domain != right->domain)
        return left->domain < right->domain ? -1 : 1;
    return left->old < right->old ? -1 : left->old > right->old;
}

static const struct gid_row *find_gid_row(const struct gid_row *row, size_t count, size_t domain,
                                          int64_t old)
{
    struct gid_row key = { .domain = domain, .old = old };
    return count == 0 ? NULL : bsearch(&key, row, count, sizeof *row, compare_gid_rows);
}

/** A source may have none, or a number that is no id. */
static bool is_id(int64_t number)
{
    return number >= 0 && number <= UINT32_MAX;
}

static const char none_left[] = "no id is free: extend `ids' in vmail.conf";

/** Assigns the groups their ids, and returns the changes in ROWS. */
static size_t decide_groups(struct import_plan *plan, struct id_pool *pool, struct gid_row *rows)
{
    size_t count = 0;
    /* Requested ids first, so that nobody gets an id that a later one has always had. */
    for (size_t i = 0; i < plan->group_count; i++) {
        struct import_group *group = &plan->groups[i];
        if (group->decision.skipped == NULL && is_id(group->gid) &&
            id_pool_take(pool, plan->domains[group->decision.domain].name, (uint32_t)group->gid,
                         false, true))
            group->new_gid = (uint32_t)group->gid;
    }
    for (size_t i = 0; i < plan->group_count; i++) {
        struct import_group *group = &plan->groups[i];
        if (group->decision.skipped != NULL)
            continue;
        if (group->new_gid == 0 &&
            !id_pool_choose(pool, plan->domains[group->decision.domain].name, &group->new_gid))
            group->decision.skipped = none_left;
        else if (group->gid >= 0)
            rows[count++] = (struct gid_row){ group->decision.domain, group->gid, group->new_gid };
    }
    if (count > 0)
        qsort(rows, count, sizeof *rows, compare_gid_rows);
    return count;
}

static void keep_uid(struct import_plan *plan, struct id_pool *pool, struct import_user *user,
                     const struct gid_row *group)
{
    if (is_id(user->uid) && id_pool_take(pool, plan->domains[user->decision.domain].name,
                                         (uint32_t)user->uid, true, group == NULL))
        user->new_uid = (uint32_t)user->uid;
}

/** Requested ids of users, then new ones; a gid without a group becomes the user's own. */
static void decide_users(struct import_plan *plan, struct id_pool *pool, const struct gid_row *rows,
                         size_t count)
{
    for (size_t i = 0; i < plan->user_count; i++) {
        struct import_user *user = &plan->users[i];
        if (user->decision.skipped == NULL)
            keep_uid(plan, pool, user, find_gid_row(rows, count, user->decision.domain, user->gid));
    }
    for (size_t i = 0; i < plan->user_count; i++) {
        struct import_user *user = &plan->users[i];
        if (user->decision.skipped != NULL)
            continue;
        const struct gid_row *group = find_gid_row(rows, count, user->decision.domain, user->gid);
        if (user->new_uid == 0 &&
            !id_pool_choose(pool, plan->domains[user->decision.domain].name, &user->new_uid)) {
            user->decision.skipped = none_left;
            plan->domains[user->decision.domain].users--;
            continue;
        }
        user->new_gid = group == NULL ? user->new_uid : group->new;
    }
}

enum exit_code import_decide_ids(const struct context *context, struct import_plan *plan)
{
    struct id_pool pool;
    struct gid_row *rows = calloc(plan->group_count + 1, sizeof *rows);
    if (rows == NULL)
        return message_no_memory(context);
    const enum exit_code code = id_pool_read(context, &pool);
    if (code == EXIT_DONE)
        decide_users(plan, &pool, rows, decide_groups(plan, &pool, rows));
    id_pool_free(&pool);
    free(rows);
    return code;
}
