/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trust.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINKS_MAX = 8, SETTLE_SECONDS = 2 };

/* Both permissions at fault at once are worth one message, with one command that mends it. */
static enum vmail_result judge(const struct vmail_paths *paths, const struct stat *status,
                               const char *what, const char *path, struct vmail_error *error)
{
    if (status->st_uid != paths->owner) {
        errno = EPERM;
        vmail_error_set(error, EPERM, "%s%s: owned by uid %lu; run chown %lu %s", what, path,
                        (unsigned long)status->st_uid, (unsigned long)paths->owner, path);
        return VMAIL_UNAVAILABLE;
    }
    if ((status->st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        errno = EPERM;
        vmail_error_set(error, EPERM, "%s%s: writable by %s; run chmod go-w %s", what, path,
                        (status->st_mode & S_IWOTH) != 0 ? "others" : "its group", path);
        return VMAIL_UNAVAILABLE;
    }
    return VMAIL_OK;
}

static enum vmail_result cannot_open(const char *path, int code, struct vmail_error *error)
{
    vmail_error_set(error, code, "%s: cannot open: %s", path,
                    code == EACCES   ? "permission denied"
                    : code == ELOOP  ? "too many symbolic links"
                    : code == EMFILE ? "too many open files"
                    : code == ENOENT ? "no such file or directory"
                                     : "system error");
    return VMAIL_UNAVAILABLE;
}

/* Opens the directory part of PATH (all of it where DIRECTORY is true) relative to *AT, judges it
 * and puts it in *AT's place. */
static enum vmail_result enter(const struct vmail_paths *paths, int *at, const char *path,
                               struct vmail_error *error)
{
    struct stat status;
    int fd = openat(*at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? VMAIL_NOT_FOUND : cannot_open(path, errno, error);
    if (*at != AT_FDCWD)
        close(*at);
    *at = fd;
    if (fstat(fd, &status) != 0)
        return cannot_open(path, errno, error);
    return judge(paths, &status, "directory ", path, error);
}

enum vmail_result vmail_trusted_open_directory(const struct vmail_paths *paths, int *fd,
                                               struct vmail_error *error)
{
    *fd = AT_FDCWD;
    enum vmail_result result = enter(paths, fd, paths->directory, error);
    if (result == VMAIL_NOT_FOUND)
        vmail_error_set(error, ENOENT, "%s: no such directory", paths->directory);
    if (result != VMAIL_OK && *fd >= 0)
        close(*fd);
    return result;
}

/* Reads the link NAME in the directory *AT, enters the directory that it leads to, and leaves the
 * last component of the target in NAME. */
static enum vmail_result follow(const struct vmail_paths *paths, int *at, char name[PATH_MAX],
                                struct vmail_error *error)
{
    char target[PATH_MAX];
    ssize_t length = readlinkat(*at, name, target, sizeof target - 1);
    if (length <= 0)
        return cannot_open(name, length == 0 ? ENOENT : errno, error);
    target[length] = '\0';
    char *slash = strrchr(target, '/');
    if (slash == NULL) {
        memcpy(name, target, (size_t)length + 1);
        return VMAIL_OK;
    }
    memcpy(name, slash + 1, (size_t)(target + length - slash));
    if (slash == target)
        slash++; /* a file in the root directory */
    *slash = '\0';
    enum vmail_result result = enter(paths, at, target, error);
    return result == VMAIL_NOT_FOUND ? cannot_open(target, ENOENT, error) : result;
}

static enum vmail_result open_following(const struct vmail_paths *paths, int *at,
                                        char name[PATH_MAX], int *fd, struct vmail_error *error)
{
    for (int links = 0; links <= LINKS_MAX; links++) {
        *fd = openat(*at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (*fd >= 0)
            return VMAIL_OK;
        if (errno == ENOENT && links == 0)
            return VMAIL_NOT_FOUND;
        if (errno != ELOOP)
            return cannot_open(name, errno, error);
        enum vmail_result result = follow(paths, at, name, error);
        if (result != VMAIL_OK)
            return result;
    }
    return cannot_open(name, ELOOP, error);
}

static enum vmail_result judge_file(const struct vmail_paths *paths, const char *name,
                                    const char *path, int fd, struct stat *status,
                                    struct vmail_error *error)
{
    if (fstat(fd, status) != 0)
        return cannot_open(path, errno, error);
    if (!S_ISREG(status->st_mode)) {
        errno = EPERM;
        vmail_error_set(error, EPERM, "%s/%s: not a regular file; replace it by one",
                        paths->directory, name);
        return VMAIL_UNAVAILABLE;
    }
    return judge(paths, status, "", path, error);
}

/* Opens NAME, leaving in *AT and PATH where it was found, or where it is missing. */
static enum vmail_result open_at(const struct vmail_paths *paths, const char *name, int *at,
                                 char path[PATH_MAX], int *fd, struct stat *status,
                                 struct vmail_error *error)
{
    size_t length = strlen(name);
    *fd = -1;
    *at = AT_FDCWD;
    if (length > NAME_MAX)
        return cannot_open("file name", ENAMETOOLONG, error);
    memcpy(path, name, length + 1);

    enum vmail_result result = enter(paths, at, paths->directory, error);
    if (result == VMAIL_OK)
        result = open_following(paths, at, path, fd, error);
    if (result == VMAIL_OK)
        result = judge_file(paths, name, path, *fd, status, error);
    if (result != VMAIL_OK && *fd >= 0) {
        close(*fd);
        *fd = -1;
    }
    if (result == VMAIL_NOT_FOUND)
        vmail_error_set(error, ENOENT, "%s/%s: no such file", paths->directory, name);
    return result;
}

enum vmail_result vmail_trusted_open(const struct vmail_paths *paths, const char *name, int *fd,
                                     struct stat *status, struct vmail_error *error)
{
    char path[PATH_MAX];
    int at;
    enum vmail_result result = open_at(paths, name, &at, path, fd, status, error);
    if (at != AT_FDCWD)
        close(at);
    return result;
}

enum vmail_result vmail_trusted_open_place(const struct vmail_paths *paths, const char *name,
                                           struct vmail_place *place, struct vmail_error *error)
{
    char path[PATH_MAX];
    int at;
    enum vmail_result result = open_at(paths, name, &at, path, &place->fd, &place->status, error);
    place->directory = at == AT_FDCWD ? -1 : at;
    size_t length = strlen(path);
    if (result == VMAIL_OK && length > NAME_MAX)
        result = cannot_open(path, ENAMETOOLONG, error);
    if (length <= NAME_MAX)
        memcpy(place->name, path, length + 1);
    if (result != VMAIL_OK && result != VMAIL_NOT_FOUND)
        vmail_place_close(place);
    return result;
}

void vmail_place_close(struct vmail_place *place)
{
    if (place->fd >= 0)
        close(place->fd);
    if (place->directory >= 0)
        close(place->directory);
    place->fd = place->directory = -1;
}

struct vmail_file_state vmail_file_state(const struct stat *status)
{
    return (struct vmail_file_state){
        .device = status->st_dev,
        .inode = status->st_ino,
        .size = status->st_size,
        .modified = status->st_mtim,
        .changed = status->st_ctim,
    };
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool vmail_file_state_equal(const struct vmail_file_state *a, const struct vmail_file_state *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           same_time(&a->modified, &b->modified) && same_time(&a->changed, &b->changed);
}

bool vmail_file_state_settled(const struct vmail_file_state *state)
{
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return false;
    return now.tv_sec - state->changed.tv_sec > SETTLE_SECONDS;
}
