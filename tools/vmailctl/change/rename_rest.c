/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rename_rest.h"

#include <string.h>

#include "account.h"
#include "change_log.h"
#include "table.h"

/** Looks USER up; on VMAIL_OK the caller closes TABLE. */
static enum vmail_result find(const struct context *context, enum vmail_kind kind,
                              const struct vmail_identity *user, struct vmail_table *table,
                              struct vmail_record *record)
{
    enum vmail_result result =
        vmail_table_open(table, context_file(context, kind, user->domain), NULL);
    if (result != VMAIL_OK)
        return result;
    result = vmail_table_find_name(table, user->user, record, NULL);
    if (result != VMAIL_OK)
        vmail_table_close(table);
    return result;
}

static enum vmail_result look(const struct context *context, const struct vmail_identity *user)
{
    struct vmail_table table;
    struct vmail_record record;
    enum vmail_result result = find(context, VMAIL_PASSWD, user, &table, &record);
    if (result == VMAIL_OK)
        vmail_table_close(&table);
    return result;
}

static bool is_same(const struct vmail_shadow *one, const struct vmail_shadow *other)
{
    return strcmp(one->hash, other->hash) == 0 && one->last_change == other->last_change &&
           one->minimum == other->minimum && one->maximum == other->maximum &&
           one->warning == other->warning && one->inactive == other->inactive &&
           one->expire == other->expire && one->flag == other->flag;
}

static bool have_same_shadow(const struct context *context, const struct vmail_identity *old,
                             const struct vmail_identity *new)
{
    struct vmail_table table, other_table;
    struct vmail_record record, other;
    if (find(context, VMAIL_SHADOW, old, &table, &record) != VMAIL_OK)
        return false;
    bool same = find(context, VMAIL_SHADOW, new, &other_table, &other) == VMAIL_OK;
    if (same) {
        same = is_same(&record.shadow, &other.shadow);
        vmail_table_close(&other_table);
    }
    vmail_table_close(&table);
    return same;
}

bool rename_rest_is_there(const struct context *context, const struct vmail_identity *old,
                          const struct vmail_identity *new)
{
    return look(context, old) == VMAIL_NOT_FOUND && look(context, new) == VMAIL_OK &&
           have_same_shadow(context, old, new);
}

enum exit_code rename_rest_remove(const struct context *context, const struct vmail_identity *old,
                                  const struct vmail_identity *new)
{
    struct change change;
    enum exit_code code = change_begin(&change, context, old->domain, false);
    if (code != EXIT_DONE || !rename_rest_is_there(context, old, new))
        return change_end(&change, code);
    code = account_member(&change, NULL, old->user, NULL, NULL);
    if (code == EXIT_DONE)
        code = account_remove(&change, VMAIL_SHADOW, old->user);
    if (code == EXIT_DONE)
        change_log(context, "user rename %s@%s to %s: finished", old->user, old->domain, new->user);
    return change_end(&change, code);
}
