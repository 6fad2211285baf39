/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "leftovers.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lock.h"
#include "trust.h"

static const char ending[] = ".new";

/** Whether NAME is what replace.c calls the new contents of a file of ours. */
static bool is_temporary(const char *name)
{
    static const char *const starts[] = { ".passwd.", ".shadow.", ".group.", ".aliases.",
                                          "." VMAIL_CONFIG_NAME "." };
    const size_t length = strlen(name);
    if (length <= sizeof ending || strcmp(name + length - (sizeof ending - 1), ending) != 0)
        return false;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (strncmp(name, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

static bool is_left(const struct context *context, int directory, const char *name)
{
    struct stat status;
    return is_temporary(name) && fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(status.st_mode) && status.st_uid == context->paths->owner &&
           !vmail_lock_is_held(directory, name + 1); /* nobody is writing it just now */
}

enum vmail_result leftovers_each(const struct context *context,
                                 void (*function)(void *data, int directory, const char *name),
                                 void *data)
{
    int fd;
    enum vmail_result result = vmail_trusted_open_directory(context->paths, &fd, NULL);
    if (result != VMAIL_OK)
        return result;
    DIR *list = fdopendir(fd);
    if (list == NULL) {
        close(fd);
        return VMAIL_NO_MEMORY;
    }
    const struct dirent *entry;
    while ((entry = readdir(list)) != NULL)
        if (is_left(context, fd, entry->d_name))
            function(data, fd, entry->d_name);
    closedir(list);
    return VMAIL_OK;
}
