/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * One lock a domain, for whoever writes. Readers need none: files are only ever replaced whole.
 */
#ifndef VMAIL_LOCK_H
#define VMAIL_LOCK_H

#include "error.h"
#include "paths.h"

/** How long a change that somebody waits for should wait for a lock. */
enum { VMAIL_LOCK_SECONDS = 10 };

struct vmail_lock {
    int fd;
};

/**
 * Takes the lock of DOMAIN (valid, lower case), waiting up to SECONDS for another process that has
 * it. The lock is flock(2) on the file .DOMAIN.lock in the directory, which stays: the kernel gives
 * it up when the process ends, however it does.
 * Returns VMAIL_OK, and the caller releases LOCK; or VMAIL_UNAVAILABLE with ERROR set.
 */
enum vmail_result vmail_lock_domain(const struct vmail_paths *paths, const char *domain,
                                    unsigned seconds, struct vmail_lock *lock,
                                    struct vmail_error *error);

/**
 * Takes the lock .NAME.lock in the open directory DIRECTORY: for a file there that several domains
 * may reach by links, each under its own lock.
 */
enum vmail_result vmail_lock_file(int directory, const char *name, unsigned seconds,
                                  struct vmail_lock *lock, struct vmail_error *error);

void vmail_lock_release(struct vmail_lock *lock);

#endif
