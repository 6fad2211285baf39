/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/domain_files.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "file_state.h"
#include "lock.h"
#include "new_file.h"
#include "replace.h"

enum { FILE_MAX = 512 * 1024 * 1024, FIRST_ROOM = 64 * 1024, FILES = 4 };

static bool make_room(struct domain_text *text, size_t more)
{
    if (text->room - text->length > more)
        return true;
    size_t room = text->room == 0 ? FIRST_ROOM : text->room * 2;
    while (room - text->length <= more)
        room *= 2;
    char *larger = malloc(room);
    if (larger == NULL)
        return false;
    if (text->text != NULL) {
        memcpy(larger, text->text, text->length);
        explicit_bzero(text->text, text->length);
    }
    free(text->text);
    text->text = larger;
    text->room = room;
    return true;
}

void domain_text_add(struct domain_text *text, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length < 0 || !make_room(text, (size_t)length)) {
        text->no_memory = true;
    } else {
        vsnprintf(text->text + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
    va_end(arguments);
}

static void end_text(struct domain_text *text)
{
    if (text->text != NULL)
        explicit_bzero(text->text, text->length);
    free(text->text);
    *text = (struct domain_text){ 0 };
}

void domain_texts_end(struct domain_texts *texts)
{
    end_text(&texts->passwd);
    end_text(&texts->shadow);
    end_text(&texts->group);
    end_text(&texts->aliases);
}

/** One of the four files. */
struct target {
    char name[NAME_MAX + 1];
    const struct domain_text *added;
    const struct vmail_file_state *expected; /* NULL for any */
    mode_t mode;                             /* of new files */
    gid_t group;
    bool always; /* create it even for an empty text */

    char *old; /* the old text; NULL if the file is missing or not changed */
    size_t old_length;
    bool existed, written;
};

static enum vmail_result read_old(struct target *target, const struct vmail_place *place,
                                  struct vmail_error *error)
{
    static const struct vmail_file_state none = { 0 };
    struct vmail_file_state now = place->fd < 0 ? none : vmail_file_state(&place->status);
    bool same = target->expected == NULL || vmail_file_state_equal(&now, target->expected);
    target->existed = place->fd >= 0;
    if (target->existed) {
        target->old = vmail_file_read_all(place->fd, FILE_MAX, &target->old_length);
        if (target->old == NULL) {
            vmail_error_set(error, errno, "%s: cannot read: %s", target->name,
                            strerrordesc_np(errno));
            return VMAIL_UNAVAILABLE;
        }
        same = same && (off_t)target->old_length == place->status.st_size;
    }
    if (same)
        return VMAIL_OK;
    vmail_error_set(error, EAGAIN, "%s: changed during the import; run the command again",
                    target->name);
    return VMAIL_UNAVAILABLE;
}

static enum vmail_result open_place(const struct vmail_paths *paths, const struct target *target,
                                    struct vmail_place *place, struct vmail_error *error)
{
    *place = (struct vmail_place){ .fd = -1, .directory = -1 };
    enum vmail_result result = vmail_trusted_open_place(paths, target->name, place, error);
    return result == VMAIL_NOT_FOUND && place->directory >= 0 ? VMAIL_OK : result;
}

/** Gives TARGET the pieces for TEXT, if there is something to write. */
static enum vmail_result put(const struct vmail_paths *paths, struct target *target,
                             bool (*text)(const struct target *, struct vmail_piece pieces[3]),
                             struct vmail_error *error)
{
    struct vmail_place place;
    struct vmail_piece pieces[3];
    enum vmail_result result = open_place(paths, target, &place, error);
    if (result != VMAIL_OK)
        return result == VMAIL_NOT_FOUND ? VMAIL_UNAVAILABLE : result;
    vmail_error_set(error, 0, "%s", ""); /* a missing file is not an error */
    result = target->written ? VMAIL_OK : read_old(target, &place, error);
    if (result == VMAIL_OK && text(target, pieces)) {
        result = vmail_replace(&place, pieces, 3, target->mode, target->group,
                               VMAIL_LOCK_SECONDS_ADMIN, error);
        target->written = target->written || result == VMAIL_OK;
    }
    vmail_place_close(&place);
    return result == VMAIL_NOT_FOUND ? VMAIL_UNAVAILABLE : result;
}

/** The old text, a newline if its last line has none, and the added text. */
static bool with_addition(const struct target *target, struct vmail_piece pieces[3])
{
    bool open = target->old_length > 0 && target->old[target->old_length - 1] != '\n';
    pieces[0] = (struct vmail_piece){ target->existed ? target->old : "", target->old_length };
    pieces[1] = (struct vmail_piece){ "\n", open ? 1 : 0 };
    pieces[2] = (struct vmail_piece){ target->added->length > 0 ? target->added->text : "",
                                      target->added->length };
    return target->added->length > 0 || (target->always && !target->existed);
}

static bool as_before(const struct target *target, struct vmail_piece pieces[3])
{
    pieces[0] = (struct vmail_piece){ target->old, target->old_length };
    pieces[1] = pieces[2] = (struct vmail_piece){ "", 0 };
    return true;
}

/** Undoes what was written. If even that fails, appends this to ERROR. */
static void take_back(const struct vmail_paths *paths, struct target *target,
                      struct vmail_error *error)
{
    struct vmail_error second = { 0 };
    struct vmail_place place;
    bool good;
    if (target->existed) {
        good = put(paths, target, as_before, &second) == VMAIL_OK;
    } else {
        good = open_place(paths, target, &place, &second) == VMAIL_OK &&
               (unlinkat(place.directory, place.name, 0) == 0 || errno == ENOENT);
        vmail_place_close(&place);
    }
    if (!good) {
        struct vmail_error first = *error;
        vmail_error_set(error, first.code, "%.300s; %s still contains lines of this import",
                        first.text, target->name);
    }
}

static enum vmail_result append_all(const struct vmail_paths *paths, struct target *targets,
                                    struct vmail_error *error)
{
    struct vmail_error unsynced = { 0 };
    for (size_t i = 0; i < FILES; i++) {
        vmail_error_set(error, 0, "%s", "");
        enum vmail_result result = put(paths, &targets[i], with_addition, error);
        if (result != VMAIL_OK) {
            while (i-- > 0)
                if (targets[i].written)
                    take_back(paths, &targets[i], error);
            return result;
        }
        if (error->text[0] != '\0')
            unsynced = *error;
    }
    *error = unsynced;
    return VMAIL_OK;
}

enum vmail_result domain_files_append(const struct vmail_paths *paths,
                                      const struct import_domain *domain,
                                      const struct domain_texts *texts, struct vmail_error *error)
{
    static const char *const kinds[FILES] = { "shadow", "group", "aliases", "passwd" };
    struct vmail_lock lock;
    /* Before the lock: NSS may be slow. */
    const struct vmail_new_file secret = vmail_new_file_shadow();
    struct target targets[FILES] = {
        { .added = &texts->shadow,
          .expected = &domain->shadow,
          .mode = secret.mode,
          .group = secret.group },
        { .added = &texts->group, .expected = &domain->group, .mode = 0644 },
        { .added = &texts->aliases,
          .expected = domain->aliases > 0 ? &domain->aliases_file : NULL,
          .mode = 0644 },
        { .added = &texts->passwd, .expected = &domain->passwd, .mode = 0644, .always = true },
    };
    if (texts->passwd.no_memory || texts->shadow.no_memory || texts->group.no_memory ||
        texts->aliases.no_memory)
        return VMAIL_NO_MEMORY;
    for (size_t i = 0; i < FILES; i++)
        snprintf(targets[i].name, sizeof targets[i].name, "%s.%s", kinds[i], domain->name);
    enum vmail_result result =
        vmail_lock_domain(paths, domain->name, VMAIL_LOCK_SECONDS_ADMIN, &lock, error);
    if (result != VMAIL_OK)
        return result;
    result = append_all(paths, targets, error);
    vmail_lock_release(&lock);
    for (size_t i = 0; i < FILES; i++) {
        if (targets[i].old != NULL)
            explicit_bzero(targets[i].old, targets[i].old_length);
        free(targets[i].old);
    }
    return result;
}
