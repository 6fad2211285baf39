/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The mail aliases of all domains as a graph of who leads to whom. Each alias is read once, and
 * found in a sorted list.
 */
#ifndef VMAILCTL_CHECK_ALIAS_GRAPH_H
#define VMAILCTL_CHECK_ALIAS_GRAPH_H

#include "alias_set.h"
#include "areas.h"
#include "marks.h"
#include "resolver.h"

struct alias_node {
    const struct vmail_alias *alias;
    const struct vmail_alias_file *file;
    size_t domain;                   /* its index in the graph's list */
    const struct alias_node *before; /* the entry of the same name that is used; NULL: this one */
    enum { ALIAS_NEW, ALIAS_OPEN, ALIAS_DONE } state; /* of the search for loops */
};

struct alias_domain {
    struct vmail_alias_set set;
    struct marks users; /* once users_read */
    bool users_read, users_known, looked_at;
};

struct alias_graph {
    struct check *check;
    const struct vmail_domain_list *names; /* see check_all_domains */
    struct vmail_domain_list all;
    struct alias_domain *domain;
    struct alias_node *node; /* domain by domain, in the order of the files */
    size_t count;
    struct marks marks; /* the index of each alias in NODE */
};

/** What a target means. */
enum alias_target_kind {
    ALIAS_TARGET_ELSEWHERE, /* not local, or in a domain that the actor may not see */
    ALIAS_TARGET_ALIAS,
    ALIAS_TARGET_USER,
    ALIAS_TARGET_FALLBACK, /* no user, but the domain has a fallback */
    ALIAS_TARGET_NOBODY,
};

/** Reads the aliases. False: no memory. The caller ends GRAPH in either case. */
bool alias_graph_read(struct check *check, struct alias_graph *graph);

void alias_graph_end(struct alias_graph *graph);

/** What TARGET of an alias in domain number DOMAIN means; for an alias, NODE becomes that alias. */
enum alias_target_kind alias_graph_target(struct alias_graph *graph, size_t domain,
                                          const char *target, struct alias_node **node);

/** Whether a user has the name of NODE. */
bool alias_graph_is_user(struct alias_graph *graph, const struct alias_node *node);

/* In alias_loops.c. */

/** Adds a finding for each loop. Looks at each target once. */
void check_alias_loops(struct alias_graph *graph);

#endif
