/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The mail aliases of all domains as a graph: who leads to whom. Every alias is read once, and
 * found by a sorted list.
 */
#ifndef VMAILCTL_CHECK_ALIAS_GRAPH_H
#define VMAILCTL_CHECK_ALIAS_GRAPH_H

#include "alias_set.h"
#include "areas.h"
#include "marks.h"
#include "resolver.h"

struct alias_node {
    const struct vmail_alias *alias;
    const struct alias_source *source;
    size_t domain;                   /* its place in the graph's list */
    const struct alias_node *before; /* the entry of the same name that counts; NULL: this one */
    enum { ALIAS_NEW, ALIAS_OPEN, ALIAS_DONE } state; /* of the search for loops */
};

struct alias_domain {
    struct alias_set set;
    struct marks users; /* once users_read */
    bool users_read, users_known, looked_at;
};

struct alias_graph {
    struct check *check;
    struct vmail_domain_list names; /* all, or for a co-administrator his own */
    struct alias_domain *domain;
    struct alias_node *node; /* domain by domain, in the order of the files */
    size_t count;
    struct marks marks; /* where each alias is in NODE */
};

/** What a target means. */
enum alias_target_kind {
    ALIAS_TARGET_ELSEWHERE, /* nobody of ours, or of a domain that one may not know of */
    ALIAS_TARGET_ALIAS,
    ALIAS_TARGET_USER,
    ALIAS_TARGET_FALLBACK, /* nobody, but his domain takes mail to nobody */
    ALIAS_TARGET_NOBODY,
};

/** Reads the aliases. False: no memory. The caller ends GRAPH in either case. */
bool alias_graph_read(struct check *check, struct alias_graph *graph);

void alias_graph_end(struct alias_graph *graph);

/** What TARGET of an alias in domain number DOMAIN means; of an alias, NODE becomes that one. */
enum alias_target_kind alias_graph_target(struct alias_graph *graph, size_t domain,
                                          const char *target, struct alias_node **node);

/** Whether there is a user with the name of NODE. */
bool alias_graph_is_user(struct alias_graph *graph, const struct alias_node *node);

#endif
