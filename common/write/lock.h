/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * One lock for each domain, for writers. Readers need no lock: files are only replaced whole.
 *
 * Waiting processes get the lock in the order of arrival: a process that writes again and again
 * does not block the others.
 */
#ifndef VMAIL_LOCK_H
#define VMAIL_LOCK_H

#include <stdbool.h>

#include "error.h"
#include "paths.h"

/** How long to wait for a lock: while a daemon's client waits, and while an administrator waits. */
enum { VMAIL_LOCK_SECONDS = 10, VMAIL_LOCK_SECONDS_ADMIN = 60 };

struct vmail_lock {
    int fd;
};

/**
 * Takes the lock of DOMAIN (valid, lower case), waiting up to SECONDS for others. The lock is one
 * of fcntl(2) (F_OFD_SETLK) on a byte of the file .locks/DOMAIN.lock in the directory, which stays:
 * the kernel releases the lock when the process ends in any way. Returns VMAIL_OK, and the caller
 * releases LOCK; or VMAIL_UNAVAILABLE with ERROR set.
 */
enum vmail_result vmail_lock_domain(const struct vmail_paths *paths, const char *domain,
                                    unsigned seconds, struct vmail_lock *lock,
                                    struct vmail_error *error);

/**
 * Takes the lock .locks/NAME.lock in the open directory DIRECTORY: for a file there that several
 * domains may reach through links, each under its own lock.
 */
enum vmail_result vmail_lock_file(int directory, const char *name, unsigned seconds,
                                  struct vmail_lock *lock, struct vmail_error *error);

/** Whether a process holds that lock or waits for it. Also true if this is unknown. */
bool vmail_lock_is_held(int directory, const char *name);

void vmail_lock_release(struct vmail_lock *lock);

#endif
