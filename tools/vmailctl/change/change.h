/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Changes of a domain's files: takes the domain's lock, edits one file after the other, and updates
 * the indexes. A dry run only shows the changes; it writes and locks nothing.
 */
#ifndef VMAILCTL_CHANGE_H
#define VMAILCTL_CHANGE_H

#include <jansson.h>

#include "context.h"
#include "diff.h"
#include "held_signals.h"
#include "lock.h"
#include "transaction.h"

struct change {
    const struct context *context;
    const char *domain;
    struct vmail_new_file make_shadow;
    struct vmail_lock ids, lock;
    json_t *shown; /* printed at the end of a dry run */
    struct held_signals signals;
    bool large[VMAIL_GROUP + 1]; /* files whose indexes take a while: built at the end */
};

/**
 * Begins a change of DOMAIN's files. With IDS, uids or gids will be chosen or retired: until the
 * end, no other vmailctl does so for any domain. Until then, signals from the terminal and messages
 * are also held back, so that the person who runs the command cannot keep the locks. EXIT_DONE, or
 * EXIT_UNAVAILABLE with a message, also for co-administrators if vmail.conf has changed since it
 * was read; the caller ends CHANGE in either case. The command must check again what it checked
 * before the lock.
 */
enum exit_code change_begin(struct change *change, const struct context *context,
                            const char *domain, bool ids);

/**
 * Changes KIND.DOMAIN with FUNCTION, which gets FUNCTION_CONTEXT. With MAKE, a missing file is
 * created. Without, EXIT_NO_SUCH without a message if the file is missing or FUNCTION returns
 * VMAIL_NOT_FOUND. Other errors are printed.
 */
enum exit_code change_file(struct change *change, enum vmail_kind kind, bool make,
                           vmail_transaction_function *function, void *function_context);

/** As change_file, for aliases.DOMAIN. */
enum exit_code change_aliases(struct change *change, bool make,
                              vmail_transaction_function *function, void *function_context);

/** The file KIND.DOMAIN of CHANGE. */
struct vmail_file change_table(const struct change *change, enum vmail_kind kind);

/** In a dry run: shows the diff of EDIT. Otherwise nothing. */
void change_show(struct change *change, const struct vmail_edit *edit, enum diff_kind kind);

/** Notes that KIND.DOMAIN was written: the index of a large file is then built at the end. */
void change_written(struct change *change, enum vmail_kind kind);

/**
 * Releases the lock for ids before the end: no more ids are chosen or retired, and the rest may
 * take long.
 */
void change_release_ids(struct change *change);

/**
 * In a dry run: shows that TEXT, "create the directory /vhome/...", would be done. Otherwise
 * nothing. Returns whether this is a dry run.
 */
bool change_would(struct change *change, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * Ends CHANGE: builds the indexes of large files, and prints the result of a dry run. Returns CODE,
 * or the code of a new error.
 */
enum exit_code change_end(struct change *change, enum exit_code code);

/**
 * Prints the result of a dry run, an array as in change->shown. For a command with several changes:
 * it takes the array of each one before it ends it. EXIT_DONE or EXIT_UNAVAILABLE.
 */
enum exit_code change_print(const struct context *context, const json_t *shown);

#endif
