/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Managed domains: those whose names and users the actor may see.
 */
#ifndef VMAILCTL_MANAGED_H
#define VMAILCTL_MANAGED_H

#include "context.h"

/**
 * Whether the key `admins` of DOMAIN, not an alias, contains the co-administrator who runs
 * vmail-admin. True for everybody who runs vmailctl; see authority.h.
 */
bool managed_domain(const struct context *context, const char *domain);

#endif
