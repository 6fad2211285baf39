/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Who has which ids: walks over the users and groups of all domains.
 */
#ifndef VMAILCTL_ID_OWNERS_H
#define VMAILCTL_ID_OWNERS_H

#include "context.h"
#include "lock.h"
#include "record.h"

/** Is told RECORD, a user or a group of DOMAIN. False: out of memory. */
typedef bool id_owner_function(void *data, const char *domain, const struct vmail_record *record);

struct id_owners {
    const char *without; /* a domain that is left out, or NULL */
    id_owner_function *function;
    void *data;
};

/**
 * Tells OWNERS->function of every user and group. A file that cannot be read or is not trusted ends
 * the walk: its ids are not known, and must not be given to somebody else. EXIT_DONE, or another
 * with a message.
 */
enum exit_code id_owners_walk(const struct context *context, const struct id_owners *owners);

/** Takes the lock under which ids are chosen, for any domain. The caller releases LOCK. */
enum exit_code id_owners_lock(const struct context *context, struct vmail_lock *lock);

#endif
