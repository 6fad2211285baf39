/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * File states: whether a file is unchanged.
 */
#ifndef VMAIL_FILE_STATE_H
#define VMAIL_FILE_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/** What distinguishes one state of a file from another; all 0 for a missing file. */
struct vmail_file_state {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
    struct timespec changed;
};

/** What somebody has read: the file in this state. */
struct vmail_file_version {
    struct vmail_file_state state;
    bool settled;  /* a change since then shows in the state */
    uint64_t tick; /* when its directory was last found to be trusted; 0: not since it was read */
};

/** Returns the state that STATUS describes. */
struct vmail_file_state vmail_file_state(const struct stat *status);

/** Whether A and B describe one file with the same content, as far as stat(2) can tell. */
bool vmail_file_state_equal(const struct vmail_file_state *a, const struct vmail_file_state *b);

/**
 * Whether every later change of a file with STATE will show as another state. The clock of a file
 * system has ticks (milliseconds, on some file systems whole seconds), and stat(2) cannot
 * distinguish two changes within one tick. Call this before you read the file. The time stamps must
 * come from the clock of this machine.
 */
bool vmail_file_state_settled(const struct vmail_file_state *state);

/** Does the same for the time NOW of the kernel's coarse clock. */
bool vmail_file_state_settled_at(const struct vmail_file_state *state, const struct timespec *now);

/**
 * Waits until STATE is settled, but at most MILLISECONDS. Returns false if it is still not settled:
 * the clock of the file system is coarse, or the time stamp lies in the future. Returns false at
 * once if the stamp lies further ahead than MILLISECONDS.
 */
bool vmail_file_state_settle(const struct vmail_file_state *state, unsigned milliseconds);

#endif
