/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The stored hash of a user: in shadow.DOMAIN, or in passwd.DOMAIN where that line holds it.
 */
#ifndef VMAILCTL_HASH_STORE_H
#define VMAILCTL_HASH_STORE_H

#include "context.h"
#include "resolver.h"

/**
 * Reads the hash of a user who exists into HASH, which the caller wipes and frees. EXIT_NO_SUCH
 * where shadow.DOMAIN has no line of his, which is a message, too.
 */
enum exit_code hash_store_read(const struct context *context, const struct vmail_identity *identity,
                               char **hash);

/**
 * Stores HASH in shadow.DOMAIN, where INSTEAD is not NULL only in place of that one, with DAY as
 * the day of the last change (-1: stays); on a dry run shows that. EXIT_UNAVAILABLE, with a
 * message, also where somebody else changed it meanwhile.
 */
enum exit_code hash_store_write(const struct context *context,
                                const struct vmail_identity *identity, const char *hash,
                                const char *instead, long day);

#endif
