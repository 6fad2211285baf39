/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trust.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "shell_word.h"
#include "tick.h"

enum { LINKS_MAX = 8, TARGET_MAX = 1023 };

/* One search for a file: its current position, and the path that an administrator would use. */
struct search {
    const struct vmail_paths *paths;
    struct vmail_error *error;
    int at;                     /* the directory reached so far */
    char name[TARGET_MAX + 1];  /* what to open there */
    char shown[TARGET_MAX + 1]; /* its path, for messages; "" if no message is needed */
    bool linked;
};

static enum vmail_result not_believed(struct vmail_error *error, const char *path, const char *what)
{
    vmail_error_set(error, EPERM, "%s: %s", path, what);
    return VMAIL_UNAVAILABLE;
}

static enum vmail_result cannot_open(struct vmail_error *error, const char *path, int code)
{
    vmail_error_set(error, code, "%s: cannot open: %s", path,
                    code == ENOENT  ? "the target of the link does not exist"
                    : code == ELOOP ? "too many symbolic links"
                                    : strerrordesc_np(code));
    return VMAIL_UNAVAILABLE;
}

static enum vmail_result judge_status(const struct vmail_paths *paths, const struct stat *status,
                                      const char *path, struct vmail_error *error)
{
    const char *writer = (status->st_mode & S_IWOTH) != 0   ? "others"
                         : (status->st_mode & S_IWGRP) != 0 ? "its group"
                                                            : NULL;
    if (status->st_uid == paths->owner && writer == NULL)
        return VMAIL_OK;
    if (error == NULL)
        return VMAIL_UNAVAILABLE;
    char out[VMAIL_ERROR_TEXT_MAX];
    const char *word = vmail_shell_word(path, out, sizeof out);
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    if (writer != NULL && strncmp(name, "shadow.", 7) == 0 && (status->st_mode & S_IROTH) != 0)
        vmail_error_set(
            error, EPERM,
            "%s: writable by %s, and readable by all; run chmod 640 %s, then change the "
            "passwords: anyone could have read the hashes",
            path, writer, word);
    else if (writer != NULL)
        vmail_error_set(error, EPERM, "%s: writable by %s; run chmod go-w %s", path, writer, word);
    else
        vmail_error_set(error, EPERM, "%s: owned by uid %lu; run chown %lu %s", path,
                        (unsigned long)status->st_uid, (unsigned long)paths->owner, word);
    return VMAIL_UNAVAILABLE;
}

/* Checks a directory on the way. In a sticky one, others cannot move files they do not own. */
static bool may_pass(const struct vmail_paths *paths, const struct stat *status)
{
    bool shared = (status->st_mode & (S_IWGRP | S_IWOTH)) != 0;
    return (status->st_uid == paths->owner || status->st_uid == 0) &&
           (!shared || (status->st_mode & S_ISVTX) != 0);
}

static void move_to(struct search *search, int fd)
{
    if (search->at >= 0)
        close(search->at);
    search->at = fd;
}

static enum vmail_result judge_here(const struct search *search, const char *path)
{
    struct stat status;
    if (fstat(search->at, &status) != 0)
        return cannot_open(search->error, path, errno);
    return judge_status(search->paths, &status, path, search->error);
}

/* Checks a directory that a link led to, as strictly as the first directory. */
static enum vmail_result judge_parent(const struct search *search)
{
    char path[TARGET_MAX + 1];
    memcpy(path, search->shown, sizeof path);
    char *slash = strrchr(path, '/');
    struct stat status;
    if (slash != NULL)
        slash[slash == path] = '\0';
    if (fstat(search->at, &status) == 0 && (status.st_mode & S_ISVTX) != 0)
        return not_believed(search->error, search->shown, "in a shared directory; move the file");
    return judge_here(search, path);
}

/* Enters one directory of a link's path. It must not be a link; the LAST is checked strictly. */
static enum vmail_result step(struct search *search, const char *component, bool last)
{
    struct stat status;
    int fd = openat(search->at, component, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
        return not_believed(search->error, search->shown,
                            "its path contains a link or a file; use the real directories");
    if (fd < 0)
        return cannot_open(search->error, search->shown, errno);
    move_to(search, fd);
    if (last)
        return judge_parent(search);
    if (fstat(fd, &status) != 0)
        return cannot_open(search->error, search->shown, errno);
    if (!may_pass(search->paths, &status))
        return not_believed(
            search->error, search->shown,
            "its path contains a directory that others can write to; move the file");
    return VMAIL_OK;
}

/* Enters the directory PATH and splits PATH: each component decides where the next one is. */
static enum vmail_result walk(struct search *search, char *path)
{
    enum vmail_result result = VMAIL_OK;
    char *rest = path + strspn(path, "/");
    if (rest != path)
        result = step(search, "/", *rest == '\0');
    while (result == VMAIL_OK && *rest != '\0') {
        char *component = rest;
        rest += strcspn(rest, "/");
        char *end = rest;
        rest += strspn(rest, "/");
        *end = '\0';
        result = step(search, component, rest == end || *rest == '\0');
    }
    return result;
}

/* Sets SHOWN to the path of TARGET, the target of a link in SHOWN's directory. */
static void show_target(struct search *search, const char *target)
{
    char before[TARGET_MAX + 1];
    if (search->error == NULL)
        return;
    char *slash = strrchr(search->shown, '/');
    if (*target != '/' && slash != NULL) {
        slash[1] = '\0';
        memcpy(before, search->shown, sizeof before);
        snprintf(search->shown, sizeof search->shown, "%.400s%.600s", before, target);
    } else {
        snprintf(search->shown, sizeof search->shown, "%s", target);
    }
}

/* Reads the link at the current position, and moves to its target. */
static enum vmail_result follow(struct search *search)
{
    char target[TARGET_MAX + 1];
    char directory[TARGET_MAX + 1];
    ssize_t length = readlinkat(search->at, search->name, target, sizeof target);
    if (length <= 0 || (size_t)length == sizeof target)
        return cannot_open(search->error, search->shown, length < 0 ? errno : ENAMETOOLONG);
    target[length] = '\0';
    search->linked = true;
    show_target(search, target);
    const char *slash = strrchr(target, '/');
    if (slash == NULL) {
        memcpy(search->name, target, sizeof target);
        return VMAIL_OK;
    }
    memcpy(search->name, slash + 1, strlen(slash + 1) + 1);
    size_t directory_length = (size_t)(slash - target) + (slash == target);
    memcpy(directory, target, directory_length);
    directory[directory_length] = '\0';
    return walk(search, directory);
}

/* The top directory is a link: the path of its parent is the system's, the rest is checked. */
static enum vmail_result enter_top_by_link(struct search *search)
{
    const char *path = search->paths->directory;
    const char *slash = strrchr(path, '/');
    char parent[TARGET_MAX + 1];
    size_t length = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    if (length >= sizeof parent || strlen(path + length) > NAME_MAX)
        return cannot_open(search->error, path, ENAMETOOLONG);
    memcpy(parent, path, length);
    parent[length] = '\0';
    memcpy(search->name, path + length, strlen(path + length) + 1);
    if (search->error != NULL)
        snprintf(search->shown, sizeof search->shown, "%s", path);
    int fd = open(length == 0 ? "." : parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return cannot_open(search->error, path, errno);
    move_to(search, fd);
    enum vmail_result result = follow(search);
    if (result != VMAIL_OK)
        return result;
    fd = openat(search->at, search->name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return cannot_open(search->error, search->shown, errno);
    move_to(search, fd);
    search->linked = false; /* a missing file in there is simply missing */
    return judge_here(search, search->shown);
}

/* HOW is O_PATH, or O_RDONLY for a directory to list; through a link, the search uses O_PATH
 * anyway. */
static enum vmail_result enter_top(struct search *search, int how)
{
    const char *path = search->paths->directory;
    int fd = open(path, how | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return VMAIL_NOT_FOUND;
    if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
        return enter_top_by_link(search);
    if (fd < 0)
        return cannot_open(search->error, path, errno);
    move_to(search, fd);
    return judge_here(search, path);
}

static enum vmail_result open_following(struct search *search, int *fd)
{
    for (int links = 0; links <= LINKS_MAX; links++) {
        *fd = openat(search->at, search->name,
                     O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (*fd >= 0)
            return VMAIL_OK;
        if (errno == ENOENT && !search->linked)
            return VMAIL_NOT_FOUND;
        if (errno != ELOOP)
            return cannot_open(search->error, search->shown, errno);
        enum vmail_result result = follow(search);
        if (result != VMAIL_OK)
            return result;
    }
    return cannot_open(search->error, search->shown, ELOOP);
}

static enum vmail_result judge_file(const struct search *search, int fd, struct stat *status)
{
    if (fstat(fd, status) != 0)
        return cannot_open(search->error, search->shown, errno);
    if (!S_ISREG(status->st_mode))
        return not_believed(search->error, search->shown,
                            "not a regular file; replace it with one");
    return judge_status(search->paths, status, search->shown, search->error);
}

/* Opens NAME and leaves the search in the directory that holds or lacks the file. */
static enum vmail_result search_for_file(struct search *search, const struct vmail_paths *paths,
                                         const char *name, int *fd, struct stat *status,
                                         struct vmail_error *error)
{
    *fd = -1;
    search->paths = paths;
    search->error = error;
    search->at = -1;
    search->linked = false;
    search->shown[0] = search->name[0] = '\0';
    if (strlen(name) > NAME_MAX)
        return cannot_open(error, "file name", ENAMETOOLONG);
    enum vmail_result result = enter_top(search, O_PATH);
    memcpy(search->name, name, strlen(name) + 1);
    if (error != NULL)
        snprintf(search->shown, sizeof search->shown, "%s/%s", paths->directory, name);
    if (result == VMAIL_OK)
        result = open_following(search, fd);
    if (result == VMAIL_OK)
        result = judge_file(search, *fd, status);
    if (result != VMAIL_OK && *fd >= 0) {
        close(*fd);
        *fd = -1;
    }
    if (result == VMAIL_NOT_FOUND)
        vmail_error_set(error, ENOENT, "%s/%s: no such file", paths->directory, name);
    return result;
}

/* If neither the directory nor the file is a link, one descriptor is enough: a process that can
 * still open /etc/passwd can open our file. Returns false, with nothing open, in all other cases,
 * including failures. */
static bool open_directly(const struct vmail_paths *paths, const char *name, int *fd,
                          struct stat *status)
{
    char path[PATH_MAX];
    struct stat directory;
    const int length = snprintf(path, sizeof path, "%s/%s", paths->directory, name);
    if (length < 0 || (size_t)length >= sizeof path || lstat(paths->directory, &directory) != 0 ||
        !S_ISDIR(directory.st_mode) || judge_status(paths, &directory, path, NULL) != VMAIL_OK)
        return false;
    *fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (*fd < 0)
        return false;
    if (fstat(*fd, status) == 0 && S_ISREG(status->st_mode) &&
        judge_status(paths, status, path, NULL) == VMAIL_OK)
        return true;
    close(*fd);
    *fd = -1;
    return false;
}

enum vmail_result vmail_trusted_open(const struct vmail_paths *paths, const char *name, int *fd,
                                     struct stat *status, struct vmail_error *error)
{
    struct search search;
    if (open_directly(paths, name, fd, status))
        return VMAIL_OK;
    enum vmail_result result = search_for_file(&search, paths, name, fd, status, error);
    move_to(&search, -1);
    return result;
}

/* Splits PATH: its directory goes to DIRECTORY, and the returned name is what follows. NULL if it
 * is too long. */
static const char *split_path(const char *path, char directory[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    const size_t length = (size_t)(slash - path) + (slash == path);
    if (length >= PATH_MAX)
        return NULL;
    memcpy(directory, path, length);
    directory[length] = '\0';
    return slash + 1;
}

enum vmail_result vmail_trusted_open_path(const struct vmail_paths *paths, const char *path,
                                          int *fd, struct stat *status, struct vmail_error *error)
{
    struct vmail_paths elsewhere = *paths;
    char directory[PATH_MAX];
    const char *name = split_path(path, directory);
    elsewhere.directory = directory;
    return name == NULL ? cannot_open(error, path, ENAMETOOLONG)
                        : vmail_trusted_open(&elsewhere, name, fd, status, error);
}

enum vmail_result vmail_trusted_read(const struct vmail_paths *paths, const char *path,
                                     size_t maximum, struct vmail_trusted_text *text,
                                     struct vmail_error *error)
{
    struct stat status;
    int fd;
    *text = (struct vmail_trusted_text){ .version.settled = true }; /* nothing settles if missing */
    enum vmail_result result = vmail_trusted_open_path(paths, path, &fd, &status, error);
    if (result != VMAIL_OK)
        return result;
    text->version.state = vmail_file_state(&status);
    text->version.settled = vmail_file_state_settled(&text->version.state);
    text->bytes = vmail_file_read_all(fd, maximum, &text->length);
    const int code = errno;
    close(fd);
    if (text->bytes != NULL)
        return VMAIL_OK;
    vmail_error_set(error, code, "%s: cannot read: %s", path, strerrordesc_np(code));
    return code == ENOMEM ? VMAIL_NO_MEMORY : VMAIL_UNAVAILABLE;
}

static bool directory_is_trusted(const struct vmail_paths *paths, const char *path)
{
    char directory[PATH_MAX];
    struct stat status;
    return split_path(path, directory) != NULL && lstat(directory, &status) == 0 &&
           S_ISDIR(status.st_mode) && judge_status(paths, &status, directory, NULL) == VMAIL_OK;
}

bool vmail_trusted_unchanged(const struct vmail_paths *paths, const char *path,
                             struct vmail_file_version *version)
{
    static const struct vmail_file_state missing;
    const uint64_t tick = vmail_tick();
    struct stat status;
    if (!version->settled || (version->tick != tick && !directory_is_trusted(paths, path)))
        return false;
    version->tick = tick;
    if (lstat(path, &status) != 0)
        return errno == ENOENT && vmail_file_state_equal(&version->state, &missing);
    const struct vmail_file_state now = vmail_file_state(&status);
    return S_ISREG(status.st_mode) && vmail_file_state_equal(&version->state, &now);
}

/* Replaces an O_PATH descriptor by one for listing and syncing. */
static enum vmail_result make_readable(int *directory, const char *path, struct vmail_error *error)
{
    int fd = openat(*directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return cannot_open(error, path, errno);
    close(*directory);
    *directory = fd;
    return VMAIL_OK;
}

enum vmail_result vmail_trusted_open_directory(const struct vmail_paths *paths, int *fd,
                                               struct vmail_error *error)
{
    struct search search = { .paths = paths, .error = error, .at = -1 };
    enum vmail_result result = enter_top(&search, O_RDONLY);
    if (result == VMAIL_OK && (fcntl(search.at, F_GETFL) & O_PATH) != 0)
        result = make_readable(&search.at, paths->directory, error);
    if (result == VMAIL_NOT_FOUND)
        vmail_error_set(error, ENOENT, "%s: no such directory", paths->directory);
    if (result != VMAIL_OK)
        move_to(&search, -1);
    *fd = search.at;
    return result;
}

enum vmail_result vmail_trusted_each_file(const struct vmail_paths *paths, vmail_file_visit *visit,
                                          void *data, struct vmail_error *error)
{
    int fd;
    const enum vmail_result result = vmail_trusted_open_directory(paths, &fd, error);
    if (result != VMAIL_OK)
        return result;
    const int code = vmail_each_file(fd, visit, data);
    if (code == 0 || code == ENOMEM)
        return code == 0 ? VMAIL_OK : VMAIL_NO_MEMORY;
    vmail_error_set(error, code, "%s: cannot be listed: %s", paths->directory,
                    strerrordesc_np(code));
    return VMAIL_UNAVAILABLE;
}

enum vmail_result vmail_trusted_open_place(const struct vmail_paths *paths, const char *name,
                                           struct vmail_place *place, struct vmail_error *error)
{
    struct search search;
    enum vmail_result result =
        search_for_file(&search, paths, name, &place->fd, &place->status, error);
    bool usable = result == VMAIL_OK || (result == VMAIL_NOT_FOUND && search.at >= 0);
    if (usable && make_readable(&search.at, search.shown, error) != VMAIL_OK) {
        result = VMAIL_UNAVAILABLE;
        usable = false;
    }
    place->directory = search.at;
    snprintf(place->name, sizeof place->name, "%.*s", NAME_MAX, search.name);
    if (!usable)
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
