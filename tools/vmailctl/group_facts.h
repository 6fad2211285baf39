/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Groups of group.DOMAIN: as rows for output, and what must hold before one is changed.
 */
#ifndef VMAILCTL_GROUP_FACTS_H
#define VMAILCTL_GROUP_FACTS_H

#include <jansson.h>

#include "context.h"
#include "record.h"

/** {"group", "gid", "members"}. */
json_t *group_row(const char *domain, const struct vmail_group *group);

/** Whether KIND.DOMAIN has NAME; EXIT_EXISTS with a message then, EXIT_DONE where not. */
enum exit_code group_name_free(const struct context *context, enum vmail_kind kind,
                               const char *domain, const char *name);

/**
 * Whether nobody of DOMAIN has GID as his primary group, who would be left with one that has no
 * name; EXIT_REFUSED with a message where somebody has.
 */
enum exit_code group_unused(const struct context *context, const char *domain, uint32_t gid);

#endif
