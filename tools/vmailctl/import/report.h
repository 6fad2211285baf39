/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The report of an import: what is imported, renumbered or skipped, and why.
 */
#ifndef VMAILCTL_IMPORT_REPORT_H
#define VMAILCTL_IMPORT_REPORT_H

#include "context.h"
#include "import/plan.h"

/**
 * Prints the report of PLAN and the totals: with --json or ALL every item, otherwise only those
 * with something to report. EXIT_DONE; EXIT_NEGATIVE if something is skipped; EXIT_UNAVAILABLE with
 * a message.
 */
enum exit_code import_report(const struct context *context, const struct import_plan *plan,
                             bool all);

#endif
