/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Writes the decided items into the files of the domains.
 */
#ifndef VMAILCTL_IMPORT_WRITE_H
#define VMAILCTL_IMPORT_WRITE_H

#include "context.h"
#include "import/plan.h"

/**
 * Hashes the clear-text passwords of all domains before anything is written. Shows its progress.
 * EXIT_DONE, or EXIT_UNAVAILABLE with a message.
 */
enum exit_code import_make_hashes(const struct context *context, struct import_plan *plan);

/**
 * Writes each domain under its lock, all of it or nothing, and shadow before passwd, so that no
 * user is visible without a hash. Does not write a domain whose files have changed since they were
 * read. EXIT_DONE; EXIT_UNAVAILABLE with a message for each that failed: the others are still
 * written.
 */
enum exit_code import_write(const struct context *context, struct import_plan *plan);

#endif
