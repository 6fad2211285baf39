/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "alias_walk.h"

#include <stdlib.h>
#include <string.h>

#include "alias_set.h"
#include "managed.h"
#include "message.h"
#include "table.h"

enum { STEPS_MAX = 500 }; /* enough for a warning; `check` looks at all */

/** A walk that has begun at an alias. */
struct walk {
    const struct context *context;
    const struct vmail_identity *start;
    const char *first; /* the target of START that is followed */
    struct vmail_identity seen[STEPS_MAX];
    size_t count;
    bool loops;
};

static bool same(const struct vmail_identity *a, const struct vmail_identity *b)
{
    size_t length = strlen(a->user);
    return strcmp(a->domain, b->domain) == 0 && strlen(b->user) == length &&
           vmail_equal_folded(a->user, b->user, length);
}

static bool is_user(const struct context *context, const struct vmail_identity *name)
{
    struct vmail_table table;
    struct vmail_record record;
    if (vmail_table_open(&table, context->paths, context->config, VMAIL_PASSWD, name->domain,
                         NULL) != VMAIL_OK)
        return false;
    bool found = vmail_table_find_name(&table, name->user, &record, NULL) == VMAIL_OK;
    vmail_table_close(&table);
    return found;
}

/** Reads TARGET of an alias of DOMAIN; false where it is nobody of ours. */
static bool find_target(const struct context *context, const char *domain, const char *target,
                        struct vmail_identity *found)
{
    const struct vmail_context here = { .domain = domain, .mail = true };
    enum vmail_alias_kind kind = vmail_alias_kind(target);
    return (kind == VMAIL_ALIAS_LOCAL || kind == VMAIL_ALIAS_ADDRESS) &&
           vmail_resolve(context->paths, context->config, target, &here, found) == VMAIL_OK &&
           found->user_valid;
}

static void follow(struct walk *walk, const char *domain, const char *target);

static void follow_alias(struct walk *walk, const struct vmail_identity *name, bool first)
{
    struct alias_set set;
    const struct vmail_alias *alias = NULL;
    if (alias_set_read(walk->context, name->domain, &set) == EXIT_DONE)
        alias = alias_set_find(&set, name->user, NULL);
    for (size_t i = 0; alias != NULL && i < alias->target_count && !walk->loops; i++)
        follow(walk, name->domain, alias->target[i].text);
    if (alias == NULL && first && !is_user(walk->context, name) &&
        !alias_set_has_fallback(walk->context, name->domain))
        message_warning(walk->context, "%s@%s: its target %s is no user and no alias",
                        walk->start->user, walk->start->domain, walk->first);
    alias_set_end(&set);
}

static void follow(struct walk *walk, const char *domain, const char *target)
{
    struct vmail_identity name;
    bool first = target == walk->first;
    if (!find_target(walk->context, domain, target, &name))
        return;
    if (same(&name, walk->start)) {
        walk->loops = !first || !is_user(walk->context, &name);
        return;
    }
    for (size_t i = 0; i < walk->count; i++)
        if (same(&name, &walk->seen[i]))
            return;
    if (walk->count == STEPS_MAX || !managed_domain(walk->context, name.domain))
        return;
    walk->seen[walk->count++] = name;
    follow_alias(walk, &name, first);
}

void alias_walk_warn(const struct context *context, const struct vmail_identity *alias,
                     const char *const *targets, size_t count)
{
    struct walk *walk = calloc(1, sizeof *walk);
    for (size_t i = 0; walk != NULL && i < count; i++) {
        *walk = (struct walk){ .context = context, .start = alias, .first = targets[i] };
        follow(walk, alias->domain, targets[i]);
        if (walk->loops)
            message_warning(context, "%s@%s: mail to its target %s comes back to it", alias->user,
                            alias->domain, targets[i]);
    }
    free(walk);
}
