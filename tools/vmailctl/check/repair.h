/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * check --repair: removes what interrupted changes left behind: lines in the shadow file without a
 * user, group members who do not exist, leftover new files, invalid indexes. Asks about each. A
 * user without a line in the shadow file stays: somebody must choose their password. Lines that
 * cannot be understood stay unchanged.
 */
#ifndef VMAILCTL_CHECK_REPAIR_H
#define VMAILCTL_CHECK_REPAIR_H

#include "areas.h"

/**
 * Repairs CHECK's domains, and the host if CHECK covers everything; a dry run prints what it would
 * do. EXIT_DONE also if the person said no; otherwise a message is printed.
 */
enum exit_code check_repair(struct check *check);

#endif
