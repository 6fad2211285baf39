/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Groups in group.DOMAIN: rows of output, and conditions for a change.
 */
#ifndef VMAILCTL_GROUP_FACTS_H
#define VMAILCTL_GROUP_FACTS_H

#include <jansson.h>

#include "context.h"
#include "record.h"

/** {"group", "gid", "members"}. */
json_t *group_row(const char *domain, const struct vmail_group *group);

/**
 * Checks that GID is nobody's primary group in DOMAIN, because that group would lose its name:
 * EXIT_REFUSED with a message if it is.
 */
enum exit_code group_unused(const struct context *context, const char *domain, uint32_t gid);

#endif
