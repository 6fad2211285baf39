/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The user or group that a name from the C library means.
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
 * Fills in WHO for NAME, of a user or, with KIND VMAIL_GROUP, of a group. A plain name is ours only
 * if descriptor 0 is a TCP connection to an address that a domain owns; it is never ours in a
 * set-id program, because the caller chose the descriptors. On VMAIL_OK, WHO has a valid user, and
 * the caller ends WHO with who_end. VMAIL_NOT_FOUND: the name is not ours; without a connection,
 * a plain name costs one system call. Other results: the answer is not known now.
 */
enum vmail_result who_is(struct who *who, const char *name, enum vmail_kind kind);

/**
 * Fills in only the configuration of WHO, for a look-up by ID. If it cannot be read, returns
 * VMAIL_NOT_FOUND for an id in the system's own file (KIND VMAIL_PASSWD or VMAIL_GROUP).
 */
enum vmail_result who_config(struct who *who, enum vmail_kind kind, uint32_t id);

/** The file of KIND of the domain in WHO. */
struct vmail_file who_file(const struct who *who, enum vmail_kind kind);

/** Finds the passwd record of the user in WHO. On VMAIL_OK, the caller ends FOUND. */
enum vmail_result who_find(const struct who *who, struct vmail_found *found);

void who_end(struct who *who);

#endif
