/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "deleted_user.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edit.h"
#include "record_format.h"
#include "records.h"

static const char sign[] = "#purge: ";
enum { SIGN_LENGTH = sizeof sign - 1 };

bool deleted_user_read(const char **line, size_t *length)
{
    if (*length <= SIGN_LENGTH || memcmp(*line, sign, SIGN_LENGTH) != 0)
        return false;
    *line += SIGN_LENGTH;
    *length -= SIGN_LENGTH;
    return true;
}

/** The data for functions called by change_file. */
struct work {
    struct vmail_file file; /* passwd.DOMAIN */
    const char *name;
};

/**
 * Reads LINE if it is the comment of the user: then VMAIL_OK, the caller closes TABLE, and RECORD
 * is valid until then. Else VMAIL_NOT_FOUND or VMAIL_NO_MEMORY.
 */
static enum vmail_result read_comment(const struct work *work, struct vmail_piece line,
                                      struct vmail_table *table, struct vmail_record *record)
{
    if (!deleted_user_read(&line.text, &line.length))
        return VMAIL_NOT_FOUND;
    enum vmail_result result = vmail_table_open_text(table, work->file, line.text, line.length);
    if (result != VMAIL_OK)
        return result;
    result = vmail_table_find_name(table, work->name, record, NULL);
    if (result == VMAIL_OK)
        return VMAIL_OK;
    vmail_table_close(table);
    return result == VMAIL_NO_MEMORY ? result : VMAIL_NOT_FOUND;
}

/** The comment for the line at OFFSET, which is NAME's. */
static enum vmail_result make_comment(const struct vmail_edit *edit, const struct work *work,
                                      size_t offset, char **comment, struct vmail_error *error)
{
    struct vmail_piece line = { "", 0 };
    char *made = NULL;
    vmail_edit_next_line(edit, &offset, &line);
    enum vmail_result result = vmail_record_set_field(
        work->file, line, (struct vmail_field){ VMAIL_FIELD_HASH, "x" }, &made, error);
    if (result == VMAIL_OK && asprintf(comment, "%s%s", sign, made) < 0)
        result = VMAIL_NO_MEMORY;
    free(made);
    return result;
}

static enum vmail_result keep_line(struct vmail_edit *edit, void *context,
                                   struct vmail_error *error)
{
    const struct work *work = context;
    size_t offset = 0;
    char *comment;
    enum vmail_result result = vmail_edit_find(edit, work->file, work->name, &offset, error);
    if (result == VMAIL_OK)
        result = make_comment(edit, work, offset, &comment, error);
    if (result != VMAIL_OK)
        return result;
    result = vmail_edit_replace_line(edit, offset, comment, error);
    free(comment);
    while (result == VMAIL_OK &&
           vmail_edit_find(edit, work->file, work->name, &offset, error) == VMAIL_OK)
        result = vmail_edit_delete_line(edit, offset);
    return result;
}

enum exit_code deleted_user_keep(struct change *change, const char *name)
{
    struct work work = { change_table(change, VMAIL_PASSWD), name };
    return change_file(change, VMAIL_PASSWD, false, keep_line, &work);
}

static enum vmail_result forget_line(struct vmail_edit *edit, void *context,
                                     struct vmail_error *error)
{
    struct vmail_piece line;
    struct vmail_table table;
    struct vmail_record record;
    size_t next = 0, offset = 0;
    (void)error;
    for (; vmail_edit_next_line(edit, &next, &line); offset = next) {
        enum vmail_result result = read_comment(context, line, &table, &record);
        if (result == VMAIL_NOT_FOUND)
            continue;
        if (result != VMAIL_OK)
            return result;
        vmail_table_close(&table);
        result = vmail_edit_delete_line(edit, offset);
        if (result != VMAIL_OK)
            return result;
        next = offset;
    }
    return VMAIL_OK;
}

enum exit_code deleted_user_forget(struct change *change, const char *name)
{
    struct work work = { change_table(change, VMAIL_PASSWD), name };
    enum exit_code code = change_file(change, VMAIL_PASSWD, false, forget_line, &work);
    return code == EXIT_NO_SUCH ? EXIT_DONE : code;
}

/** Reads the comment of the user, if there is one. */
static void find_comment(const struct work *work, struct deleted_user *deleted)
{
    char file[VMAIL_FILE_NAME_MAX + 1];
    struct vmail_edit edit;
    struct vmail_error error;
    struct vmail_table table;
    struct vmail_record record;
    struct vmail_piece line;
    size_t next = 0;
    vmail_file_name(file, VMAIL_PASSWD, work->file.domain);
    bool more = vmail_edit_open(work->file.paths, file, &edit, &error) == VMAIL_OK;
    while (more && !deleted->to_purge && vmail_edit_next_line(&edit, &next, &line)) {
        if (read_comment(work, line, &table, &record) != VMAIL_OK)
            continue;
        const int length = snprintf(deleted->home, sizeof deleted->home, "%s", record.passwd.home);
        deleted->to_purge = length >= 0 && (size_t)length < sizeof deleted->home;
        deleted->uid = record.passwd.uid;
        vmail_table_close(&table);
    }
    vmail_edit_end(&edit);
}

static bool is_in_a_group(const struct context *context, const struct vmail_identity *user)
{
    struct records groups;
    bool found = false;
    records_begin(&groups, context, VMAIL_GROUP, user->domain);
    while (!found && records_next(&groups))
        found = vmail_group_has_member(groups.record.group.members, user->user,
                                       context->config->rules.fold_case);
    records_close(&groups);
    return found;
}

bool deleted_user_find(const struct context *context, const struct vmail_identity *user,
                       bool groups, struct deleted_user *deleted)
{
    const struct work work = { context_file(context, VMAIL_PASSWD, user->domain), user->user };
    *deleted = (struct deleted_user){ 0 };
    if (records_look(context, VMAIL_PASSWD, user->domain, user->user) != VMAIL_NOT_FOUND)
        return false;
    find_comment(&work, deleted);
    return deleted->to_purge ||
           records_look(context, VMAIL_SHADOW, user->domain, user->user) == VMAIL_OK ||
           (groups && is_in_a_group(context, user));
}
