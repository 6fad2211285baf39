/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "message.h"
#include "replace.h"

enum { TARGET_MAX = 4 * 1024 * 1024 };

void target_end(struct target *target)
{
    vmail_text_end(&target->text);
    target->exists = false;
}

bool target_same(const struct target *a, const struct target *b)
{
    return a->exists == b->exists && a->text.length == b->text.length &&
           (a->text.length == 0 || memcmp(a->text.bytes, b->text.bytes, a->text.length) == 0);
}

bool target_copy(struct target *to, const struct target *from)
{
    to->exists = from->exists;
    return from->text.length == 0 ||
           vmail_text_splice(&to->text, 0, 0, from->text.bytes, from->text.length);
}

enum exit_code target_read(const struct context *context, const char *path, struct target *target)
{
    struct vmail_trusted_text read = { 0 };
    struct vmail_error error = { 0 };
    *target = (struct target){ 0 };
    const enum vmail_result result =
        vmail_trusted_read(context->paths, path, TARGET_MAX, &read, &error);
    if (result == VMAIL_NOT_FOUND)
        return EXIT_DONE;
    if (result != VMAIL_OK)
        return message_result(context, result, &error);
    target->exists = true;
    const bool done = vmail_text_splice(&target->text, 0, 0, read.bytes, read.length);
    free(read.bytes);
    return done ? EXIT_DONE : message_no_memory(context);
}

/* Makes the directories above PATH, which this function changes and restores. */
static bool make_directories(char *path)
{
    bool done = true;
    for (char *slash = strchr(path + 1, '/'); done && slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        done = mkdir(path, 0755) == 0 || errno == EEXIST;
        *slash = '/';
    }
    return done;
}

static enum vmail_result write_or_remove(const char *path, const struct vmail_place *place,
                                         const struct target *target, mode_t mode,
                                         struct vmail_error *error)
{
    const struct vmail_new_file make = { .mode = mode, .group = 0 };
    const struct vmail_piece text = { target->text.bytes, target->text.length };
    if (target->exists)
        return vmail_replace_locked(place, text, &make, error);
    if (place->fd < 0)
        return VMAIL_OK;
    if (unlinkat(place->directory, place->name, 0) != 0) {
        vmail_error_set(error, errno, "%s: cannot remove it: %s", path, strerrordesc_np(errno));
        return VMAIL_UNAVAILABLE;
    }
    if (fsync(place->directory) == 0)
        return VMAIL_OK;
    vmail_error_set(error, errno, "%s: removed, but the directory cannot be synced to disk: %s",
                    path, strerrordesc_np(errno));
    return VMAIL_UNFINISHED;
}

/* Whether the file that is open at PLACE is what EXPECTED says. */
static bool is_expected(const struct vmail_place *place, const struct target *expected)
{
    size_t length = 0;
    if (place->fd < 0 || !expected->exists)
        return (place->fd >= 0) == expected->exists;
    char *text = vmail_file_read_all(place->fd, TARGET_MAX, &length);
    const bool same = text != NULL && length == expected->text.length &&
                      (length == 0 || memcmp(text, expected->text.bytes, length) == 0);
    free(text);
    return same;
}

enum exit_code target_write(const struct context *context, const char *path,
                            const struct target *expected, const struct target *target, mode_t mode)
{
    struct vmail_error error = { 0 };
    struct vmail_place place = { .fd = -1, .directory = -1 };
    char *directory = strdup(path);
    if (directory == NULL)
        return message_no_memory(context);
    if (target->exists && !make_directories(directory)) {
        message_error(context, "%s: cannot create its directory: %s", path, strerrordesc_np(errno));
        free(directory);
        return EXIT_UNAVAILABLE;
    }
    *strrchr(directory, '/') = '\0';
    struct vmail_paths paths = *context->paths;
    paths.directory = directory;
    enum vmail_result result =
        vmail_trusted_open_place(&paths, strrchr(path, '/') + 1, &place, &error);
    if (result == VMAIL_OK || (result == VMAIL_NOT_FOUND && place.directory >= 0)) {
        if (expected == NULL || is_expected(&place, expected)) {
            result = write_or_remove(path, &place, target, mode, &error);
        } else {
            vmail_error_set(&error, EAGAIN, "%s has changed meanwhile; run the command again",
                            path);
            result = VMAIL_UNAVAILABLE;
        }
        vmail_place_close(&place);
    }
    free(directory);
    if (result == VMAIL_NOT_FOUND && !target->exists)
        return EXIT_DONE;
    return message_result(context, result, &error);
}
