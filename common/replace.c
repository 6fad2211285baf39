/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "file.h"

static const char acl_name[] = "system.posix_acl_access";

static enum vmail_result failed(const struct vmail_place *place, const char *what,
                                struct vmail_error *error)
{
    int code = errno;
    vmail_error_set(error, code, "%s: not changed: %s: %s", place->name, what,
                    strerrordesc_np(code));
    errno = code;
    return VMAIL_UNAVAILABLE;
}

/* One extended attribute. A file system or security module may refuse what it sets by itself. */
static bool copy_attribute(int from, int to, const char *name)
{
    ssize_t size = fgetxattr(from, name, NULL, 0);
    if (size < 0)
        return errno == ENODATA;
    char *value = malloc((size_t)size + 1);
    if (value == NULL)
        return false;
    size = fgetxattr(from, name, value, (size_t)size);
    bool copied = size >= 0 && fsetxattr(to, name, value, (size_t)size, 0) == 0;
    if (!copied && (errno == EPERM || errno == EOPNOTSUPP || errno == EACCES))
        copied = strncmp(name, "security.", 9) == 0 || strncmp(name, "trusted.", 8) == 0;
    int saved = errno;
    free(value);
    errno = saved;
    return copied;
}

static bool copy_attributes(int from, int to)
{
    ssize_t size = flistxattr(from, NULL, 0);
    if (size < 0)
        return errno == EOPNOTSUPP;
    /* The directory's default ACL may have given the new file entries that the old one lacks. */
    if (fgetxattr(from, acl_name, NULL, 0) < 0 && fremovexattr(to, acl_name) != 0 &&
        errno != ENODATA && errno != EOPNOTSUPP)
        return false;
    if (size == 0)
        return true;
    char *names = malloc((size_t)size);
    if (names == NULL)
        return false;
    size = flistxattr(from, names, (size_t)size);
    bool copied = size >= 0;
    for (ssize_t i = 0; copied && i < size; i += (ssize_t)strlen(names + i) + 1)
        copied = copy_attribute(from, to, names + i);
    int saved = errno;
    free(names);
    errno = saved;
    return copied;
}

static bool take_over(const struct vmail_place *place, int to)
{
    return fchown(to, place->status.st_uid, place->status.st_gid) == 0 &&
           fchmod(to, place->status.st_mode & 07777) == 0 && copy_attributes(place->fd, to);
}

static bool set_new(const struct vmail_place *place, int to, mode_t mode, gid_t group)
{
    struct stat directory;
    return fstat(place->directory, &directory) == 0 && fchown(to, directory.st_uid, group) == 0 &&
           fchmod(to, mode) == 0;
}

static bool write_pieces(int fd, const struct vmail_piece *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (vmail_file_write_all(fd, pieces[i].text, pieces[i].length) != 0)
            return false;
    return true;
}

/* Whether the name still stands for the file that was opened, with the content that was read. */
static bool unchanged(const struct vmail_place *place)
{
    struct stat now;
    if (fstatat(place->directory, place->name, &now, AT_SYMLINK_NOFOLLOW) != 0)
        return place->fd < 0 && errno == ENOENT;
    if (place->fd < 0)
        return false;
    struct vmail_file_state before = vmail_file_state(&place->status);
    struct vmail_file_state after = vmail_file_state(&now);
    return vmail_file_state_equal(&before, &after);
}

enum vmail_result vmail_replace(const struct vmail_place *place, const struct vmail_piece *pieces,
                                size_t count, mode_t mode, gid_t group, struct vmail_error *error)
{
    /* One name for all: with the lock held, a file of that name is what a crash left behind. */
    char temporary[NAME_MAX + 1];
    enum vmail_result result = VMAIL_UNAVAILABLE;
    int length = snprintf(temporary, sizeof temporary, ".%.240s.new", place->name);
    if (length < 0 || (size_t)length >= sizeof temporary)
        return failed(place, "name too long", error);

    if (unlinkat(place->directory, temporary, 0) != 0 && errno != ENOENT)
        return failed(place, "cannot remove an earlier attempt", error);
    int fd = openat(place->directory, temporary,
                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return failed(place, "cannot make a new file beside it", error);

    bool owned = place->fd >= 0 ? take_over(place, fd) : set_new(place, fd, mode, group);
    if (!owned) {
        failed(place, "cannot give a new file its owner, mode and attributes", error);
    } else if (!write_pieces(fd, pieces, count)) {
        failed(place, "cannot write", error);
    } else if (fsync(fd) != 0) {
        failed(place, "cannot sync to disk", error);
    } else if (!unchanged(place)) {
        vmail_error_set(error, EAGAIN, "%s: changed by another program meanwhile", place->name);
        result = VMAIL_NOT_FOUND;
    } else if (renameat(place->directory, temporary, place->directory, place->name) != 0) {
        failed(place, "cannot rename the new file", error);
    } else {
        result = VMAIL_OK;
    }
    close(fd);
    if (result != VMAIL_OK)
        unlinkat(place->directory, temporary, 0);
    else if (fsync(place->directory) != 0) {
        vmail_error_set(error, errno, "%s: changed, but the directory cannot be synced to disk: %s",
                        place->name, strerrordesc_np(errno));
        result = VMAIL_UNAVAILABLE;
    }
    return result;
}
