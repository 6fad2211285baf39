/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "safe_path.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "directory.h"

const struct safe_path_make safe_path_plain = { 0755, 0 };

bool safe_path_is_plain(const char *path)
{
    if (path[0] != '/')
        return false;
    while (*path == '/') {
        size_t length = strcspn(++path, "/");
        if (length == 0 || length > NAME_MAX || (length == 1 && path[0] == '.') ||
            (length == 2 && path[0] == '.' && path[1] == '.'))
            return false;
        path += length;
    }
    return true;
}

bool safe_path_is_roots(const struct stat *status)
{
    return S_ISDIR(status->st_mode) && status->st_uid == 0 &&
           (status->st_mode & (S_IWGRP | S_IWOTH | S_IXOTH)) == S_IXOTH;
}

static int stop(void *data, int directory, const char *name)
{
    (void)data, (void)directory, (void)name;
    return ENOTEMPTY;
}

int safe_path_is_empty(int parent, const char *name)
{
    const int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    const int code = fd < 0 ? errno : vmail_each_file(fd, stop, NULL);
    return code == 0 ? 1 : code == ENOTEMPTY ? 0 : -1;
}

static void set_error(struct vmail_error *error, const char *path, size_t length, int code)
{
    vmail_error_set(error, code, "%.*s: %s", (int)length, path,
                    code == ELOOP || code == ENOTDIR
                        ? "a symbolic link or not a directory; not followed"
                        : strerrordesc_np(code));
}

/** Whether only root controls the contents of the directory FD. */
static bool is_safe(int fd)
{
    struct stat status;
    if (fstat(fd, &status) != 0 || status.st_uid != 0)
        return false;
    if ((status.st_mode & S_ISVTX) != 0)
        return true;
    return (status.st_mode & S_IWOTH) == 0 &&
           ((status.st_mode & S_IWGRP) == 0 || status.st_gid < VMAIL_IDS_LOWEST);
}

/** Creates NAME in PARENT; if somebody else creates it at the same time, that is also fine. */
static bool make_directory(int parent, const char *name, const struct safe_path_make *make)
{
    if (mkdirat(parent, name, 0700) != 0)
        return errno == EEXIST;
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool good = fd >= 0 && fchown(fd, 0, make->group) == 0 && fchmod(fd, make->mode) == 0;
    int code = errno;
    if (fd >= 0)
        close(fd);
    errno = code;
    return good;
}

static int enter(int parent, const char *name, const struct safe_path_make *make)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int fd = openat(parent, name, flags);
    if (fd < 0 && errno == ENOENT && make != NULL && make_directory(parent, name, make))
        fd = openat(parent, name, flags);
    return fd;
}

int safe_path_open_parent(const char *path, const struct safe_path_make *make,
                          char name[NAME_MAX + 1], struct vmail_error *error)
{
    const char *part = path + 1, *slash;
    if (!safe_path_is_plain(path)) {
        vmail_error_set(error, EINVAL, "%s: not a plain absolute path", path);
        return -1;
    }
    int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        set_error(error, path, 1, errno);
    for (; fd >= 0 && (slash = strchr(part, '/')) != NULL; part = slash + 1) {
        bool last = strchr(slash + 1, '/') == NULL;
        memcpy(name, part, (size_t)(slash - part));
        name[slash - part] = '\0';
        int next = enter(fd, name, make == NULL || last ? make : &safe_path_plain);
        int code = errno;
        close(fd);
        fd = next;
        if (fd < 0) {
            set_error(error, path, (size_t)(slash - path), code);
        } else if (!is_safe(fd)) {
            vmail_error_set(error, EACCES,
                            "%.*s: not trusted, because it is not owned by root or others may "
                            "write to it; see chown(1), chmod(1)",
                            (int)(slash - path), path);
            close(fd);
            fd = -1;
        }
    }
    if (fd >= 0)
        memcpy(name, part, strlen(part) + 1);
    return fd;
}
