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
 * Whether every later change of a file whose state is STATE will show as another state. A file
 * system's clock has ticks (milliseconds, on some of them whole seconds), and two changes within
 * one cannot be told apart by stat(2). To be asked before the file is read; the time stamps must be
 * those of this machine's clock.
 */
bool vmail_file_state_settled(const struct vmail_file_state *state);

/** The same at the time NOW of the kernel's coarse clock. */
bool vmail_file_state_settled_at(const struct vmail_file_state *state, const struct timespec *now);

/**
 * Waits until STATE is settled, but not for longer than MILLISECONDS. False: it is not, because the
 * file system's clock is coarse, or the time stamp lies in the future; at once where it lies
 * further ahead than that.
 */
bool vmail_file_state_settle(const struct vmail_file_state *state, unsigned milliseconds);

#endif
