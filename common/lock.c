/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "name.h"
#include "trust.h"

enum { POLL_NANOSECONDS = 10 * 1000 * 1000 };

static long long now_milliseconds(void)
{
    struct timespec now = { 0 };
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Polls: a time-out by signal is not for a library to set. */
static bool wait_for_lock(int fd, unsigned seconds)
{
    long long until = now_milliseconds() + (long long)seconds * 1000;
    const struct timespec pause = { .tv_nsec = POLL_NANOSECONDS };
    for (;;) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return false;
        if (now_milliseconds() >= until) {
            errno = ETIMEDOUT;
            return false;
        }
        nanosleep(&pause, NULL);
    }
}

static int open_lock_file(const struct vmail_paths *paths, const char *name,
                          struct vmail_error *error)
{
    int directory;
    if (vmail_trusted_open_directory(paths, &directory, error) != VMAIL_OK)
        return -1;
    int fd =
        openat(directory, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY,
               S_IRUSR | S_IWUSR);
    int code = errno;
    close(directory);
    if (fd < 0)
        vmail_error_set(error, code, "%s/%s: cannot open the lock file: %s", paths->directory, name,
                        strerrordesc_np(code));
    return fd;
}

enum vmail_result vmail_lock_domain(const struct vmail_paths *paths, const char *domain,
                                    unsigned seconds, struct vmail_lock *lock,
                                    struct vmail_error *error)
{
    char name[1 + VMAIL_DOMAIN_MAX + sizeof ".lock"];
    snprintf(name, sizeof name, ".%s.lock", domain);
    lock->fd = open_lock_file(paths, name, error);
    if (lock->fd < 0)
        return VMAIL_UNAVAILABLE;
    if (wait_for_lock(lock->fd, seconds))
        return VMAIL_OK;
    if (errno == ETIMEDOUT)
        vmail_error_set(error, ETIMEDOUT,
                        "%s/%s: another process has held the lock for %u seconds; fuser -v on that "
                        "file tells which",
                        paths->directory, name, seconds);
    else
        vmail_error_set(error, errno, "%s/%s: cannot lock: %s", paths->directory, name,
                        strerrordesc_np(errno));
    vmail_lock_release(lock);
    return VMAIL_UNAVAILABLE;
}

void vmail_lock_release(struct vmail_lock *lock)
{
    if (lock->fd >= 0)
        close(lock->fd);
    lock->fd = -1;
}
