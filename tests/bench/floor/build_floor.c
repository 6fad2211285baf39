/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * build_floor TEXT... - makes the index of each text, see floor.h. Trusts them: the bench has just
 * written them.
 */
#include <cdb.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "floor.h"

static char *append(char *end, const char *string)
{
    size_t length = strlen(string) + 1;
    memcpy(end, string, length);
    return end + length;
}

static int add(struct cdb_make *index, const struct passwd *entry)
{
    static char value[sizeof(struct floor_head) + 4096];
    const struct floor_head head = { entry->pw_uid, entry->pw_gid };
    char *end = value + sizeof head, key[FLOOR_ID_KEY];
    memcpy(value, &head, sizeof head);
    end = append(end, entry->pw_name);
    end = append(end, entry->pw_gecos);
    end = append(end, entry->pw_dir);
    end = append(end, entry->pw_shell);
    unsigned length = (unsigned)(end - value);
    floor_id_key(key, entry->pw_uid);
    if (cdb_make_add(index, entry->pw_name, (unsigned)strlen(entry->pw_name), value, length) != 0)
        return -1;
    return cdb_make_add(index, key, sizeof key, value, length);
}

static int build(const char *text_path)
{
    struct cdb_make index;
    struct passwd entry, *found;
    char line[2048], path[256]; /* so that all of an entry fits in value */
    snprintf(path, sizeof path, "%s" FLOOR_ENDING, text_path);
    unlink(path);
    FILE *text = fopen(text_path, "re");
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    int failed = text == NULL || fd < 0 || cdb_make_start(&index, fd) != 0;
    while (!failed && fgetpwent_r(text, &entry, line, sizeof line, &found) == 0)
        failed = add(&index, found) != 0;
    if (failed || cdb_make_finish(&index) != 0) {
        fprintf(stderr, "build_floor: %s: %m\n", path);
        return -1;
    }
    fclose(text);
    close(fd);
    return 0;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (build(argv[i]) != 0)
            return EXIT_FAILURE;
    return EXIT_SUCCESS;
}
