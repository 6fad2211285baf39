/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "trust.h"

enum { POLL_NANOSECONDS = 10 * 1000 * 1000 };

static const char directory_name[] = ".locks";

static long long now_milliseconds(void)
{
    struct timespec now = { 0 };
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- the queue: a process locks one byte of the file, after all locked bytes, and has the lock
 * once no byte before its own is locked */

static bool set_byte(int fd, off_t at, short type)
{
    struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1 };
    return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

/* Whether another process has a lock in the LENGTH bytes from START on (0: all bytes). END is set
 * to the end of that lock, 0 if it has no end. False with errno 0: no process has one. */
static bool find_lock(int fd, off_t start, off_t length, off_t *end)
{
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start, .l_len = length
    };
    if (fcntl(fd, F_OFD_GETLK, &lock) != 0)
        return false;
    errno = 0;
    *end = lock.l_len == 0 ? 0 : lock.l_start + lock.l_len;
    return lock.l_type != F_UNLCK;
}

/* Locks the byte after all bytes that others have. False with EAGAIN: another process was faster,
 * or has all bytes; another try may succeed. */
static bool join_queue(int fd, off_t *place)
{
    off_t at = 0, end;
    while (find_lock(fd, at, 0, &end) && end > 0)
        at = end;
    if (errno != 0)
        return false;
    if (!set_byte(fd, at, F_WRLCK)) {
        errno = errno == EACCES ? EAGAIN : errno;
        return false;
    }
    /* A process that checked before our byte was locked may have the lock with a later byte. */
    if (!find_lock(fd, at + 1, 0, &end) && errno == 0) {
        *place = at;
        return true;
    }
    set_byte(fd, at, F_UNLCK);
    errno = errno == 0 ? EAGAIN : errno;
    return false;
}

/* Whether no process is before PLACE; if one is, errno is 0. */
static bool is_first(int fd, off_t place)
{
    off_t end;
    return place == 0 || (!find_lock(fd, 0, place, &end) && errno == 0);
}

/* Polls, because a library must not set a time-out by signal. */
static bool wait_for_lock(int fd, unsigned seconds)
{
    const long long until = now_milliseconds() + (long long)seconds * 1000;
    const struct timespec pause = { .tv_nsec = POLL_NANOSECONDS };
    bool queued = false;
    off_t place = 0;
    for (;;) {
        if (!queued) {
            queued = join_queue(fd, &place);
            if (!queued && errno != EAGAIN && errno != EINTR)
                return false;
        }
        if (queued && is_first(fd, place))
            return true;
        if (queued && errno != 0 && errno != EINTR)
            return false;
        if (now_milliseconds() >= until) {
            errno = ETIMEDOUT;
            return false;
        }
        nanosleep(&pause, NULL);
    }
}

static enum vmail_result not_locked(const char *name, const char *what, struct vmail_error *error)
{
    vmail_error_set(error, errno, "%s: %s: %s", name, what, strerrordesc_np(errno));
    return VMAIL_UNAVAILABLE;
}

/* --- the files */

/* Opens the lock directory in DIRECTORY; both must have the same owner. Creates it if MAKE. */
static int open_locks(int directory, bool make)
{
    struct stat own, status;
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int fd = openat(directory, directory_name, flags);
    if (fd < 0 && errno == ENOENT && make) {
        if (mkdirat(directory, directory_name, S_IRWXU) == 0 &&
            fchmodat(directory, directory_name, S_IRWXU, 0) != 0) /* whatever the umask is */
            return -1;
        fd = openat(directory, directory_name, flags);
    }
    if (fd < 0)
        return -1;
    if (fstat(directory, &own) == 0 && fstat(fd, &status) == 0 && status.st_uid == own.st_uid &&
        (status.st_mode & (S_IWGRP | S_IWOTH)) == 0)
        return fd;
    close(fd);
    errno = EPERM;
    return -1;
}

static int open_lock(int directory, const char *file, int flags)
{
    int locks = open_locks(directory, (flags & O_CREAT) != 0);
    if (locks < 0)
        return -1;
    int fd = openat(locks, file, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY,
                    S_IRUSR | S_IWUSR);
    const int code = errno;
    close(locks);
    errno = code;
    return fd;
}

static bool file_name(char file[NAME_MAX + 1], const char *name)
{
    const int length = snprintf(file, NAME_MAX + 1, "%s.lock", name);
    return length > 0 && length <= NAME_MAX;
}

enum vmail_result vmail_lock_file(int directory, const char *name, unsigned seconds,
                                  struct vmail_lock *lock, struct vmail_error *error)
{
    char file[NAME_MAX + 1];
    lock->fd = -1;
    if (!file_name(file, name)) {
        errno = ENAMETOOLONG;
        return not_locked(name, "cannot have a lock file", error);
    }
    lock->fd = open_lock(directory, file, O_RDWR | O_CREAT);
    if (lock->fd < 0)
        return not_locked(file, "cannot open the lock file in the directory .locks", error);
    if (wait_for_lock(lock->fd, seconds))
        return VMAIL_OK;
    if (errno == ETIMEDOUT)
        vmail_error_set(error, ETIMEDOUT,
                        "%s/%s: waited %u seconds for other processes; fuser -v on that file shows "
                        "them",
                        directory_name, file, seconds);
    else
        not_locked(file, "cannot lock", error);
    vmail_lock_release(lock);
    return VMAIL_UNAVAILABLE;
}

bool vmail_lock_is_held(int directory, const char *name)
{
    char file[NAME_MAX + 1];
    off_t end;
    if (!file_name(file, name))
        return false;
    int fd = open_lock(directory, file, O_RDONLY);
    if (fd < 0)
        return errno != ENOENT;
    const bool held = find_lock(fd, 0, 0, &end) || errno != 0;
    close(fd);
    return held;
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
