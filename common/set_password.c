/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "set_password.h"

#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "index_follow.h"
#include "lock.h"
#include "replace.h"
#include "table.h"

enum {
    FILE_MAX = 512 * 1024 * 1024,
    CHANGED_TRIES = 5,  /* how often somebody without the lock may get in between */
    SHADOW_MODE = 0640, /* root:shadow, as the system's own shadow file */
    SHADOW_MODE_ALONE = 0600,
};

/* One of the two files: where it is and what is in it. */
struct content {
    struct vmail_place place;
    char *text;
    size_t length;
};

static void content_end(struct content *content)
{
    if (content->text != NULL)
        explicit_bzero(content->text, content->length);
    free(content->text);
    content->text = NULL;
    vmail_place_close(&content->place);
}

static enum vmail_result content_read(const struct vmail_paths *paths, enum vmail_kind kind,
                                      const char *domain, struct content *content,
                                      struct vmail_error *error)
{
    char name[VMAIL_FILE_NAME_MAX + 1];
    *content = (struct content){ .place = { .fd = -1, .directory = -1 } };
    vmail_file_name(name, kind, domain);
    enum vmail_result result = vmail_trusted_open_place(paths, name, &content->place, error);
    if (result != VMAIL_OK)
        return result;
    content->text = vmail_file_read_all(content->place.fd, FILE_MAX, &content->length);
    /* Somebody without the lock may be writing it: emptied, and not yet filled again within one
     * tick of the file system's clock, it would pass for unchanged later. */
    if (content->text != NULL && (off_t)content->length != content->place.status.st_size) {
        vmail_error_set(error, EAGAIN, "%s: changed by another program meanwhile", name);
        return VMAIL_UNAVAILABLE;
    }
    if (content->text != NULL)
        return VMAIL_OK;
    vmail_error_set(error, errno, "%s: cannot read: %s", name, strerrordesc_np(errno));
    return errno == ENOMEM ? VMAIL_NO_MEMORY : VMAIL_UNAVAILABLE;
}

/* Where field NUMBER (from 1) of the line at LINE starts; its end by field_length. */
static char *field(char *line, int number)
{
    while (--number > 0)
        line = strchr(line, ':') + 1;
    return line;
}

static size_t field_length(const char *start)
{
    return strcspn(start, ":\n");
}

/* Finds the user's line as look-ups do, in what was read, and returns in LINE where it starts. */
static enum vmail_result find_line(const struct vmail_config *config, enum vmail_kind kind,
                                   const struct vmail_new_password *new,
                                   const struct content *content, char **line,
                                   struct vmail_error *error)
{
    struct vmail_table table;
    struct vmail_record record;
    enum vmail_result result =
        vmail_table_open_text(&table, config, kind, new->domain, content->text, content->length);
    if (result != VMAIL_OK)
        return result;
    result = vmail_table_find_name(&table, new->user, &record, error);
    if (result == VMAIL_OK)
        *line = content->text + table.found;
    vmail_table_close(&table);
    return result;
}

/* A change of one line, and where it is made. */
struct target {
    const struct vmail_paths *paths;
    const struct vmail_config *config;
    enum vmail_kind kind;
    const struct content *content;
};

/* Puts TEXT in place of what is from START to END in LINE, and lets the index follow. */
static enum vmail_result store_field(const struct target *target,
                                     const struct vmail_new_password *new, const char *line,
                                     const char *start, const char *end, const char *text,
                                     struct vmail_error *error)
{
    const struct content *content = target->content;
    struct vmail_file_state written;
    const struct vmail_piece pieces[] = {
        { content->text, (size_t)(start - content->text) },
        { text, strlen(text) },
        { end, content->length - (size_t)(end - content->text) },
    };
    enum vmail_result result =
        vmail_replace(&content->place, pieces, sizeof pieces / sizeof *pieces, 0, 0, new->seconds,
                      &written, error);
    if (result == VMAIL_OK) {
        const struct vmail_file_state before = vmail_file_state(&content->place.status);
        const struct vmail_line_change change = { .offset = line - content->text,
                                                  .by = (int64_t)strlen(text) - (end - start) };
        vmail_index_follow(target->paths, target->config, target->kind, new->domain, &before,
                           &written, &change);
    }
    return result;
}

static bool is_the_one(const struct vmail_new_password *new, const char *start, size_t length)
{
    return new->instead == NULL ||
           (strlen(new->instead) == length && memcmp(new->instead, start, length) == 0);
}

/* The hash and, unless it stays, the day behind it: fields 2 and 3. */
static enum vmail_result change_shadow_line(const struct target *target, char *line,
                                            const struct vmail_new_password *new, bool hash_too,
                                            struct vmail_error *error)
{
    char *hash = field(line, 2);
    char *day = field(line, 3);
    char *end = day + field_length(day);
    char *text;
    int made;
    if (hash_too && !is_the_one(new, hash, field_length(hash)))
        return VMAIL_NOT_FOUND;
    int hash_length = hash_too ? (int)strlen(new->hash) : (int)field_length(hash);
    const char *hash_text = hash_too ? new->hash : hash;
    if (new->last_change >= 0)
        made = asprintf(&text, "%.*s:%ld", hash_length, hash_text, new->last_change);
    else
        made = asprintf(&text, "%.*s:%.*s", hash_length, hash_text, (int)field_length(day), day);
    if (made < 0)
        return VMAIL_NO_MEMORY;
    enum vmail_result result = store_field(target, new, line, hash, end, text, error);
    explicit_bzero(text, (size_t)made);
    free(text);
    return result;
}

/* Whose a new shadow file becomes. */
struct shadow_owner {
    gid_t group;
    mode_t mode;
};

static struct shadow_owner find_shadow_owner(void)
{
    struct group entry, *group = NULL;
    char buffer[4096];
    if (getgrnam_r("shadow", &entry, buffer, sizeof buffer, &group) == 0 && group != NULL &&
        group->gr_gid < VMAIL_IDS_LOWEST)
        return (struct shadow_owner){ entry.gr_gid, SHADOW_MODE };
    return (struct shadow_owner){ getegid(), SHADOW_MODE_ALONE };
}

/* The new line goes to the end, behind a newline that the last line may lack. */
static enum vmail_result add_shadow_line(const struct target *target,
                                         const struct vmail_new_password *new,
                                         const struct shadow_owner *owner,
                                         struct vmail_error *error)
{
    char *text;
    const struct content *content = target->content;
    bool open_line = content->length > 0 && content->text[content->length - 1] != '\n';
    if (new->instead != NULL)
        return VMAIL_NOT_FOUND;
    int made = asprintf(&text, "%s%s:%s:%ld:0:99999:7:::\n", open_line ? "\n" : "", new->user,
                        new->hash, new->last_change < 0 ? 0 : new->last_change);
    if (made < 0)
        return VMAIL_NO_MEMORY;
    const struct vmail_piece pieces[] = {
        { content->text, content->length },
        { text, (size_t)made },
    };
    enum vmail_result result =
        vmail_replace(&content->place, pieces, sizeof pieces / sizeof *pieces, owner->mode,
                      owner->group, new->seconds, NULL, error);
    if (result == VMAIL_OK)
        vmail_index_renew(target->paths, target->config, target->kind, new->domain);
    explicit_bzero(text, (size_t)made);
    free(text);
    return result;
}

/* In the shadow file; with HASH_TOO false only the day, where there is a line at all. */
static enum vmail_result change_shadow(const struct vmail_paths *paths,
                                       const struct vmail_config *config,
                                       const struct vmail_new_password *new,
                                       const struct shadow_owner *owner, bool hash_too,
                                       struct vmail_error *error)
{
    struct content content;
    const struct target target = { paths, config, VMAIL_SHADOW, &content };
    char *line = NULL;
    bool missing = false;
    enum vmail_result result = content_read(paths, VMAIL_SHADOW, new->domain, &content, error);
    if (result == VMAIL_OK) {
        result = find_line(config, VMAIL_SHADOW, new, &content, &line, error);
        missing = result == VMAIL_NOT_FOUND;
    } else if (result == VMAIL_NOT_FOUND && content.place.directory >= 0) {
        vmail_error_set(error, 0, "%s", "");
        missing = true;
    }
    if (missing && error != NULL && error->code == 0 && error->text[0] != '\0')
        result = VMAIL_UNAVAILABLE; /* his line is there, and broken: adding another hides that */
    else if (missing)
        result = hash_too ? add_shadow_line(&target, new, owner, error) : VMAIL_OK;
    else if (result == VMAIL_OK)
        result = change_shadow_line(&target, line, new, hash_too, error);
    content_end(&content);
    return result;
}

static enum vmail_result change_passwd(const struct vmail_paths *paths,
                                       const struct vmail_config *config,
                                       const struct vmail_new_password *new,
                                       const struct shadow_owner *owner, struct vmail_error *error)
{
    struct content content;
    const struct target target = { paths, config, VMAIL_PASSWD, &content };
    char *line;
    bool in_shadow = false;
    enum vmail_result result = content_read(paths, VMAIL_PASSWD, new->domain, &content, error);
    if (result == VMAIL_OK)
        result = find_line(config, VMAIL_PASSWD, new, &content, &line, error);
    if (result == VMAIL_OK) {
        char *hash = field(line, 2);
        size_t length = field_length(hash);
        in_shadow = length == 1 && *hash == 'x';
        if (!in_shadow)
            result = is_the_one(new, hash, length)
                         ? store_field(&target, new, line, hash, hash + length, new->hash, error)
                         : VMAIL_NOT_FOUND;
    }
    content_end(&content);
    if (result == VMAIL_OK && in_shadow)
        return change_shadow(paths, config, new, owner, true, error);
    if (result == VMAIL_OK && new->last_change >= 0)
        (void)change_shadow(paths, config, new, owner, false,
                            error); /* the hash is stored: that counts */
    return result;
}

static bool storable(const struct vmail_new_password *new)
{
    return new->hash[0] != '\0' && strpbrk(new->hash, ":\n\r") == NULL;
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
    if (!storable(new)) {
        vmail_error_set(error, EINVAL, "a hash that does not fit into one field");
        return VMAIL_UNAVAILABLE;
    }
    /* Before the lock: NSS may take its time. */
    const struct shadow_owner owner = find_shadow_owner();
    enum vmail_result result = vmail_lock_domain(paths, new->domain, new->seconds, &lock, error);
    if (result != VMAIL_OK)
        return result;
    for (int i = 0; i < CHANGED_TRIES; i++) {
        result = change_passwd(paths, config, new, &owner, error);
        if (result == VMAIL_OK || error->code != EAGAIN)
            break;
    }
    vmail_lock_release(&lock);
    return result == VMAIL_NOT_FOUND && error->code == EAGAIN ? VMAIL_UNAVAILABLE : result;
}
