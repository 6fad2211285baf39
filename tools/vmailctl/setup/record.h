/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What a setup has changed, kept for `vmailctl setup --undo`: for each part a directory, with the
 * text that each file had before, if any, and the text that it was given.
 */
#ifndef VMAILCTL_SETUP_RECORD_H
#define VMAILCTL_SETUP_RECORD_H

#include "lock.h"
#include "target.h"

#define SETUP_RECORDS VMAIL_STATE_DIRECTORY "/setup"

/** A file as it was before a part was set up, and as the setup left it. */
struct record {
    struct target before, after;
    struct target
        earlier; /* as an earlier setup left it; until the last one was finished, it is so */
};

/** Whether NOW is what a setup has left, according to RECORD. */
bool record_is_ours(const struct record *record, const struct target *now);

void record_end(struct record *record);

/** Keeps other setups away. EXIT_DONE, and the caller releases LOCK; EXIT_UNAVAILABLE with a
 * message. */
enum exit_code record_lock(const struct context *context, struct vmail_lock *lock);

/** Reads what PART did to the file PATH; nothing has happened if record->after does not exist. The
 * caller ends RECORD in either case. EXIT_DONE; EXIT_UNAVAILABLE with a message. */
enum exit_code record_read(const struct context *context, const char *part, const char *path,
                           struct record *record);

/** Writes RECORD; one in which `after` does not exist is removed. As record_read. */
enum exit_code record_write(const struct context *context, const char *part, const char *path,
                            const struct record *record);

/** Whether another part than PART has left the file PATH as it is NOW; then OTHER becomes its
 * record. The caller ends OTHER in either case. */
bool record_is_shared(const struct context *context, const char *part, const char *path,
                      const struct target *now, struct record *other);

/**
 * Calls VISIT for each file that PART has changed, until it returns another code than EXIT_DONE,
 * which is then the result. EXIT_UNAVAILABLE with a message.
 */
enum exit_code record_each(const struct context *context, const char *part,
                           enum exit_code (*visit)(void *data, const char *path), void *data);

#endif
