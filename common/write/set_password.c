/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "set_password.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "index_build.h"
#include "lock.h"
#include "record_format.h"
#include "table.h"
#include "transaction.h"

enum { LARGE = 512 * 1024 * 1024 };

/* What the function that changes the lines needs. */
struct work {
    const struct vmail_paths *paths;
    const struct vmail_config *config;
    const struct vmail_new_password *new;
};

static struct vmail_file file_of(const struct work *work, enum vmail_kind kind)
{
    return (struct vmail_file){ work->paths, &work->config->rules, kind, work->new->domain };
}

/* Field NUMBER of the line at OFFSET. */
static struct vmail_piece field_of(const struct vmail_edit *edit, size_t offset, int number)
{
    struct vmail_piece line = { "", 0 };
    vmail_edit_next_line(edit, &offset, &line);
    return vmail_record_field(line, number);
}

static enum vmail_result store_field(struct vmail_edit *edit, size_t offset, int number,
                                     const char *value)
{
    const struct vmail_piece field = field_of(edit, offset, number);
    size_t start = (size_t)(field.text - vmail_edit_after(edit).text);
    return vmail_edit_splice(edit, start, field.length, value, strlen(value));
}

/* Whether HASH may be replaced: it is INSTEAD, if that is not NULL. */
static bool is_the_one(const char *instead, const struct vmail_piece *hash)
{
    return instead == NULL ||
           (strlen(instead) == hash->length && memcmp(instead, hash->text, hash->length) == 0);
}

/* Changes the hash and, unless it stays, the day after it. */
static enum vmail_result change_line(struct vmail_edit *edit, size_t offset,
                                     const struct vmail_new_password *new, const char *instead)
{
    const struct vmail_piece hash = field_of(edit, offset, VMAIL_FIELD_HASH);
    char day[24];
    if (!is_the_one(instead, &hash))
        return VMAIL_NOT_FOUND;
    enum vmail_result result = store_field(edit, offset, VMAIL_FIELD_HASH, new->hash);
    if (result != VMAIL_OK || new->last_change < 0)
        return result;
    snprintf(day, sizeof day, "%ld", new->last_change);
    return store_field(edit, offset, VMAIL_FIELD_LAST_CHANGE, day);
}

static enum vmail_result add_line(struct vmail_edit *edit, const struct vmail_new_password *new,
                                  const char *instead, struct vmail_error *error)
{
    char *line, day[24] = ""; /* unknown day: no ageing */
    if (instead != NULL)
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

/* Changes the shadow file; the hash in it must be INSTEAD, unless that is NULL. An invalid line of
 * the user stays: a second one would hide it. */
static enum vmail_result change_shadow(const struct work *work, struct vmail_edit *shadow,
                                       const char *instead, struct vmail_error *error)
{
    size_t offset = 0;
    enum vmail_result result =
        vmail_edit_find(shadow, file_of(work, VMAIL_SHADOW), work->new->user, &offset, error);
    if (result == VMAIL_OK)
        return change_line(shadow, offset, work->new, instead);
    return result == VMAIL_NOT_FOUND ? add_line(shadow, work->new, instead, error) : result;
}

/* The hash in the passwd file is valid until "x" replaces it. After that the hash in the shadow
 * file is valid, which is already there. The old hash in the shadow file was not checked. */
static enum vmail_result change_files(struct vmail_edit *edit, void *context,
                                      struct vmail_error *error)
{
    const struct work *work = context;
    struct vmail_edit *shadow = &edit[0], *passwd = &edit[1];
    size_t offset = 0;
    enum vmail_result result =
        vmail_edit_find(passwd, file_of(work, VMAIL_PASSWD), work->new->user, &offset, error);
    if (result != VMAIL_OK)
        return result;
    const struct vmail_piece hash = field_of(passwd, offset, VMAIL_FIELD_HASH);
    if (hash.length == 1 && *hash.text == 'x')
        return change_shadow(work, shadow, work->new->instead, error);
    if (!is_the_one(work->new->instead, &hash))
        return VMAIL_NOT_FOUND;
    result = change_shadow(work, shadow, NULL, error);
    return result == VMAIL_OK ? store_field(passwd, offset, VMAIL_FIELD_HASH, "x") : result;
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
    struct work work = { paths, config, new };
    char shadow[VMAIL_FILE_NAME_MAX + 1], passwd[VMAIL_FILE_NAME_MAX + 1];
    const struct vmail_file shadow_index = file_of(&work, VMAIL_SHADOW);
    const struct vmail_file passwd_index = file_of(&work, VMAIL_PASSWD);
    const struct vmail_transaction transaction = {
        .file = { { shadow, make, &shadow_index }, { passwd, NULL, &passwd_index } },
        .function = change_files,
        .context = &work,
        .seconds = new->seconds,
    };
    if (!storable(new)) {
        vmail_error_set(error, EINVAL, "the hash does not fit into one field");
        return VMAIL_INVALID;
    }
    vmail_file_name(shadow, VMAIL_SHADOW, new->domain);
    vmail_file_name(passwd, VMAIL_PASSWD, new->domain);
    return vmail_transaction_run(paths, &transaction, error);
}

enum vmail_result vmail_set_password(const struct vmail_paths *paths,
                                     const struct vmail_config *config,
                                     const struct vmail_new_password *new,
                                     struct vmail_error *error)
{
    struct vmail_lock lock;
    /* Before the lock: NSS may be slow. */
    const struct vmail_new_file make = vmail_new_file_shadow();
    enum vmail_result result = vmail_lock_domain(paths, new->domain, new->seconds, &lock, error);
    if (result != VMAIL_OK)
        return result;
    result = vmail_set_password_locked(paths, config, new, &make, error);
    vmail_lock_release(&lock);
    if (vmail_is_done(result)) { /* also for large files; nobody waits for the lock now */
        const struct work work = { .paths = paths, .config = config, .new = new };
        vmail_index_renew(file_of(&work, VMAIL_SHADOW), LARGE);
        vmail_index_renew(file_of(&work, VMAIL_PASSWD), LARGE);
    }
    return result;
}
