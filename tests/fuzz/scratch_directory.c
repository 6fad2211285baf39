/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scratch_directory.h"

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64], directory[80], cache[80];
static struct vmail_paths paths;

void require(bool condition)
{
    if (!condition)
        abort();
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    return remove(path);
}

static void clean_up(void)
{
    nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

const struct vmail_paths *scratch_directory_paths(void)
{
    if (paths.directory != NULL)
        return &paths;
    memcpy(root, "/tmp/vmail-fuzz-XXXXXX", sizeof "/tmp/vmail-fuzz-XXXXXX");
    require(mkdtemp(root) != NULL && atexit(clean_up) == 0);
    snprintf(directory, sizeof directory, "%s/vmail", root);
    snprintf(cache, sizeof cache, "%s/cache", root);
    require(mkdir(directory, 0755) == 0 && mkdir(cache, 0755) == 0);
    paths = (struct vmail_paths){ .directory = directory,
                                  .cache = cache,
                                  .system_passwd = "/dev/null",
                                  .system_group = "/dev/null",
                                  .owner = getuid() };
    return &paths;
}

void scratch_directory_write(const char *name, const void *data, size_t length)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", scratch_directory_paths()->directory, name);
    FILE *file = fopen(path, "w");
    require(file != NULL && fwrite(data, 1, length, file) == length);
    require(fclose(file) == 0 && chmod(path, 0644) == 0);
}

uint8_t *scratch_directory_read(const char *name, size_t *length)
{
    char path[PATH_MAX];
    struct stat status;
    snprintf(path, sizeof path, "%s/%s", scratch_directory_paths()->cache, name);
    FILE *file = fopen(path, "r");
    require(file != NULL && fstat(fileno(file), &status) == 0);
    *length = (size_t)status.st_size;
    uint8_t *data = malloc(*length);
    require(data != NULL && fread(data, 1, *length, file) == *length);
    fclose(file);
    return data;
}
