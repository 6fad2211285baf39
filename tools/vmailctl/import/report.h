/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The report of an import: what is taken, renumbered, skipped, and why.
 */
#ifndef VMAILCTL_IMPORT_REPORT_H
#define VMAILCTL_IMPORT_REPORT_H

#include "context.h"
#include "import/plan.h"

/**
 * Prints the report of PLAN: with --json every item, for people those of which there is something
 * to say, or with ALL every one, and how many there are. EXIT_DONE; EXIT_NEGATIVE where something
 * is skipped; EXIT_UNAVAILABLE with a message.
 */
enum exit_code import_report(const struct context *context, const struct import_plan *plan,
                             bool all);

#endif
