/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Aliases that still lead to a deleted or renamed user.
 */
#ifndef VMAILCTL_ALIAS_LEFT_H
#define VMAILCTL_ALIAS_LEFT_H

#include "context.h"
#include "resolver.h"

/**
 * Warns about each alias of USER's domain that has USER as a target, unless USER is also an alias.
 */
void alias_left_warn(const struct context *context, const struct vmail_identity *user);

#endif
