/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * File states: whether a file is still what it was.
 */
#ifndef VMAIL_FILE_STATE_H
#define VMAIL_FILE_STATE_H

#include <stdbool.h>
#include <sys/stat.h>

/** What tells one state of a file from another; all 0 for a file that is not there. */
struct vmail_file_state {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
    struct timespec changed;
};

/** The state that STATUS describes. */
struct vmail_file_state vmail_file_state(const struct stat *status);

/** Whether A and B describe one file with the same content, as far as stat(2) can tell. */
bool vmail_file_state_equal(const struct vmail_file_state *a, const struct vmail_file_state *b);

/**
 * Whether something remembered about STATE can be told to be out of date by stat(2) alone. A file
 * that changed within the last two seconds may change again within one tick of the file system's
 * clock, and keep its size; then the answer is no.
 */
bool vmail_file_state_settled(const struct vmail_file_state *state);

#endif
