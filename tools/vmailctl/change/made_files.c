/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "made_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

void made_files_add(struct made_files *made, int parent, const char *name)
{
    struct stat status;
    const int code = errno;
    if (made->count == MADE_FILES_MAX)
        return;
    struct made_file *file = &made->file[made->count];
    if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        (file->parent = fcntl(parent, F_DUPFD_CLOEXEC, 3)) >= 0) {
        snprintf(file->name, sizeof file->name, "%s", name);
        file->device = status.st_dev;
        file->inode = status.st_ino;
        made->count++;
    }
    errno = code;
}

/** The system keeps a directory that is not empty, and we keep such a file. */
static void take_back(const struct made_file *file)
{
    struct stat status;
    if (fstatat(file->parent, file->name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
        status.st_dev != file->device || status.st_ino != file->inode)
        return;
    if (S_ISDIR(status.st_mode))
        unlinkat(file->parent, file->name, AT_REMOVEDIR);
    else if (status.st_size == 0)
        unlinkat(file->parent, file->name, 0);
}

void made_files_undo(struct made_files *made)
{
    for (size_t i = made->count; i > 0; i--)
        take_back(&made->file[i - 1]);
    made_files_keep(made);
}

void made_files_keep(struct made_files *made)
{
    while (made->count > 0)
        close(made->file[--made->count].parent);
}
