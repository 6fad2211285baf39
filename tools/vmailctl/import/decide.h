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

/** The last part of it: the ids of all imported items. */
enum exit_code import_decide_ids(const struct context *context, struct import_plan *plan);

#endif
