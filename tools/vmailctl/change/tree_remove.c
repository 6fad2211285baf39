/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tree_remove.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "directory.h"
#include "safe_path.h"

enum {
    DEPTH_MAX = 200, /* each level needs a descriptor, and users may nest directories */
    TRIES_MAX = 10,
};

static void leave(struct tree_removal *removal, const char *name, int code)
{
    if (removal->left++ > 0)
        return;
    snprintf(removal->first_left, sizeof removal->first_left, "%s", name);
    removal->code = code;
}

static bool may_go(const struct tree_removal *removal, const struct stat *status, int depth)
{
    return status->st_uid == removal->uid ||
           (removal->roots_at_top && depth == 0 && safe_path_is_roots(status));
}

/* 0, or an errno; what is already gone counts as removed. */
static int take_away(int parent, const char *name, int flags, struct tree_removal *removal)
{
    if (unlinkat(parent, name, flags) != 0)
        return errno == ENOENT ? 0 : errno;
    removal->removed++;
    return 0;
}

static void remove_at(int parent, const char *name, dev_t device, int depth,
                      struct tree_removal *removal);

/** A directory whose contents are removed. */
struct level {
    struct tree_removal *removal;
    dev_t device;
    int depth;
};

static int remove_one(void *data, int directory, const char *name)
{
    const struct level *level = data;
    remove_at(directory, name, level->device, level->depth + 1, level->removal);
    return 0;
}

/** Opens a directory that the user owns, or counts it as left and returns -1. */
static int enter(int parent, const char *name, dev_t device, int depth,
                 struct tree_removal *removal)
{
    struct stat status;
    int fd = depth >= DEPTH_MAX
                 ? -1
                 : openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        leave(removal, name, depth >= DEPTH_MAX ? ENAMETOOLONG : errno);
        return -1;
    }
    /* It may have been replaced since it was checked. */
    if (fstat(fd, &status) != 0 || !may_go(removal, &status, depth) || status.st_dev != device) {
        leave(removal, name, 0);
        close(fd);
        return -1;
    }
    return fd;
}

/* If a running process adds files in the meantime, the directory is read again. */
static void remove_directory(int parent, const char *name, dev_t device, int depth,
                             struct tree_removal *removal)
{
    const unsigned long left = removal->left;
    int code = ENOTEMPTY;
    for (int i = 0; i < TRIES_MAX && (code == ENOTEMPTY || code == EEXIST); i++) {
        int fd = enter(parent, name, device, depth, removal);
        if (fd < 0)
            return;
        code = vmail_each_file(fd, remove_one, &(struct level){ removal, device, depth });
        if (code != 0)
            leave(removal, ".", code);
        code = take_away(parent, name, AT_REMOVEDIR, removal);
        if (removal->left > left)
            return; /* something in it was kept, and counted */
    }
    if (code != 0)
        leave(removal, name, code);
}

static void remove_at(int parent, const char *name, dev_t device, int depth,
                      struct tree_removal *removal)
{
    struct stat status;
    if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno != ENOENT)
            leave(removal, name, errno);
    } else if (!may_go(removal, &status, depth)) {
        leave(removal, name, 0);
    } else if (S_ISDIR(status.st_mode) && status.st_dev != device) {
        leave(removal, name, EXDEV); /* files have other devices than directories in overlayfs */
    } else if (S_ISDIR(status.st_mode)) {
        remove_directory(parent, name, device, depth, removal);
    } else {
        int code = take_away(parent, name, 0, removal);
        if (code != 0)
            leave(removal, name, code);
    }
}

void tree_remove(int parent, const char *name, struct tree_removal *removal)
{
    struct stat status;
    if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
        remove_at(parent, name, status.st_dev, 0, removal);
    else if (errno != ENOENT)
        leave(removal, name, errno);
}
