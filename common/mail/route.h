/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What one mail address means, by the rules of vmail.conf(5): an alias of its domain, a user, the
 * domain's fallback, or nobody. It knows no mail server. Where an alias leads in the end is in
 * walk.h.
 */
#ifndef VMAIL_ROUTE_H
#define VMAIL_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "domain_file.h"
#include "mail.h"
#include "name.h"

enum vmail_route_kind {
    VMAIL_ROUTE_ELSEWHERE, /* the domain is not ours, or there is none */
    VMAIL_ROUTE_RELAY,     /* a [relay] section has the domain: we are a backup MX */
    VMAIL_ROUTE_ALIAS,
    VMAIL_ROUTE_USER,
    VMAIL_ROUTE_FALLBACK, /* neither, but the domain has a `fallback' */
    VMAIL_ROUTE_NOBODY,
};

struct vmail_route {
    enum vmail_route_kind kind;
    char domain[VMAIL_DOMAIN_MAX + 1]; /* its own name; "" for ELSEWHERE */
    const char *tag;                   /* in the address, with its delimiter; "" if there is none */

    const struct vmail_alias *alias;     /* ALIAS: the entry, valid until the next question */
    const struct vmail_alias_file *file; /* and the file that has it */

    char user[VMAIL_USER_MAX + 1]; /* USER: the name without the domain */
    bool full_name;                /* found by their full name, see `match_full_name' */
    uint32_t uid, gid;
    char home[VMAIL_PATH_MAX];

    const char *fallback; /* FALLBACK: the value of the key */
};

/**
 * Finds out what ADDRESS (LOCAL@DOMAIN, or LOCAL@[ADDRESS LITERAL], in any case) means: an exact
 * name comes before the name without its tag, an alias before a user. Belongs to the question that
 * the caller has begun with vmail_mail_question.
 *
 * Returns VMAIL_OK. If it cannot be known now, returns VMAIL_UNAVAILABLE with ERROR, or
 * VMAIL_NO_MEMORY: then nobody may say that there is no such user. VMAIL_UNAVAILABLE also if the
 * user's line is there, but is invalid. ADDRESS must live as long as ROUTE.
 */
enum vmail_result vmail_route_find(struct vmail_mail *mail, const char *address,
                                   struct vmail_route *route, struct vmail_error *error);

/**
 * The same without aliases and the fallback: the owner of the mailbox. USER, NOBODY, RELAY or
 * ELSEWHERE. An alias that names the user of its own name leaves them a copy.
 */
enum vmail_result vmail_route_find_user(struct vmail_mail *mail, const char *address,
                                        struct vmail_route *route, struct vmail_error *error);

/** Returns ROUTE's user or alias as NAME+TAG@DOMAIN, the address that its fallback makes of
 * ADDRESS, or else ADDRESS. The caller frees it; NULL: no memory. */
char *vmail_route_address(const struct vmail_route *route, const char *address);

#endif
