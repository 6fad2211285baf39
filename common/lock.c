/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

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

static enum vmail_result failed(const char *name, const char *what, struct vmail_error *error)
{
    int code = errno;
    vmail_error_set(error, code, "%s: %s: %s", name, what, strerrordesc_np(code));
    errno = code;
    return VMAIL_UNAVAILABLE;
}

enum vmail_result vmail_lock_file(int directory, const char *name, unsigned seconds,
                                  struct vmail_lock *lock, struct vmail_error *error)
{
    char file[NAME_MAX + 1];
    int length = snprintf(file, sizeof file, ".%s.lock", name);
    lock->fd = -1;
    if (length < 0 || (size_t)length >= sizeof file) {
        errno = ENAMETOOLONG;
        return failed(name, "cannot have a lock file", error);
    }
    lock->fd =
        openat(directory, file, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY,
               S_IRUSR | S_IWUSR);
    if (lock->fd < 0)
        return failed(file, "cannot open the lock file", error);
    if (wait_for_lock(lock->fd, seconds))
        return VMAIL_OK;
    if (errno == ETIMEDOUT)
        vmail_error_set(error, ETIMEDOUT,
                        "%s: another process has held the lock for %u seconds; fuser -v on that "
                        "file tells which",
                        file, seconds);
    else
        failed(file, "cannot lock", error);
    vmail_lock_release(lock);
    return VMAIL_UNAVAILABLE;
}

enum vmail_result vmail_lock_domain(const struct vmail_paths *paths, const char *domain,
                                    unsigned seconds, struct vmail_lock *lock,
                                    struct vmail_error *error)
{
    int directory;
    lock->fd = -1;
    enum vmail_result result = vmail_trusted_open_directory(paths, &directory, error);
    if (result != VMAIL_OK)
        return VMAIL_UNAVAILABLE;
    result = vmail_lock_file(directory, domain, seconds, lock, error);
    close(directory);
    return result;
}

void vmail_lock_release(struct vmail_lock *lock)
{
    if (lock->fd >= 0)
        close(lock->fd);
    lock->fd = -1;
}
