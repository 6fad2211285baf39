/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Changes of a domain's files: takes the domain's lock, edits one file after the other, keeps the
 * indexes right; on a dry run shows what would be, and writes and locks nothing.
 */
#ifndef VMAILCTL_CHANGE_H
#define VMAILCTL_CHANGE_H

#include <jansson.h>

#include "context.h"
#include "edit.h"
#include "held_signals.h"
#include "lock.h"

struct change {
    const struct context *context;
    const char *domain;
    struct vmail_new_file make_shadow;
    struct vmail_lock ids, lock;
    json_t *shown; /* of a dry run: what it prints at the end */
    struct held_signals signals;
    bool large[VMAIL_GROUP + 1]; /* files whose indexes take a while: made at the end */
};

/**
 * Begins a change of DOMAIN's files. With IDS, uids or gids are to be chosen or retired: then no
 * other vmailctl does so, for any domain, until the end. Signals from the terminal and messages
 * wait until then, too: whoever runs the command must not be able to keep the locks. EXIT_DONE or
 * EXIT_UNAVAILABLE with a message, also for co-administrators whose vmail.conf has changed since
 * it was read; in either case the caller ends CHANGE. Whatever else a command has looked at before
 * the lock, it looks at again.
 */
enum exit_code change_begin(struct change *change, const struct context *context,
                            const char *domain, bool ids);

/**
 * Makes the changes in EDIT, the whole file in memory; called again where somebody with an editor
 * got in between. Anything but EXIT_DONE means that nothing is written; ERROR, where it has a text,
 * becomes the message.
 */
typedef enum exit_code change_function(struct vmail_edit *edit, void *context,
                                       struct vmail_error *error);

/**
 * Changes KIND.DOMAIN by FUNCTION, which gets FUNCTION_CONTEXT. A missing file is made where MAKE
 * says so, and is else EXIT_NO_SUCH without a message.
 */
enum exit_code change_file(struct change *change, enum vmail_kind kind, bool make,
                           change_function *function, void *function_context);

/** Notes that KIND.DOMAIN was written: the index of a large file is then made at the end. */
void change_written(struct change *change, enum vmail_kind kind);

/** Gives up the lock for ids before the end: none is chosen or retired any more, and what follows
 * may take its time. */
void change_release_ids(struct change *change);

/** On a dry run: shows that TEXT, "make directory /vhome/...", would be done. Else nothing. */
void change_would(struct change *change, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Ends CHANGE: makes the indexes of large files, and prints what a dry run has to show. Returns
 * CODE, or what went wrong now. */
enum exit_code change_end(struct change *change, enum exit_code code);

/**
 * Prints what a dry run has to show, an array as in change->shown, for a command of several
 * changes: it takes that array from each before it ends it. EXIT_DONE or EXIT_UNAVAILABLE.
 */
enum exit_code change_print(const struct context *context, const json_t *shown);

/** The exit code for RESULT of an edit that is not VMAIL_OK and has ERROR. */
enum exit_code change_code(enum vmail_result result, const struct vmail_error *error);

#endif
