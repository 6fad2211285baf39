/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Whom a name means that the C library was asked for.
 */
#ifndef NSS_VMAIL_WHO_H
#define NSS_VMAIL_WHO_H

#include <stdbool.h>

#include "config_cache.h"
#include "find.h"
#include "resolver.h"

struct who {
    const struct vmail_config *config;
    struct vmail_shared_config *shared;
    struct vmail_identity identity;
};

/**
 * Fills in WHO for NAME, a user's or, with KIND VMAIL_GROUP, a group's. A plain name means somebody
 * only where descriptor 0 is a TCP connection to an address that a domain owns, and never in a
 * set-id program, whose descriptors its caller chose. On VMAIL_OK the caller ends WHO with who_end;
 * a valid user is in it. VMAIL_NOT_FOUND: the name is not ours; this costs one system call for a
 * plain name without a connection. Else it cannot be told now.
 */
enum vmail_result who_is(struct who *who, const char *name, enum vmail_kind kind);

/**
 * WHO without an identity, for a look-up by ID: just the configuration. Where that cannot be read,
 * VMAIL_NOT_FOUND for an id that the system's own file (KIND VMAIL_PASSWD or VMAIL_GROUP) has.
 */
enum vmail_result who_config(struct who *who, enum vmail_kind kind, uint32_t id);

/** The passwd record of the user in WHO. On VMAIL_OK the caller ends FOUND. */
enum vmail_result who_find(const struct who *who, struct vmail_found *found);

void who_end(struct who *who);

#endif
