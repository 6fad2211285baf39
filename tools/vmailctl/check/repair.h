/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * check --repair: removes what interrupted changes left behind: lines in the shadow file without a
 * user, group members who do not exist, leftover new files, invalid indexes. Asks about each. A
 * user without a line in the shadow file stays: somebody must choose their password. Lines that
 * cannot be understood stay unchanged.
 */
#ifndef VMAILCTL_CHECK_REPAIR_H
#define VMAILCTL_CHECK_REPAIR_H

#include <jansson.h>

#include "shared_files.h"

/**
 * Repairs CHECK's domains, and the host if CHECK covers everything; a dry run prints what it would
 * do. EXIT_DONE also if the person said no; otherwise a message is printed.
 */
enum exit_code check_repair(struct check *check);

/* Its parts. */

/**
 * Asks, then removes lines of unknown users from shadow.DOMAIN and unknown members from
 * group.DOMAIN; holds the domain's lock, and reads again under it who is a user. Names in invalid
 * or commented-out lines also count as users. A dry run adds to LIST what it would do. Files that
 * other domains share through links stay unchanged, because their changes use another lock.
 * EXIT_DONE, or another code with a message.
 */
enum exit_code repair_domain(struct check *check, const struct shared_files *shared,
                             const char *domain, json_t *list);

/** Logs what was done, and prints it for people: "repaired: ...". */
void repair_done(const struct context *context, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
