/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Repairs the files of one domain: lines and members that belong to no user.
 */
#ifndef VMAILCTL_CHECK_REPAIR_DOMAIN_H
#define VMAILCTL_CHECK_REPAIR_DOMAIN_H

#include <jansson.h>

#include "areas.h"
#include "shared_files.h"

/**
 * Asks, then removes lines of unknown users from shadow.DOMAIN and unknown members from
 * group.DOMAIN; holds the domain's lock, and reads again under it who is a user. Names in invalid
 * or commented-out lines also count as users. A dry run adds to LIST what it would do. Files that
 * other domains share through links stay unchanged, because their changes use another lock.
 * EXIT_DONE, or another code with a message.
 */
enum exit_code repair_domain(struct check *check, const struct shared_files *shared,
                             const char *domain, json_t *list);

#endif
