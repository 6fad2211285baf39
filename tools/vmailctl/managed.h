/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Managed domains: those whose users, and whose name, the actor may be told of.
 */
#ifndef VMAILCTL_MANAGED_H
#define VMAILCTL_MANAGED_H

#include "context.h"

/**
 * Whether the key `admins` of DOMAIN, a domain's own name, names the co-administrator who runs
 * vmail-admin. True for whoever runs vmailctl; see authority.h.
 */
bool managed_domain(const struct context *context, const char *domain);

#endif
