/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The steps of an import once a reader has filled in the plan, in their order.
 */
#ifndef VMAILCTL_IMPORT_STEPS_H
#define VMAILCTL_IMPORT_STEPS_H

#include "context.h"
#include "error.h"
#include "import/plan.h"

/**
 * Decides about each item of PLAN: checks and folds names, replaces aliases of domains, skips what
 * already exists or is defined twice, and so on; decides about passwords, but hashes none yet.
 * Changes nothing but PLAN. EXIT_DONE, or another code with a message if no decision is possible.
 */
enum exit_code import_decide(const struct context *context, struct import_plan *plan);

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

/**
 * Prints the report of PLAN and the totals: with --json or ALL every item, otherwise only those
 * with something to report. EXIT_DONE; EXIT_NEGATIVE if something is skipped; EXIT_UNAVAILABLE with
 * a message.
 */
enum exit_code import_report(const struct context *context, const struct import_plan *plan,
                             bool all);

/* Parts of these steps. */

/**
 * Skips the items of PLAN that the files or an earlier item already have, and records in its
 * domains the state of the files. EXIT_DONE, or another code with a message.
 */
enum exit_code import_skip_existing(const struct context *context, struct import_plan *plan);

/** Decides the ids of all imported items. */
enum exit_code import_decide_ids(const struct context *context, struct import_plan *plan);

/** Whether TEXT can be a field of passwd(5): no colon, no control character except tabs. */
bool import_text_valid(const char *text);

/**
 * Sets USER's hash; or leaves it NULL with the clear-text password, for import_password_make; or
 * sets decision.skipped if the password cannot be checked here. Users without a password are
 * locked.
 */
void import_password_decide(struct import_plan *plan, struct import_user *user);

/** Makes the hash if decide left it NULL. This is slow on purpose. False with ERROR. */
bool import_password_make(struct import_plan *plan, struct import_user *user,
                          struct vmail_error *error);

#endif
