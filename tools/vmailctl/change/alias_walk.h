/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Follows the targets of an alias through the aliases of all local domains.
 */
#ifndef VMAILCTL_ALIAS_WALK_H
#define VMAILCTL_ALIAS_WALK_H

#include "context.h"
#include "resolver.h"

/**
 * Warns if one of the COUNT TARGETS of ALIAS is in a local domain and is neither a user nor an
 * alias there, or leads back to ALIAS. A target equal to ALIAS is valid if a user has that name:
 * the user keeps a copy. For co-administrators, the walk ends where another domain begins.
 */
void alias_walk_warn(const struct context *context, const struct vmail_identity *alias,
                     const char *const *targets, size_t count);

#endif
