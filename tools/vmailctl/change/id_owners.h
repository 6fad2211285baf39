/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Goes through the users and groups of all domains to find out who has which ids.
 */
#ifndef VMAILCTL_ID_OWNERS_H
#define VMAILCTL_ID_OWNERS_H

#include "context.h"
#include "lock.h"
#include "record.h"

/** Gets RECORD, a user or a group of DOMAIN. False: out of memory. */
typedef bool id_owner_function(void *data, const char *domain, const struct vmail_record *record);

/**
 * Calls FUNCTION, which gets DATA, for every user and group, except those of the domain WITHOUT
 * (NULL for none). Stops at a file that cannot be read or is not trusted: its ids are unknown, and
 * must not be assigned again. EXIT_DONE, or another code with a message.
 */
enum exit_code id_owners_walk(const struct context *context, const char *without,
                              id_owner_function *function, void *data);

/** Takes the lock for choosing ids, for any domain. The caller releases LOCK. */
enum exit_code id_owners_lock(const struct context *context, struct vmail_lock *lock);

#endif
