/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "walk.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEPTH_MAX = 50,
    STEPS_MAX = 100000,
};

struct walk {
    const struct vmail_walker *walker;
    struct vmail_error *error;
    void *seen; /* keys that were followed, in a tree of tsearch(3) */
    unsigned long steps;
    unsigned long ends; /* mailboxes, files, programs, other hosts */
};

/* An alias, list or fallback that is being followed, and what led to it. */
struct frame {
    const struct frame *parent;
    unsigned depth; /* of its targets */
    const char *key;
    const char *domain; /* of names without one */
    const char *tag;
    bool list; /* its targets count as those of what led to it */
};

static int compare_seen(const void *a, const void *b)
{
    return strcmp(a, b);
}

static enum vmail_result note_seen(struct walk *walk, const char *key, bool *new)
{
    char *copy = strdup(key);
    char *const *entry = copy == NULL ? NULL : tsearch(copy, &walk->seen, compare_seen);
    *new = entry != NULL &&*entry == copy;
    if (!*new)
        free(copy);
    return entry == NULL ? VMAIL_NO_MEMORY : VMAIL_OK;
}

static const struct frame *find_frame(const struct frame *frame, const char *key)
{
    while (frame != NULL && strcmp(frame->key, key) != 0)
        frame = frame->parent;
    return frame;
}

/* Says WHAT, with the way from the first frame to KEY. */
static enum vmail_result broken(const struct walk *walk, const char *what,
                                const struct frame *parent, const char *key)
{
    char *chain = strdup(key);
    for (; chain != NULL && parent != NULL; parent = parent->parent) {
        char *longer = NULL;
        const bool good = asprintf(&longer, "%s -> %s", parent->key, chain) >= 0;
        free(chain);
        chain = good ? longer : NULL;
    }
    vmail_error_set(walk->error, 0, "%s: %s", what, chain == NULL ? key : chain);
    free(chain);
    return VMAIL_BROKEN;
}

static void visit(const struct walk *walk, const struct frame *parent, enum vmail_walk_kind kind,
                  const char *text, const struct vmail_route *route)
{
    const struct vmail_walk_step step = {
        .depth = parent == NULL ? 0 : parent->depth,
        .kind = kind,
        .text = text,
        .route = route,
        .domain = parent == NULL ? NULL : parent->domain,
    };
    if (walk->walker->visit != NULL)
        walk->walker->visit(walk->walker->context, &step);
}

static enum vmail_result follow(struct walk *walk, const struct frame *parent, const char *address);
static enum vmail_result follow_targets(struct walk *walk, const struct frame *frame,
                                        const struct vmail_alias *alias);

/* The address that the target TEXT means, with the tag of the address that led to it if it has
 * none and is in a domain of ours. NULL: no memory. */
static char *target_address(const struct walk *walk, const struct frame *frame, const char *text)
{
    const struct vmail_mail *mail = walk->walker->mail;
    const char *at = strrchr(text, '@');
    const size_t local = at == NULL ? strlen(text) : (size_t)(at - text);
    struct vmail_identity identity;
    char *made;
    const bool ours = at == NULL || vmail_mail_domain(mail, at + 1, &identity, NULL) == VMAIL_OK;
    const bool tagged = strcspn(text, mail->config->recipient_delimiter) < local;
    const char *tag = ours && !tagged ? frame->tag : "";
    const int length = (int)strcspn(tag, "@");
    return asprintf(&made, "%.*s%.*s@%s", (int)local, text, length, tag,
                    at == NULL ? frame->domain : at + 1) < 0
               ? NULL
               : made;
}

static enum vmail_result follow_include(struct walk *walk, const struct frame *parent,
                                        const char *path)
{
    const struct frame frame = { parent, parent->depth, path, parent->domain, parent->tag, true };
    const struct vmail_mail_file *list;
    bool new;
    if (find_frame(parent, path) != NULL)
        return broken(walk, "a list includes itself", parent, path);
    enum vmail_result result = note_seen(walk, path, &new);
    if (result != VMAIL_OK || !new)
        return result;
    visit(walk, parent, VMAIL_WALK_INCLUDE, path, NULL);
    if (walk->walker->no_lists) {
        walk->ends++;
        return VMAIL_OK;
    }
    result = vmail_mail_read(walk->walker->mail, path, VMAIL_MAIL_LIST, &list, walk->error);
    return result == VMAIL_OK ? follow_targets(walk, &frame, &list->list.alias[0]) : result;
}

static enum vmail_result follow_target(struct walk *walk, const struct frame *frame,
                                       const char *text)
{
    static const char include[] = ":include:";
    enum vmail_result result = VMAIL_NO_MEMORY;
    const enum vmail_alias_kind kind = vmail_alias_kind(text);
    char *address;
    switch (kind) {
    case VMAIL_ALIAS_LOCAL:
    case VMAIL_ALIAS_ADDRESS:
        address = target_address(walk, frame, text);
        if (address != NULL)
            result = follow(walk, frame, address);
        free(address);
        return result;
    case VMAIL_ALIAS_INCLUDE:
        return follow_include(walk, frame, text + sizeof include - 1);
    case VMAIL_ALIAS_FILE:
    case VMAIL_ALIAS_PROGRAM:
        walk->ends++;
        visit(walk, frame, kind == VMAIL_ALIAS_FILE ? VMAIL_WALK_FILE : VMAIL_WALK_PROGRAM,
              kind == VMAIL_ALIAS_FILE ? text : text + 1, NULL);
        return VMAIL_OK;
    case VMAIL_ALIAS_WRONG:
        break;
    }
    visit(walk, frame, VMAIL_WALK_WRONG, text, NULL);
    return VMAIL_OK;
}

static enum vmail_result follow_targets(struct walk *walk, const struct frame *frame,
                                        const struct vmail_alias *alias)
{
    enum vmail_result result = VMAIL_OK;
    for (size_t i = 0; result == VMAIL_OK && i < alias->target_count; i++)
        result = follow_target(walk, frame, alias->target[i].text);
    return result;
}

/* The name by which a walk knows what it shows as SHOWN again: that of an alias has no tag. The
 * caller frees it; NULL: no memory. */
static char *key_of(const struct vmail_route *route, const char *shown)
{
    char *key = NULL;
    if (route->kind != VMAIL_ROUTE_ALIAS)
        return strdup(shown);
    return asprintf(&key, "%s@%s", route->alias->name, route->domain) < 0 ? NULL : key;
}

/* Follows the address SHOWN, which means ROUTE and has KEY. */
static enum vmail_result follow_route(struct walk *walk, const struct frame *parent,
                                      const char *shown, const struct vmail_route *route,
                                      const char *key)
{
    const struct frame frame = { parent,     parent == NULL ? 1 : parent->depth + 1,
                                 key,        route->domain,
                                 route->tag, false };
    enum vmail_result result;
    bool new;
    char *next;
    const unsigned long most = walk->walker->steps_max;
    if (frame.depth > DEPTH_MAX || ++walk->steps > (most == 0 ? STEPS_MAX : most))
        return broken(walk, "an alias leads too far", parent, key);
    if (find_frame(parent, key) != NULL)
        return broken(walk, "mail loops", parent, key);
    result = note_seen(walk, key, &new);
    if (result != VMAIL_OK || !new)
        return result;
    visit(walk, parent, VMAIL_WALK_ADDRESS, shown, route);
    switch (route->kind) {
    case VMAIL_ROUTE_ALIAS:
        return follow_targets(walk, &frame, route->alias);
    case VMAIL_ROUTE_FALLBACK:
        next = vmail_route_address(route, shown);
        result = next == NULL ? VMAIL_NO_MEMORY : follow(walk, &frame, next);
        free(next);
        return result;
    case VMAIL_ROUTE_ELSEWHERE:
    case VMAIL_ROUTE_RELAY:
    case VMAIL_ROUTE_USER:
        walk->ends++;
        break;
    case VMAIL_ROUTE_NOBODY:
        break;
    }
    return VMAIL_OK;
}

/* Whether the alias with KEY has a target that led here, itself or in a list. */
static bool names_itself(const struct frame *parent, const char *key)
{
    while (parent != NULL && parent->list)
        parent = parent->parent;
    return parent != NULL && strcmp(parent->key, key) == 0;
}

/* Whether the user at CANONICAL gets their first copy. Their alias has the same key, so
 * the copy has another one, which is no address of ours. */
static enum vmail_result note_copy(struct walk *walk, const char *canonical, bool *new)
{
    char *key;
    if (asprintf(&key, "%s@", canonical) < 0)
        return VMAIL_NO_MEMORY;
    enum vmail_result result = note_seen(walk, key, new);
    free(key);
    return result;
}

/* The alias names the user of its own name, at ADDRESS: they keep a copy. */
static enum vmail_result keep_copy(struct walk *walk, const struct frame *parent,
                                   const char *address, const char *key)
{
    struct vmail_route user;
    enum vmail_result result =
        vmail_route_find_user(walk->walker->mail, address, &user, walk->error);
    if (result != VMAIL_OK)
        return result;
    if (user.kind != VMAIL_ROUTE_USER)
        return broken(walk, "an alias leads to itself, and no user has its name", parent, key);
    char *canonical = vmail_route_address(&user, address);
    bool new = false;
    result = canonical == NULL ? VMAIL_NO_MEMORY : note_copy(walk, canonical, &new);
    if (new) {
        walk->ends++;
        visit(walk, parent, VMAIL_WALK_ADDRESS, canonical, &user);
    }
    free(canonical);
    return result;
}

/* Whether the walk may look into the domain of ADDRESS; sets DOMAIN if not. */
static bool may_enter(const struct walk *walk, const char *address, char *domain)
{
    const struct vmail_walker *walker = walk->walker;
    const char *at = strrchr(address, '@');
    struct vmail_identity identity;
    if (walker->enter == NULL || at == NULL ||
        vmail_mail_domain(walker->mail, at + 1, &identity, NULL) != VMAIL_OK ||
        walker->enter(walker->context, identity.domain))
        return true;
    memcpy(domain, identity.domain, strlen(identity.domain) + 1);
    return false;
}

static enum vmail_result follow(struct walk *walk, const struct frame *parent, const char *address)
{
    struct vmail_route route = { .kind = VMAIL_ROUTE_ELSEWHERE, .tag = "" };
    enum vmail_result result = VMAIL_OK;
    if (may_enter(walk, address, route.domain))
        result = vmail_route_find(walk->walker->mail, address, &route, walk->error);
    if (result != VMAIL_OK)
        return result;
    char *canonical = vmail_route_address(&route, address);
    const char *shown = route.kind == VMAIL_ROUTE_FALLBACK ? address : canonical;
    char *key = shown == NULL ? NULL : key_of(&route, shown);
    if (key == NULL)
        result = VMAIL_NO_MEMORY;
    else if (route.kind == VMAIL_ROUTE_ALIAS && names_itself(parent, key))
        result = keep_copy(walk, parent, address, key);
    else
        result = follow_route(walk, parent, shown, &route, key);
    free(canonical);
    free(key);
    return result;
}

enum vmail_result vmail_walk(const struct vmail_walker *walker, const char *address,
                             struct vmail_error *error)
{
    struct walk walk = { .walker = walker, .error = error };
    enum vmail_result result = follow(&walk, NULL, address);
    tdestroy(walk.seen, free);
    if (result != VMAIL_OK)
        return result;
    return walk.ends > 0 ? VMAIL_OK : VMAIL_NOT_FOUND;
}
