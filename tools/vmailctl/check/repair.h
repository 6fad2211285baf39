/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * check --repair: takes away what changes leave that were cut short. Lines of the shadow file
 * without a user, members of groups who are no users, left-over new files, indexes that are not
 * right. Asks about each. A user without a line in the shadow file stays: somebody must choose his
 * password. What is not understood stays as it is.
 */
#ifndef VMAILCTL_CHECK_REPAIR_H
#define VMAILCTL_CHECK_REPAIR_H

#include "areas.h"

/**
 * Repairs what is wrong in CHECK's domains, and of the host where CHECK is of everything; on a dry
 * run prints what it would do. EXIT_DONE also where the person said no; else a message is printed.
 */
enum exit_code check_repair(struct check *check);

#endif
