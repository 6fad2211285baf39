/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Who exists already, or comes twice.
 */
#ifndef VMAILCTL_IMPORT_EXISTING_H
#define VMAILCTL_IMPORT_EXISTING_H

#include "context.h"
#include "import/plan.h"

/**
 * Skips the users, groups and aliases of PLAN that the files have already or that an earlier item
 * has, and notes in its domains what the files were. EXIT_DONE, or another with a message.
 */
enum exit_code import_skip_existing(const struct context *context, struct import_plan *plan);

#endif
