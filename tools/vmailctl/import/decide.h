/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Decides which items of a plan are imported, and with which ids. Only reads; changes nothing but
 * the plan.
 */
#ifndef VMAILCTL_IMPORT_DECIDE_H
#define VMAILCTL_IMPORT_DECIDE_H

#include "context.h"
#include "import/plan.h"

/**
 * Decides about each item of PLAN: checks and folds names, replaces aliases of domains, skips what
 * already exists or is defined twice, and so on; decides about passwords, but hashes none yet.
 * EXIT_DONE, or another code with a message if no decision is possible.
 */
enum exit_code import_decide(const struct context *context, struct import_plan *plan);

/* Parts of it. */

/**
 * Skips the items of PLAN that the files or an earlier item already have, and records in its
 * domains the state of the files. EXIT_DONE, or another code with a message.
 */
enum exit_code import_skip_existing(const struct context *context, struct import_plan *plan);

/** The last part: the ids of all imported items. */
enum exit_code import_decide_ids(const struct context *context, struct import_plan *plan);

/** Whether TEXT can be a field of passwd(5): no colon, no control character except tabs. */
bool import_text_valid(const char *text);

#endif
