/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Tells what is wrong with an alias that was just written.
 */
#ifndef VMAILCTL_ALIAS_WALK_H
#define VMAILCTL_ALIAS_WALK_H

#include "context.h"
#include "resolver.h"

/**
 * Warns if a target of ALIAS is in a local domain and is neither a user nor an alias there, or if
 * mail to ALIAS comes back to it (walk.h). For co-administrators, not about targets in domains of
 * others.
 */
void alias_walk_warn(const struct context *context, const struct vmail_identity *alias);

#endif
