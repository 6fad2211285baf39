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

/** What a name is the name of: decides which of the system's files a plain one must not be in. */
enum who_kind { WHO_USER, WHO_GROUP };

/**
 * Fills in WHO for NAME. A plain name means somebody only where descriptor 0 is a TCP connection to
 * an address that a domain owns, and never in a set-id program, whose descriptors its caller chose,
 * nor where the name is a system account's. On VMAIL_OK the caller ends WHO with who_end; a valid
 * user is in it. VMAIL_NOT_FOUND costs one system call for a plain name without a connection.
 */
enum vmail_result who_is(struct who *who, const char *name, enum who_kind kind);

/** WHO without an identity, for look-ups by id: just the configuration. */
enum vmail_result who_config(struct who *who);

/** The passwd record of the user in WHO. On VMAIL_OK the caller ends FOUND. */
enum vmail_result who_find(const struct who *who, struct vmail_found *found);

void who_end(struct who *who);

#endif
