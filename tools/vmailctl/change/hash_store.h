/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The stored hash of a user: in shadow.DOMAIN, or in passwd.DOMAIN if the line there contains it.
 */
#ifndef VMAILCTL_HASH_STORE_H
#define VMAILCTL_HASH_STORE_H

#include "context.h"
#include "resolver.h"

/**
 * Reads the hash of an existing user into HASH, which the caller wipes and frees. EXIT_NO_SUCH,
 * with a message, if shadow.DOMAIN has no line for the user.
 */
enum exit_code hash_store_read(const struct context *context, const struct vmail_identity *identity,
                               char **hash);

/**
 * Stores HASH in shadow.DOMAIN (if INSTEAD is not NULL, only in place of INSTEAD), with DAY as the
 * day of the last change (-1: unchanged); a dry run shows that. EXIT_UNAVAILABLE, with a message,
 * also if somebody else changed it at the same time.
 */
enum exit_code hash_store_write(const struct context *context,
                                const struct vmail_identity *identity, const char *hash,
                                const char *instead, long day);

#endif
