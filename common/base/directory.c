/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "directory.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

int vmail_each_file(int fd, vmail_file_visit *visit, void *data)
{
    DIR *directory = fdopendir(fd);
    const struct dirent *entry;
    int code = 0;
    if (directory == NULL) {
        code = errno;
        close(fd);
        return code;
    }
    while (code == 0) {
        errno = 0;
        entry = readdir(directory);
        if (entry == NULL) {
            code = errno;
            break;
        }
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            code = visit(data, dirfd(directory), entry->d_name);
    }
    closedir(directory);
    return code;
}
