/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Writes what was decided into the files of the domains.
 */
#ifndef VMAILCTL_IMPORT_WRITE_H
#define VMAILCTL_IMPORT_WRITE_H

#include "context.h"
#include "import/plan.h"

/**
 * Hashes the passwords that are known in clear, in all domains, before anything is written. Shows
 * its progress. EXIT_DONE, or EXIT_UNAVAILABLE with a message.
 */
enum exit_code import_make_hashes(const struct context *context, struct import_plan *plan);

/**
 * Writes domain after domain, each under its lock, shadow before passwd so that nobody is seen
 * without his hash; all of a domain, or nothing. A domain whose files are no longer those that were
 * looked at is not written. EXIT_DONE; EXIT_UNAVAILABLE with a message for each that failed: the
 * others are written all the same.
 */
enum exit_code import_write(const struct context *context, struct import_plan *plan);

#endif
