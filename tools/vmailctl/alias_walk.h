/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Where mail to an alias goes: follows targets through the aliases of all domains here.
 */
#ifndef VMAILCTL_ALIAS_WALK_H
#define VMAILCTL_ALIAS_WALK_H

#include "context.h"
#include "resolver.h"

/**
 * Warns where one of the COUNT TARGETS of ALIAS is in a domain of ours and neither a user nor an
 * alias there, or leads back to ALIAS. A target that is ALIAS itself is good where there is a user
 * of that name: they keep a copy. For co-administrators the walk ends where another domain begins.
 */
void alias_walk_warn(const struct context *context, const struct vmail_identity *alias,
                     const char *const *targets, size_t count);

#endif
