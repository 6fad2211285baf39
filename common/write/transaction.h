/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * One change of one or more files of the directory: all of them are written, or none.
 *
 * The caller holds the lock of the domain, or of the file itself for vmail.conf. A person with an
 * editor holds no lock: if they save meanwhile, their edit is kept, and ours is made again on top
 * of it.
 */
#ifndef VMAIL_TRANSACTION_H
#define VMAIL_TRANSACTION_H

#include <stdbool.h>

#include "edit.h"
#include "error.h"
#include "new_file.h"
#include "paths.h"
#include "vmail_file.h"

/** Makes the changes in EDIT, one for each file of the transaction, in their order. May be called
 * several times, each time with the current files. */
typedef enum vmail_result vmail_transaction_function(struct vmail_edit *edit, void *context,
                                                     struct vmail_error *error);

/** Receives a file that was written, or on a dry run would be. Called at most once for each file,
 * and only if there is a change. */
typedef void vmail_transaction_show(const struct vmail_edit *edit, void *context);

enum { VMAIL_TRANSACTION_FILES = 4, VMAIL_TRANSACTION_TRIES = 5 };

struct vmail_transaction_file {
    const char *name; /* see vmail_file_name and vmail_aliases_file_name; NULL ends the list */
    const struct vmail_new_file *make; /* for a missing file; NULL: VMAIL_NOT_FOUND */
    const struct vmail_file *index;    /* whose index is renewed if small; NULL for none */
};

struct vmail_transaction {
    struct vmail_transaction_file file[VMAIL_TRANSACTION_FILES]; /* in the order of writing */
    vmail_transaction_function *function;
    vmail_transaction_show *show; /* may be NULL */
    void *context;                /* of function and show */
    unsigned seconds; /* how long to wait for the lock beside each file, see vmail_replace */
    bool dry_run;     /* write nothing */
};

/**
 * Reads the files, calls the function, and writes what it has changed. If a file cannot be written,
 * those before it get their old text back. A crash between two files leaves the first one new:
 * order them so that this does no harm. Repeats all of this a bounded number of times if another
 * process changes a file meanwhile.
 *
 * If the function does not return VMAIL_OK, its value is the result and nothing is written.
 * VMAIL_UNFINISHED: written, but a directory could not be synced. VMAIL_CHANGED: others changed a
 * file during each try.
 */
enum vmail_result vmail_transaction_run(const struct vmail_paths *paths,
                                        const struct vmail_transaction *transaction,
                                        struct vmail_error *error);

#endif
