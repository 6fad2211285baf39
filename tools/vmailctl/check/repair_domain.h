/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The repair of one domain's files: lines and members that belong to no user.
 */
#ifndef VMAILCTL_CHECK_REPAIR_DOMAIN_H
#define VMAILCTL_CHECK_REPAIR_DOMAIN_H

#include <jansson.h>

#include "areas.h"
#include "shared_files.h"

/**
 * Asks, and takes away from shadow.DOMAIN the lines of those who are no users, and from
 * group.DOMAIN the members who are none; under the domain's lock, under which it is looked again
 * who is a user. A user is also who stands in a line that is broken or a comment. On a dry run adds
 * to LIST what it would do. Files that other domains have as well, by links, are left alone: a
 * change of theirs is under another lock. EXIT_DONE, or another with a message.
 */
enum exit_code repair_domain(struct check *check, const struct shared_files *shared,
                             const char *domain, json_t *list);

#endif
