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
#include "lock.h"
#include "put_in_place.h"

static enum vmail_result not_changed(const struct vmail_place *place, const char *what,
                                     struct vmail_error *error)
{
    vmail_error_set(error, errno, "%s: not changed: %s: %s", place->name, what,
                    strerrordesc_np(errno));
    return VMAIL_UNAVAILABLE;
}

/* Writes START and NAME.new to OUT; false if that is too long. The file has a dot as START, and the
 * lock beside NAME nothing. */
static bool new_name(char out[NAME_MAX + 1], const char *start, const char *name)
{
    const int length = snprintf(out, NAME_MAX + 1, "%s%s.new", start, name);
    return length > 0 && length <= NAME_MAX;
}

/* One extended attribute. A file system or security module may refuse attributes that it sets
 * itself. */
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

/* Signatures and checksums belong to the old content. */
static bool is_of_content(const char *name)
{
    return strcmp(name, "security.ima") == 0 || strcmp(name, "security.evm") == 0;
}

static bool copy_attributes(int from, int to)
{
    ssize_t size = flistxattr(from, NULL, 0);
    if (size < 0)
        return errno == EOPNOTSUPP;
    if (size == 0)
        return true;
    char *names = malloc((size_t)size);
    if (names == NULL)
        return false;
    size = flistxattr(from, names, (size_t)size);
    bool copied = size >= 0;
    for (ssize_t i = 0; copied && i < size; i += (ssize_t)strlen(names + i) + 1)
        copied = is_of_content(names + i) || copy_attribute(from, to, names + i);
    int saved = errno;
    free(names);
    errno = saved;
    return copied;
}

/* The mode comes last: until then nobody but the owner can open the file. */
static bool take_over(const struct vmail_place *place, int to)
{
    return vmail_file_remove_acl(to) &&
           fchown(to, place->status.st_uid, place->status.st_gid) == 0 &&
           copy_attributes(place->fd, to) && fchmod(to, place->status.st_mode & 07777) == 0;
}

static bool set_new(const struct vmail_place *place, int to, const struct vmail_new_file *make)
{
    struct stat directory;
    return fstat(place->directory, &directory) == 0 && vmail_file_remove_acl(to) &&
           fchown(to, directory.st_uid, make->group) == 0 && fchmod(to, make->mode) == 0;
}

/* Whether the name still belongs to the opened file, and the content is the one that was read. */
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

/* Fills the new file FD. */
static enum vmail_result fill_file(const struct vmail_place *place, int fd, struct vmail_piece text,
                                   const struct vmail_new_file *make, struct vmail_error *error)
{
    bool owned = place->fd >= 0 ? take_over(place, fd) : set_new(place, fd, make);
    if (!owned)
        return not_changed(place, "cannot give a new file its owner, mode and attributes", error);
    if (vmail_file_write_all(fd, text.text, text.length) != 0)
        return not_changed(place, "cannot write", error);
    if (fsync(fd) != 0)
        return not_changed(place, "cannot sync to disk", error);
    if (!unchanged(place)) {
        vmail_error_set(error, EAGAIN, "%s: changed by another program meanwhile", place->name);
        return VMAIL_CHANGED;
    }
    return VMAIL_OK;
}

enum vmail_result vmail_replace_locked(const struct vmail_place *place, struct vmail_piece text,
                                       const struct vmail_new_file *make, struct vmail_error *error)
{
    /* The name is always the same: with the lock held, an existing file of this name is left from a
     * crash. */
    char temporary[NAME_MAX + 1];
    if (!new_name(temporary, ".", place->name)) {
        errno = ENAMETOOLONG;
        return not_changed(place, "cannot create a new file next to it", error);
    }
    if (unlinkat(place->directory, temporary, 0) != 0 && errno != ENOENT)
        return not_changed(place, "cannot remove an earlier attempt", error);
    int fd = openat(place->directory, temporary,
                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return not_changed(place, "cannot create a new file next to it", error);
    enum vmail_result result = fill_file(place, fd, text, make, error);
    if (result == VMAIL_OK)
        result = vmail_put_in_place(place, temporary, error);
    close(fd);
    if (!vmail_is_done(result)) {
        unlinkat(place->directory, temporary, 0);
    } else if (fsync(place->directory) != 0) {
        vmail_error_set(error, errno, "%s: changed, but the directory cannot be synced to disk: %s",
                        place->name, strerrordesc_np(errno));
        result = VMAIL_UNFINISHED;
    }
    return result;
}

enum vmail_result vmail_replace_lock(const struct vmail_place *place, unsigned seconds,
                                     struct vmail_lock *lock, struct vmail_error *error)
{
    char temporary[NAME_MAX + 1];
    lock->fd = -1;
    if (new_name(temporary, "", place->name))
        return vmail_lock_file(place->directory, temporary, seconds, lock, error);
    errno = ENAMETOOLONG;
    return not_changed(place, "cannot create a new file next to it", error);
}

enum vmail_result vmail_replace(const struct vmail_place *place, struct vmail_piece text,
                                const struct vmail_new_file *make, unsigned seconds,
                                struct vmail_error *error)
{
    struct vmail_lock lock;
    if (vmail_replace_lock(place, seconds, &lock, error) != VMAIL_OK)
        return VMAIL_UNAVAILABLE;
    enum vmail_result result = vmail_replace_locked(place, text, make, error);
    vmail_lock_release(&lock);
    return result;
}

/* A file that leaves the directory. */
struct leaving {
    const char *of;    /* under the lock beside this file */
    const char *name;  /* its own: the same, or the one under which it was set aside */
    const char *aside; /* its new name; NULL: it is removed */
};

static enum vmail_result remove_locked(int directory, const struct leaving *file,
                                       struct vmail_error *error)
{
    char temporary[NAME_MAX + 1];
    /* A file left from a crash may hold hashes. */
    if (file->name == file->of && new_name(temporary, ".", file->name))
        unlinkat(directory, temporary, 0);
    const int failed = file->aside == NULL
                           ? unlinkat(directory, file->name, 0)
                           : renameat(directory, file->name, directory, file->aside);
    if (failed != 0) {
        vmail_error_set(error, errno, "%s: not removed: %s", file->name, strerrordesc_np(errno));
        return errno == ENOENT ? VMAIL_NOT_FOUND : VMAIL_UNAVAILABLE;
    }
    if (fsync(directory) == 0)
        return VMAIL_OK;
    vmail_error_set(error, errno, "%s: removed, but the directory cannot be synced to disk: %s",
                    file->name, strerrordesc_np(errno));
    return VMAIL_UNFINISHED;
}

static enum vmail_result remove_file(const struct vmail_paths *paths, const struct leaving *file,
                                     unsigned seconds, struct vmail_error *error)
{
    struct vmail_lock lock;
    char temporary[NAME_MAX + 1];
    int directory;
    enum vmail_result result = vmail_trusted_open_directory(paths, &directory, error);
    if (result != VMAIL_OK)
        return result;
    if (!new_name(temporary, "", file->of)) {
        vmail_error_set(error, ENAMETOOLONG, "%s: too long for a file name", file->of);
        result = VMAIL_UNAVAILABLE;
    } else {
        result = vmail_lock_file(directory, temporary, seconds, &lock, error);
        if (result == VMAIL_OK) {
            result = remove_locked(directory, file, error);
            vmail_lock_release(&lock);
        }
    }
    close(directory);
    return result;
}

enum vmail_result vmail_remove(const struct vmail_paths *paths, const char *name, unsigned seconds,
                               struct vmail_error *error)
{
    return remove_file(paths, &(struct leaving){ name, name, NULL }, seconds, error);
}

enum vmail_result vmail_set_aside(const struct vmail_paths *paths, enum vmail_kind kind,
                                  const char *domain, unsigned seconds, struct vmail_error *error)
{
    char name[VMAIL_FILE_NAME_MAX + 1], aside[VMAIL_ASIDE_NAME_MAX + 1];
    vmail_file_name(name, kind, domain);
    vmail_aside_name(aside, kind, domain);
    return remove_file(paths, &(struct leaving){ name, name, aside }, seconds, error);
}

enum vmail_result vmail_set_aside_remove(const struct vmail_paths *paths, enum vmail_kind kind,
                                         const char *domain, unsigned seconds,
                                         struct vmail_error *error)
{
    char name[VMAIL_FILE_NAME_MAX + 1], aside[VMAIL_ASIDE_NAME_MAX + 1];
    vmail_file_name(name, kind, domain);
    vmail_aside_name(aside, kind, domain);
    return remove_file(paths, &(struct leaving){ name, aside, NULL }, seconds, error);
}

enum vmail_result vmail_remove_unfinished(int directory, const char *temporary, unsigned seconds,
                                          struct vmail_error *error)
{
    static const char ending[] = ".new";
    const size_t length = strlen(temporary);
    struct vmail_lock lock;
    if (*temporary != '.' || strchr(temporary, '/') != NULL || length <= sizeof ending ||
        strcmp(temporary + length - (sizeof ending - 1), ending) != 0) {
        vmail_error_set(error, EINVAL, "%s: not the name of an unfinished file", temporary);
        return VMAIL_INVALID;
    }
    if (vmail_lock_file(directory, temporary + 1, seconds, &lock, error) != VMAIL_OK)
        return VMAIL_UNAVAILABLE;
    enum vmail_result result = VMAIL_OK;
    if (unlinkat(directory, temporary, 0) != 0 && errno != ENOENT) {
        vmail_error_set(error, errno, "%s: not removed: %s", temporary, strerrordesc_np(errno));
        result = VMAIL_UNAVAILABLE;
    }
    vmail_lock_release(&lock);
    return result;
}
