/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "set_aside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lock.h"
#include "table.h"
#include "trust.h"

/** One file, in its open directory, under its lock. */
struct work {
    int directory;
    char name[VMAIL_FILE_NAME_MAX + 1];
    char aside[VMAIL_ASIDE_NAME_MAX + 1];
    struct vmail_lock lock;
};

static enum vmail_result begin(struct work *work, const struct vmail_paths *paths,
                               enum vmail_kind kind, const char *domain, unsigned seconds,
                               struct vmail_error *error)
{
    char temporary[NAME_MAX + 1];
    vmail_error_set(error, 0, "%s", "");
    vmail_file_name(work->name, kind, domain);
    vmail_aside_name(work->aside, kind, domain);
    int length = snprintf(temporary, sizeof temporary, "%s.new", work->name);
    if (length < 0 || (size_t)length >= sizeof temporary) {
        vmail_error_set(error, ENAMETOOLONG, "%s: too long for a file name", work->name);
        return VMAIL_UNAVAILABLE;
    }
    enum vmail_result result = vmail_trusted_open_directory(paths, &work->directory, error);
    if (result != VMAIL_OK)
        return result;
    result = vmail_lock_file(work->directory, temporary, seconds, &work->lock, error);
    if (result != VMAIL_OK)
        close(work->directory);
    return result;
}

/** DONE is the result of the system call on the file NAME. */
static enum vmail_result end(struct work *work, int done, const char *name,
                             struct vmail_error *error)
{
    enum vmail_result result = VMAIL_OK;
    if (done != 0) {
        result = errno == ENOENT ? VMAIL_NOT_FOUND : VMAIL_UNAVAILABLE;
        vmail_error_set(error, errno, "%s: not removed: %s", name, strerrordesc_np(errno));
    } else if (fsync(work->directory) != 0) {
        vmail_error_set(error, errno, "%s: removed, but the directory cannot be synced to disk: %s",
                        name, strerrordesc_np(errno));
    }
    vmail_lock_release(&work->lock);
    close(work->directory);
    return result;
}

enum vmail_result vmail_set_aside(const struct vmail_paths *paths, enum vmail_kind kind,
                                  const char *domain, unsigned seconds, struct vmail_error *error)
{
    struct work work;
    char temporary[VMAIL_FILE_NAME_MAX + sizeof "..new"];
    enum vmail_result result = begin(&work, paths, kind, domain, seconds, error);
    if (result != VMAIL_OK)
        return result;
    /* A file left from a crash may hold hashes. */
    snprintf(temporary, sizeof temporary, ".%s.new", work.name);
    unlinkat(work.directory, temporary, 0);
    int done = renameat(work.directory, work.name, work.directory, work.aside);
    return end(&work, done, work.name, error);
}

enum vmail_result vmail_set_aside_remove(const struct vmail_paths *paths, enum vmail_kind kind,
                                         const char *domain, unsigned seconds,
                                         struct vmail_error *error)
{
    struct work work;
    enum vmail_result result = begin(&work, paths, kind, domain, seconds, error);
    if (result != VMAIL_OK)
        return result;
    return end(&work, unlinkat(work.directory, work.aside, 0), work.aside, error);
}
