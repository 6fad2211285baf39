/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "parts.h"

enum { RECORD_MODE = 0600 };

static const char before[] = ".before", after[] = ".after", earlier[] = ".earlier";

void record_end(struct record *record)
{
    target_end(&record->before);
    target_end(&record->after);
    target_end(&record->earlier);
}

bool record_is_ours(const struct record *record, const struct target *now)
{
    return now->exists && (target_same(now, &record->after) || target_same(now, &record->earlier));
}

/* Only root looks into it: the files of other packages may contain passwords. */
static bool make_directory(const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

enum exit_code record_lock(const struct context *context, struct vmail_lock *lock)
{
    struct vmail_error error = { 0 };
    int directory = -1;
    *lock = (struct vmail_lock){ .fd = -1 };
    if ((mkdir(VMAIL_STATE_DIRECTORY, 0755) == 0 || errno == EEXIST) &&
        make_directory(SETUP_RECORDS))
        directory = open(SETUP_RECORDS, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0) {
        message_error(context, "%s: cannot be used: %s", SETUP_RECORDS, strerrordesc_np(errno));
        return EXIT_UNAVAILABLE;
    }
    const enum vmail_result result =
        vmail_lock_file(directory, "setup", VMAIL_LOCK_SECONDS_ADMIN, lock, &error);
    close(directory);
    return message_result(context, result, &error);
}

/* The name of a record: that of the file, with "%" for "/". */
static bool name_of(const char *part, const char *path, const char *suffix, char name[PATH_MAX])
{
    const int length = snprintf(name, PATH_MAX, "%s/%s/%s%s", SETUP_RECORDS, part, path, suffix);
    if (length < 0 || length >= PATH_MAX)
        return false;
    for (char *c = name + sizeof SETUP_RECORDS + strlen(part) + 1; *c != '\0'; c++)
        if (*c == '/')
            *c = '%';
    return true;
}

static enum exit_code read_one(const struct context *context, const char *part, const char *path,
                               const char *suffix, struct target *target)
{
    char name[PATH_MAX];
    return name_of(part, path, suffix, name) ? target_read(context, name, target)
                                             : message_no_memory(context);
}

enum exit_code record_read(const struct context *context, const char *part, const char *path,
                           struct record *record)
{
    *record = (struct record){ 0 };
    enum exit_code code = read_one(context, part, path, after, &record->after);
    if (code != EXIT_DONE)
        return code;
    code = read_one(context, part, path, before, &record->before);
    if (code != EXIT_DONE)
        return code;
    return read_one(context, part, path, earlier, &record->earlier);
}

enum exit_code record_write(const struct context *context, const char *part, const char *path,
                            const struct record *record)
{
    const struct target none = { 0 };
    const bool remove = !record->after.exists;
    char name[PATH_MAX];
    snprintf(name, sizeof name, "%s/%s", SETUP_RECORDS, part);
    if (!remove && !make_directory(name)) {
        message_error(context, "%s: cannot be created: %s", name, strerrordesc_np(errno));
        return EXIT_UNAVAILABLE;
    }
    /* A record is there once `after` is; the others alone say nothing. */
    const struct {
        const char *suffix;
        const struct target *target;
    } files[] = { { remove ? after : before, remove ? &none : &record->before },
                  { earlier, remove ? &none : &record->earlier },
                  { remove ? before : after, remove ? &none : &record->after } };
    enum exit_code code = EXIT_DONE;
    for (size_t i = 0; code == EXIT_DONE && i < sizeof files / sizeof *files; i++)
        code = name_of(part, path, files[i].suffix, name)
                   ? target_write(context, name, NULL, files[i].target, RECORD_MODE)
                   : message_no_memory(context);
    if (remove) {
        snprintf(name, sizeof name, "%s/%s", SETUP_RECORDS, part);
        rmdir(name); /* stays while there are more records in it */
    }
    return code;
}

bool record_is_shared(const struct context *context, const char *part, const char *path,
                      const struct target *now, struct record *other)
{
    *other = (struct record){ 0 };
    for (size_t i = 0; setup_parts[i] != NULL; i++) {
        if (strcmp(setup_parts[i]->name, part) == 0)
            continue;
        record_end(other);
        if (record_read(context, setup_parts[i]->name, path, other) == EXIT_DONE &&
            record_is_ours(other, now))
            return true;
    }
    return false;
}

/* The path of the file whose record is NAME, a new text; NULL if it is none, or memory is short. */
static char *path_of(const char *name)
{
    const size_t length = strlen(name), suffix = sizeof after - 1;
    if (name[0] != '%' || length <= suffix || strcmp(name + length - suffix, after) != 0)
        return NULL;
    char *path = strndup(name, length - suffix);
    for (char *c = path; c != NULL && *c != '\0'; c++)
        if (*c == '%')
            *c = '/';
    return path;
}

enum exit_code record_each(const struct context *context, const char *part,
                           enum exit_code (*visit)(void *data, const char *path), void *data)
{
    char directory[PATH_MAX];
    struct dirent **list = NULL;
    enum exit_code code = EXIT_DONE;
    snprintf(directory, sizeof directory, "%s/%s", SETUP_RECORDS, part);
    const int count = scandir(directory, &list, NULL, alphasort);
    if (count < 0 && errno != ENOENT) {
        message_error(context, "%s: cannot be read: %s", directory, strerrordesc_np(errno));
        return EXIT_UNAVAILABLE;
    }
    for (int i = 0; i < count; i++) {
        char *path = path_of(list[i]->d_name);
        if (path != NULL && code == EXIT_DONE)
            code = visit(data, path);
        free(path);
        free(list[i]);
    }
    free(list);
    return code;
}
