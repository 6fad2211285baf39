/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Users, groups and aliases that already exist, or are defined twice.
 */
#ifndef VMAILCTL_IMPORT_EXISTING_H
#define VMAILCTL_IMPORT_EXISTING_H

#include "context.h"
#include "import/plan.h"

/**
 * Skips the items of PLAN that the files or an earlier item already have, and records in its
 * domains the state of the files. EXIT_DONE, or another code with a message.
 */
enum exit_code import_skip_existing(const struct context *context, struct import_plan *plan);

#endif
