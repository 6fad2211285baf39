/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * resident SERVICE KEYS - by how much a process grows that has asked "files" before: when it loads
 * the module of SERVICE, at its first look-up, and at a thousand (or as many as two seconds are
 * enough for). Prints a line for each, in KiB more than at the beginning: all resident memory; what
 * of it is pages of data files (an index that is mapped); and what is in no file.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "timing.h"

enum { LOOK_UPS = 1000, SECONDS = 2 };

struct memory {
    long resident, data, anonymous;
};

static char text[1024 * 1024]; /* of smaps, so that reading it takes no memory */

static bool is_data(const char *path)
{
    return *path == '/' && strstr(path, ".so") == NULL && strncmp(path, "/run/", 5) != 0;
}

/* See proc_pid_smaps(5): a line about the mapping, with its path at the end; then one for each
 * figure. */
static struct memory measure(void)
{
    struct memory memory = { 0, 0, 0 };
    size_t length = 0;
    ssize_t got;
    int fd = open("/proc/self/smaps", O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && (got = read(fd, text + length, sizeof text - 1 - length)) > 0)
        length += (size_t)got;
    close(fd);
    text[length] = '\0';
    bool data = false;
    char *rest = text, *line;
    while ((line = strsep(&rest, "\n")) != NULL) {
        const char *word = strrchr(line, ' ');
        if (strncmp(line, "Rss:", 4) == 0) {
            long resident = strtol(line + 4, NULL, 10);
            memory.resident += resident;
            memory.data += data ? resident : 0;
        } else if (strncmp(line, "Anonymous:", 10) == 0) {
            memory.anonymous += strtol(line + 10, NULL, 10);
        } else if (word != NULL && strchr(line, '-') != NULL &&
                   strchr(line, ':') > strchr(line, ' ')) {
            data = is_data(word + 1);
        }
    }
    return memory;
}

static void look_up(const struct timing_keys *keys, size_t count)
{
    double end = timing_now() + SECONDS * 1e9;
    for (size_t i = 0; i < count && timing_now() < end; i++)
        if (getpwnam(keys->names[i % keys->count]) == NULL)
            timing_die(keys->names[i % keys->count]);
}

int main(int argc, char **argv)
{
    char library[128];
    struct memory stages[4];
    if (argc != 3) {
        fputs("usage: resident SERVICE KEYS\n", stderr);
        return 2;
    }
    struct timing_keys keys = timing_read_keys(argv[2]);
    snprintf(library, sizeof library, "libnss_%s.so.2", argv[1]);
    timing_use_services("files");
    getpwnam("root");
    memset(text, 1, sizeof text);
    measure();
    stages[0] = measure();
    void *module = dlopen(library, RTLD_NOW);
    if (module == NULL) {
        fprintf(stderr, "resident: %s\n", dlerror());
        return 2;
    }
    stages[1] = measure();
    timing_use_services(argv[1]);
    look_up(&keys, 1);
    stages[2] = measure();
    look_up(&keys, LOOK_UPS);
    stages[3] = measure();
    for (int i = 1; i < 4; i++)
        printf("%ld %ld %ld\n", stages[i].resident - stages[0].resident,
               stages[i].data - stages[0].data, stages[i].anonymous - stages[0].anonymous);
    return 0;
}
