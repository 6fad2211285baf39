/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record_format.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "name.h"
#include "table.h"

static enum vmail_result refuse(struct vmail_error *error, const char *field, const char *what)
{
    vmail_error_set(error, EINVAL, "%s: %s", field, what);
    return VMAIL_INVALID;
}

static void wipe(char *line)
{
    if (line != NULL)
        explicit_bzero(line, strlen(line));
    free(line);
}

static enum vmail_result check_text(const char *field, const char *value, struct vmail_error *error)
{
    for (; *value != '\0'; value++) {
        if (*value == ':')
            return refuse(error, field, "a field cannot contain a colon");
        if ((unsigned char)*value < ' ' || *value == 0x7f)
            return refuse(error, field, "a control character or line break in it");
    }
    return VMAIL_OK;
}

static enum vmail_result check_hash(const char *hash, struct vmail_error *error)
{
    if (*hash == '\0')
        return refuse(error, "password",
                      "an empty hash would let everybody in; write * for no password");
    return check_text("password", hash, error);
}

static enum vmail_result check_name(const char *name, struct vmail_error *error)
{
    if (!vmail_user_valid(name, strlen(name)))
        return refuse(error, "name", "not valid, see vmail(5)");
    if (*name == '#')
        return refuse(error, "name", "a line that starts with # is a comment");
    return VMAIL_OK;
}

static enum vmail_result check_members(const char *members, struct vmail_error *error)
{
    const char *rest = members;
    enum vmail_result result = check_text("members", members, error);
    while (result == VMAIL_OK && *rest != '\0') {
        size_t length = strcspn(rest, ",");
        if (!vmail_user_valid(rest, length) || (rest[length] == ',' && rest[length + 1] == '\0'))
            result = refuse(error, "members", "expected user names, with commas between them");
        rest += length + (rest[length] == ',');
    }
    return result;
}

/* Refuses what FIELD must not hold, as far as the field alone shows it. */
static enum vmail_result check_field(enum vmail_kind kind, struct vmail_field field,
                                     struct vmail_error *error)
{
    if (field.number == VMAIL_FIELD_NAME)
        return check_name(field.value, error);
    if (field.number == VMAIL_FIELD_HASH)
        return check_hash(field.value, error);
    if (kind == VMAIL_GROUP && field.number == VMAIL_FIELD_MEMBERS)
        return check_members(field.value, error);
    char what[32];
    snprintf(what, sizeof what, "field %d", field.number);
    return check_text(what, field.value, error);
}

/* The reader itself decides: look up the line by its name as the only line of FILE. */
static enum vmail_result read_back(struct vmail_file file, const char *line,
                                   struct vmail_table *table, struct vmail_record *record,
                                   struct vmail_error *error)
{
    char name[VMAIL_USER_MAX + 1];
    struct vmail_error reason;
    size_t length = strcspn(line, ":");
    if (length > VMAIL_USER_MAX)
        return refuse(error, "name", "not valid, see vmail(5)");
    memcpy(name, line, length);
    name[length] = '\0';
    if (file.rules->fold_case)
        vmail_fold_copy(name, name, length);
    enum vmail_result result = vmail_table_open_text(table, file, line, strlen(line));
    if (result != VMAIL_OK)
        return result;
    result = vmail_table_find_name(table, name, record, &reason);
    if (result == VMAIL_OK)
        return VMAIL_OK;
    vmail_table_close(table);
    if (result != VMAIL_NOT_FOUND && result != VMAIL_BROKEN)
        return result;
    const char *text = result == VMAIL_BROKEN ? strstr(reason.text, ": ") : NULL;
    return refuse(error, name, text == NULL ? "the line would be too long" : strchr(text, ' ') + 1);
}

static bool same_passwd(const struct vmail_passwd *a, const struct vmail_passwd *b)
{
    return strcmp(a->hash, b->hash) == 0 && a->uid == b->uid && a->gid == b->gid &&
           strcmp(a->gecos, b->gecos) == 0 && strcmp(a->home, b->home) == 0 &&
           strcmp(a->shell, b->shell) == 0;
}

static bool same_shadow(const struct vmail_shadow *a, const struct vmail_shadow *b)
{
    return strcmp(a->hash, b->hash) == 0 && a->last_change == b->last_change &&
           a->minimum == b->minimum && a->maximum == b->maximum && a->warning == b->warning &&
           a->inactive == b->inactive && a->expire == b->expire && a->flag == b->flag;
}

static bool same(const struct vmail_record *a, const struct vmail_record *b)
{
    if (strcmp(vmail_record_name(a), vmail_record_name(b)) != 0)
        return false;
    switch (a->kind) {
    case VMAIL_PASSWD:
        return same_passwd(&a->passwd, &b->passwd);
    case VMAIL_SHADOW:
        return same_shadow(&a->shadow, &b->shadow);
    case VMAIL_GROUP:
        return a->group.gid == b->group.gid && strcmp(a->group.members, b->group.members) == 0;
    }
    return false;
}

/* LINE consists of checked fields; returns it if it reads back as RECORD (NULL for any). */
static enum vmail_result hand_over(struct vmail_file file, char *line,
                                   const struct vmail_record *record, char **out,
                                   struct vmail_error *error)
{
    struct vmail_table table;
    struct vmail_record found;
    enum vmail_result result = read_back(file, line, &table, &found, error);
    if (result == VMAIL_OK) {
        if (record != NULL && !same(record, &found))
            result = refuse(error, vmail_record_name(record), "would be read back differently");
        vmail_table_close(&table);
    }
    if (result == VMAIL_OK)
        *out = line;
    else
        wipe(line);
    return result;
}

static enum vmail_result format_passwd(const struct vmail_passwd *passwd, char **line,
                                       struct vmail_error *error)
{
    enum vmail_result result = check_hash(passwd->hash, error);
    if (result == VMAIL_OK)
        result = check_text("full name", passwd->gecos, error);
    if (result == VMAIL_OK)
        result = check_text("home", passwd->home, error);
    if (result == VMAIL_OK)
        result = check_text("shell", passwd->shell, error);
    if (result == VMAIL_OK && asprintf(line, "%s:%s:%lu:%lu:%s:%s:%s", passwd->name, passwd->hash,
                                       (unsigned long)passwd->uid, (unsigned long)passwd->gid,
                                       passwd->gecos, passwd->home, passwd->shell) < 0)
        return VMAIL_NO_MEMORY;
    return result;
}

enum { DAYS_MAX = 24 };

static void print_days(char out[DAYS_MAX], long days)
{
    if (days == -1)
        out[0] = '\0';
    else
        snprintf(out, DAYS_MAX, "%ld", days);
}

static enum vmail_result format_shadow(const struct vmail_shadow *shadow, char **line,
                                       struct vmail_error *error)
{
    const long days[] = { shadow->last_change, shadow->minimum,  shadow->maximum,
                          shadow->warning,     shadow->inactive, shadow->expire };
    char text[6][DAYS_MAX], flag[DAYS_MAX] = "";
    enum vmail_result result = check_hash(shadow->hash, error);
    if (result != VMAIL_OK)
        return result;
    for (size_t i = 0; i < 6; i++) {
        if (days[i] < -1)
            return refuse(error, shadow->name, "a negative number of days");
        print_days(text[i], days[i]);
    }
    if (shadow->flag != ~0ul)
        snprintf(flag, sizeof flag, "%lu", shadow->flag);
    if (asprintf(line, "%s:%s:%s:%s:%s:%s:%s:%s:%s", shadow->name, shadow->hash, text[0], text[1],
                 text[2], text[3], text[4], text[5], flag) < 0)
        return VMAIL_NO_MEMORY;
    return VMAIL_OK;
}

static enum vmail_result format_group(const struct vmail_group *group, char **line,
                                      struct vmail_error *error)
{
    enum vmail_result result = check_members(group->members, error);
    if (result == VMAIL_OK &&
        asprintf(line, "%s:x:%lu:%s", group->name, (unsigned long)group->gid, group->members) < 0)
        return VMAIL_NO_MEMORY;
    return result;
}

enum vmail_result vmail_record_format(const struct vmail_record *record,
                                      const struct vmail_rules *rules, char **line,
                                      struct vmail_error *error)
{
    const struct vmail_file file = { NULL, rules, record->kind, "" };
    char *made = NULL;
    *line = NULL;
    enum vmail_result result = check_name(vmail_record_name(record), error);
    if (result == VMAIL_OK && record->kind == VMAIL_PASSWD)
        result = format_passwd(&record->passwd, &made, error);
    else if (result == VMAIL_OK && record->kind == VMAIL_SHADOW)
        result = format_shadow(&record->shadow, &made, error);
    else if (result == VMAIL_OK)
        result = format_group(&record->group, &made, error);
    if (result != VMAIL_OK)
        return result;
    return hand_over(file, made, record, line, error);
}

struct vmail_piece vmail_record_field(struct vmail_piece line, int number)
{
    const char *at = line.text, *end = at + line.length;
    if (at < end && end[-1] == '\r')
        end--;
    for (; number > 1; number--) {
        const char *colon = memchr(at, ':', (size_t)(end - at));
        if (colon == NULL)
            return (struct vmail_piece){ NULL, 0 };
        at = colon + 1;
    }
    const char *colon = memchr(at, ':', (size_t)(end - at));
    return (struct vmail_piece){ at, (size_t)((colon == NULL ? end : colon) - at) };
}

enum vmail_result vmail_record_set_field(struct vmail_file file, struct vmail_piece line,
                                         struct vmail_field field, char **made,
                                         struct vmail_error *error)
{
    *made = NULL;
    const struct vmail_piece old = vmail_record_field(line, field.number);
    if (field.number < 1 || old.text == NULL)
        return refuse(error, "line", "it has no such field");
    enum vmail_result result = check_field(file.kind, field, error);
    if (result != VMAIL_OK)
        return result;
    size_t before = (size_t)(old.text - line.text), behind = before + old.length;
    size_t count = strlen(field.value);
    char *copy = malloc(line.length - old.length + count + 1);
    if (copy == NULL)
        return VMAIL_NO_MEMORY;
    memcpy(copy, line.text, before);
    memcpy(copy + before, field.value, count);
    memcpy(copy + before + count, line.text + behind, line.length - behind);
    copy[line.length - old.length + count] = '\0';
    return hand_over(file, copy, NULL, made, error);
}
