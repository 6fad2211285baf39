/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Groups of group.DOMAIN, as arguments and as rows for output.
 */
#ifndef VMAILCTL_GROUP_FIND_H
#define VMAILCTL_GROUP_FIND_H

#include <jansson.h>

#include "context.h"
#include "output.h"
#include "resolver.h"
#include "table.h"

/**
 * Reads TEXT as GROUP@DOMAIN of a group in group.DOMAIN. On EXIT_DONE the caller closes TABLE, in
 * which RECORD's strings live. Else, with a message, as argument_existing_user.
 */
enum exit_code group_find(const struct context *context, const char *text,
                          struct vmail_identity *identity, struct vmail_table *table,
                          struct vmail_record *record);

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
