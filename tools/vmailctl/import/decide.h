/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Decides what of a plan is taken, and under which ids. Changes nothing outside the plan, but for
 * reading.
 */
#ifndef VMAILCTL_IMPORT_DECIDE_H
#define VMAILCTL_IMPORT_DECIDE_H

#include "context.h"
#include "import/plan.h"

/**
 * Decides about each item of PLAN: names are checked and folded, domains become their own names,
 * whoever exists already or comes twice is skipped, and so on; passwords are decided, but none is
 * hashed yet. EXIT_DONE, or another with a message printed where no decision is possible.
 */
enum exit_code import_decide(const struct context *context, struct import_plan *plan);

/** The last part of it: the ids of all that is taken so far. */
enum exit_code import_decide_ids(const struct context *context, struct import_plan *plan);

#endif
