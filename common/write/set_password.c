/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "set_password.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edit.h"
#include "index_build.h"
#include "lock.h"
#include "record_format.h"
#include "table.h"

enum { LARGE = 512 * 1024 * 1024 };

/* What all steps of a change need. */
struct work {
    const struct vmail_paths *paths;
    const struct vmail_config *config;
    const struct vmail_new_password *new;
    const struct vmail_new_file *make; /* for a missing shadow file */
    bool again;                        /* another process changed the shadow file during a try */
    struct vmail_error *error;
};

static struct vmail_file file_of(const struct work *work, enum vmail_kind kind)
{
    return (struct vmail_file){ work->paths, work->config, kind, work->new->domain };
}

/* Opens KIND.DOMAIN and finds the user's line as look-ups do; sets OFFSET to its start. LOCKED:
 * under the lock beside the file. */
static enum vmail_result open_line(const struct work *work, enum vmail_kind kind, bool locked,
                                   struct vmail_edit *edit, size_t *offset)
{
    const struct vmail_new_password *new = work->new;
    char name[VMAIL_FILE_NAME_MAX + 1];
    vmail_file_name(name, kind, new->domain);
    enum vmail_result result =
        locked ? vmail_edit_open_locked(work->paths, name, new->seconds, edit, work->error)
               : vmail_edit_open(work->paths, name, edit, work->error);
    return result == VMAIL_OK
               ? vmail_edit_find(edit, file_of(work, kind), new->user, offset, work->error)
               : result;
}

/* Field NUMBER of the line at OFFSET. */
static struct vmail_piece field_of(const struct vmail_edit *edit, size_t offset, int number)
{
    struct vmail_piece line = { "", 0 };
    vmail_edit_next_line(edit, &offset, &line);
    return vmail_record_field(line.text, line.length, number);
}

static enum vmail_result store_field(struct vmail_edit *edit, size_t offset, int number,
                                     const char *value)
{
    const struct vmail_piece field = field_of(edit, offset, number);
    size_t start = (size_t)(field.text - vmail_edit_after(edit).text);
    return vmail_edit_splice(edit, start, field.length, value, strlen(value));
}

static enum vmail_result commit(const struct work *work, enum vmail_kind kind,
                                const struct vmail_edit *edit)
{
    const struct vmail_new_file *make = kind == VMAIL_SHADOW ? work->make : NULL;
    if (!vmail_edit_would_write(edit))
        return VMAIL_OK;
    enum vmail_result result = vmail_edit_commit(edit, make, work->new->seconds, work->error);
    if (result == VMAIL_OK)
        vmail_index_renew(file_of(work, kind), VMAIL_INDEX_SMALL);
    return result;
}

static bool is_the_one(const struct vmail_new_password *new, const struct vmail_piece *hash)
{
    return new->instead == NULL || (strlen(new->instead) == hash->length &&
                                    memcmp(new->instead, hash->text, hash->length) == 0);
}

/* Changes the hash and, unless it stays, the day after it. */
static enum vmail_result change_shadow_line(struct vmail_edit *edit, size_t offset,
                                            const struct vmail_new_password *new)
{
    const struct vmail_piece hash = field_of(edit, offset, VMAIL_FIELD_HASH);
    char day[24];
    if (!is_the_one(new, &hash))
        return VMAIL_NOT_FOUND;
    enum vmail_result result = store_field(edit, offset, VMAIL_FIELD_HASH, new->hash);
    if (result != VMAIL_OK || new->last_change < 0)
        return result;
    snprintf(day, sizeof day, "%ld", new->last_change);
    return store_field(edit, offset, VMAIL_FIELD_LAST_CHANGE, day);
}

static enum vmail_result add_shadow_line(struct vmail_edit *edit,
                                         const struct vmail_new_password *new,
                                         struct vmail_error *error)
{
    char *line, day[24] = ""; /* unknown day: no ageing */
    if (new->instead != NULL)
        return VMAIL_NOT_FOUND;
    if (new->last_change >= 0)
        snprintf(day, sizeof day, "%ld", new->last_change);
    int made = asprintf(&line, "%s:%s:%s:0:99999:7:::", new->user, new->hash, day);
    if (made < 0)
        return VMAIL_NO_MEMORY;
    enum vmail_result result = vmail_edit_append_line(edit, line, error);
    explicit_bzero(line, (size_t)made);
    free(line);
    return result;
}

/* Changes the shadow file; the hash in it must be INSTEAD, unless that is NULL. */
static enum vmail_result change_shadow(const struct work *work)
{
    struct vmail_error *error = work->error;
    struct vmail_edit edit;
    size_t offset = 0;
    enum vmail_result result = open_line(work, VMAIL_SHADOW, work->again, &edit, &offset);
    bool no_file = edit.place.fd < 0 && edit.place.directory >= 0;
    if (result == VMAIL_BROKEN)
        result = VMAIL_UNAVAILABLE; /* the user's line is there; a second line would hide this */
    if (result == VMAIL_NOT_FOUND && (edit.place.fd >= 0 || no_file)) {
        vmail_error_set(error, 0, "%s", "");
        result = add_shadow_line(&edit, work->new, error);
    } else if (result == VMAIL_OK) {
        result = change_shadow_line(&edit, offset, work->new);
    }
    if (result == VMAIL_OK)
        result = commit(work, VMAIL_SHADOW, &edit);
    vmail_edit_end(&edit);
    return result;
}

/* The hash in the passwd file, at OFFSET of PASSWD, is valid until "x" replaces it. After that the
 * hash in the shadow file is valid, which is already there. The old hash in the shadow file was not
 * checked. */
static enum vmail_result move_to_shadow(const struct work *work, struct vmail_edit *passwd,
                                        size_t offset)
{
    struct vmail_new_password new = *work->new;
    struct work moved = *work;
    new.instead = NULL;
    moved.new = &new;
    enum vmail_result result = change_shadow(&moved);
    if (result == VMAIL_OK)
        result = store_field(passwd, offset, VMAIL_FIELD_HASH, "x");
    return result == VMAIL_OK ? commit(work, VMAIL_PASSWD, passwd) : result;
}

static enum vmail_result change_hash(const struct work *work)
{
    struct vmail_edit passwd;
    size_t offset = 0;
    enum vmail_result result = open_line(work, VMAIL_PASSWD, false, &passwd, &offset);
    if (result == VMAIL_OK) {
        const struct vmail_piece hash = field_of(&passwd, offset, VMAIL_FIELD_HASH);
        if (hash.length == 1 && *hash.text == 'x')
            result = change_shadow(work);
        else if (is_the_one(work->new, &hash))
            result = move_to_shadow(work, &passwd, offset);
        else
            result = VMAIL_NOT_FOUND;
    }
    vmail_edit_end(&passwd);
    return result == VMAIL_BROKEN ? VMAIL_UNAVAILABLE : result;
}

static bool storable(const struct vmail_new_password *new)
{
    return new->hash[0] != '\0' && strpbrk(new->hash, ":\n\r") == NULL;
}

enum vmail_result vmail_set_password_locked(const struct vmail_paths *paths,
                                            const struct vmail_config *config,
                                            const struct vmail_new_password *new,
                                            const struct vmail_new_file *make,
                                            struct vmail_error *error)
{
    struct work work = { paths, config, new, make, false, error };
    enum vmail_result result = VMAIL_UNAVAILABLE;
    vmail_error_set(error, 0, "%s", "");
    if (!storable(new)) {
        vmail_error_set(error, EINVAL, "the hash does not fit into one field");
        return VMAIL_UNAVAILABLE;
    }
    for (int i = 0; i < VMAIL_EDIT_TRIES; i++) {
        work.again = i > 0;
        result = change_hash(&work);
        if (!vmail_edit_overtaken(result, error))
            break;
    }
    return vmail_edit_overtaken(result, error) ? VMAIL_UNAVAILABLE : result;
}

enum vmail_result vmail_set_password(const struct vmail_paths *paths,
                                     const struct vmail_config *config,
                                     const struct vmail_new_password *new,
                                     struct vmail_error *error)
{
    struct vmail_lock lock;
    struct vmail_error own;
    if (error == NULL)
        error = &own;
    vmail_error_set(error, 0, "%s", "");
    /* Before the lock: NSS may be slow. */
    const struct vmail_new_file make = vmail_new_file_shadow();
    enum vmail_result result = vmail_lock_domain(paths, new->domain, new->seconds, &lock, error);
    if (result != VMAIL_OK)
        return result;
    result = vmail_set_password_locked(paths, config, new, &make, error);
    vmail_lock_release(&lock);
    if (result == VMAIL_OK) { /* also for large files; nobody waits for the lock now */
        const struct work work = { .paths = paths, .config = config, .new = new };
        vmail_index_renew(file_of(&work, VMAIL_SHADOW), LARGE);
        vmail_index_renew(file_of(&work, VMAIL_PASSWD), LARGE);
    }
    return result;
}
