/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Where a mail address leads: follows aliases, lists and fallbacks to the mailboxes, programs and
 * other hosts at their ends.
 */
#ifndef VMAIL_WALK_H
#define VMAIL_WALK_H

#include "route.h"

enum vmail_walk_kind {
    VMAIL_WALK_ADDRESS, /* what it means is in `route' */
    VMAIL_WALK_INCLUDE, /* the path of a list; its targets follow, at the same depth */
    VMAIL_WALK_FILE,    /* a path */
    VMAIL_WALK_PROGRAM, /* a command */
    VMAIL_WALK_WRONG,   /* a target that cannot receive mail */
};

struct vmail_walk_step {
    unsigned depth; /* 0: the address itself; 1: what it leads to ... */
    enum vmail_walk_kind kind;
    const char *text;                /* an address has its domain, and a user's is canonical */
    const struct vmail_route *route; /* ADDRESS */
    const char *domain; /* FILE, PROGRAM: that of the alias that names it, itself or by a list */
};

/** Called for each step in the order of the walk. What STEP points to lives only during the call.
 */
typedef void vmail_walk_visit(void *context, const struct vmail_walk_step *step);

/** Whether the walk may look into DOMAIN, which is ours. If not, its addresses are steps of the
 * kind VMAIL_ROUTE_ELSEWHERE with a domain, and nothing of it is read. */
typedef bool vmail_walk_enter(void *context, const char *domain);

/** Who walks. */
struct vmail_walker {
    struct vmail_mail *mail;
    vmail_walk_visit *visit; /* may be NULL */
    vmail_walk_enter *enter; /* NULL: into all */
    void *context;           /* of both */
    bool no_lists;           /* a list is an end, and is not read */
    unsigned long steps_max; /* addresses to visit; 0: 100,000 */
};

/**
 * Walks from ADDRESS. Each address is visited once. A
 * user in the targets of an alias of the same name is a step of their own: they keep a copy. A tag
 * goes on to targets in our domains that have none. Belongs to the question that the caller has
 * begun with vmail_mail_question.
 *
 * Returns VMAIL_OK if at least one mailbox, file, program or other host is at an end;
 * VMAIL_NOT_FOUND if mail leads to nobody; VMAIL_BROKEN with ERROR, which names the chain, if it
 * comes back to where it was, or is too long; else as vmail_route_find.
 */
enum vmail_result vmail_walk(const struct vmail_walker *walker, const char *address,
                             struct vmail_error *error);

#endif
