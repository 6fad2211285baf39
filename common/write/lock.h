/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * One lock a domain, for whoever writes. Readers need none: files are only ever replaced whole.
 *
 * Those who wait get the lock in the order in which they came: a process that writes again and
 * again does not keep the others from it.
 */
#ifndef VMAIL_LOCK_H
#define VMAIL_LOCK_H

#include <stdbool.h>

#include "error.h"
#include "paths.h"

/** How long to wait for a lock: where a daemon's client waits, and where an administrator does. */
enum { VMAIL_LOCK_SECONDS = 10, VMAIL_LOCK_SECONDS_ADMIN = 60 };

struct vmail_lock {
    int fd;
};

/**
 * Takes the lock of DOMAIN (valid, lower case), waiting up to SECONDS for others. The lock is one
 * of fcntl(2) (F_OFD_SETLK) on a byte of the file .locks/DOMAIN.lock in the directory, which stays:
 * the kernel gives it up when the process ends, however it does. Returns VMAIL_OK, and the caller
 * releases LOCK; or VMAIL_UNAVAILABLE with ERROR set.
 */
enum vmail_result vmail_lock_domain(const struct vmail_paths *paths, const char *domain,
                                    unsigned seconds, struct vmail_lock *lock,
                                    struct vmail_error *error);

/**
 * Takes the lock .locks/NAME.lock in the open directory DIRECTORY: for a file there that several
 * domains may reach by links, each under its own lock.
 */
enum vmail_result vmail_lock_file(int directory, const char *name, unsigned seconds,
                                  struct vmail_lock *lock, struct vmail_error *error);

/** Whether somebody has that lock, or waits for it, or it cannot be told. */
bool vmail_lock_is_held(int directory, const char *name);

void vmail_lock_release(struct vmail_lock *lock);

#endif
