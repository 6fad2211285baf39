/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "alias_walk.h"

#include <stdlib.h>
#include <string.h>

#include "alias_set.h"
#include "managed.h"
#include "message.h"
#include "table.h"

enum { STEPS_MAX = 500 }; /* enough for a warning; `check` follows all */

/** The aliases of a domain in a walk, read only once. */
struct known {
    char domain[VMAIL_DOMAIN_MAX + 1];
    struct alias_set set;
    struct known *next;
};

/** A walk that starts at an alias. */
struct walk {
    const struct context *context;
    const struct vmail_identity *start;
    struct known *known;
    const char *first; /* the target of START that is being followed */
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
    if (vmail_table_open(&table, context_file(context, VMAIL_PASSWD, name->domain), NULL) !=
        VMAIL_OK)
        return false;
    bool found = vmail_table_find_name(&table, name->user, &record, NULL) == VMAIL_OK;
    vmail_table_close(&table);
    return found;
}

/** Reads TARGET of an alias of DOMAIN; false if it is not local. */
static bool find_target(const struct context *context, const char *domain, const char *target,
                        struct vmail_identity *found)
{
    const struct vmail_context here = { .domain = domain, .mail = true };
    enum vmail_alias_kind kind = vmail_alias_kind(target);
    return (kind == VMAIL_ALIAS_LOCAL || kind == VMAIL_ALIAS_ADDRESS) &&
           vmail_resolve(context->paths, context->config, target, &here, found) == VMAIL_OK &&
           found->user_valid;
}

/** The aliases of DOMAIN, none if they cannot be read; NULL: no memory. */
static const struct alias_set *aliases_of(struct walk *walk, const char *domain)
{
    for (const struct known *known = walk->known; known != NULL; known = known->next)
        if (strcmp(known->domain, domain) == 0)
            return &known->set;
    struct known *known = calloc(1, sizeof *known);
    if (known == NULL)
        return NULL;
    memcpy(known->domain, domain, strlen(domain) + 1);
    if (alias_set_read(walk->context, domain, &known->set) != EXIT_DONE)
        alias_set_end(&known->set);
    known->next = walk->known;
    walk->known = known;
    return &known->set;
}

static void forget(struct known *known)
{
    while (known != NULL) {
        struct known *next = known->next;
        alias_set_end(&known->set);
        free(known);
        known = next;
    }
}

static void follow(struct walk *walk, const char *domain, const char *target);

static void follow_alias(struct walk *walk, const struct vmail_identity *name, bool first)
{
    const struct alias_set *set = aliases_of(walk, name->domain);
    if (set == NULL)
        return;
    const struct vmail_alias *alias = alias_set_find(set, name->user, NULL);
    for (size_t i = 0; alias != NULL && i < alias->target_count && !walk->loops; i++)
        follow(walk, name->domain, alias->target[i].text);
    if (alias == NULL && first && !is_user(walk->context, name) &&
        !alias_set_has_fallback(walk->context, name->domain))
        message_warning(walk->context, "%s@%s: the target %s is neither a user nor an alias",
                        walk->start->user, walk->start->domain, walk->first);
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
    struct known *known = NULL;
    for (size_t i = 0; walk != NULL && i < count; i++) {
        *walk = (struct walk){
            .context = context, .start = alias, .known = known, .first = targets[i]
        };
        follow(walk, alias->domain, targets[i]);
        known = walk->known;
        if (walk->loops)
            message_warning(context, "%s@%s: mail loops: the target %s leads back to it",
                            alias->user, alias->domain, targets[i]);
    }
    forget(known);
    free(walk);
}
