/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "account.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "number.h"
#include "prompt.h"
#include "record_format.h"
#include "table.h"

/** What the change functions of this file need. */
struct work {
    struct vmail_file file;
    const char *name;
    const char *new;
    const struct vmail_record *record;
    const struct vmail_field *fields;
    size_t count;
    bool replace;
};

static struct vmail_piece line_at(const struct vmail_edit *edit, size_t offset)
{
    struct vmail_piece line = { "", 0 };
    vmail_edit_next_line(edit, &offset, &line);
    return line;
}

/** Writes LINE, which is wiped and freed, at OFFSET if REPLACE, otherwise at the end. */
static enum vmail_result put_line(struct vmail_edit *edit, bool replace, size_t offset, char *line,
                                  struct vmail_error *error)
{
    enum vmail_result result = replace ? vmail_edit_replace_line(edit, offset, line, error)
                                       : vmail_edit_append_line(edit, line, error);
    secret_free(line);
    return result;
}

/**
 * Whether somebody with an editor, who holds no lock, has added ID to another line since it was
 * chosen.
 */
static bool is_taken(const struct vmail_edit *edit, const struct work *work, uint32_t id,
                     struct vmail_error *error)
{
    const struct vmail_piece text = vmail_edit_after(edit);
    struct vmail_table table;
    struct vmail_record record;
    if (vmail_table_open_text(&table, work->file, text.text, text.length) != VMAIL_OK)
        return false; /* no memory: what comes next fails as well */
    const bool taken = vmail_table_find_id(&table, id, &record) == VMAIL_OK;
    vmail_table_close(&table);
    if (taken)
        vmail_error_set(error, EEXIST,
                        "%s: somebody added id %lu to this file with an editor; nothing was "
                        "changed; run the command again",
                        edit->name, (unsigned long)id);
    return taken;
}

static enum vmail_result add_record(struct vmail_edit *edit, void *context,
                                    struct vmail_error *error)
{
    const struct work *work = context;
    char *line;
    size_t offset = 0;
    enum vmail_result found = vmail_edit_find(edit, work->file, work->name, &offset, error);
    if (found == VMAIL_OK && !work->replace) {
        vmail_error_set(error, EEXIST, "%s already has %s", edit->name, work->name);
        return VMAIL_EXISTS;
    }
    if (work->file.kind != VMAIL_SHADOW &&
        is_taken(edit, work, vmail_record_id(work->record), error))
        return VMAIL_EXISTS;
    if (found != VMAIL_OK && found != VMAIL_NOT_FOUND)
        return found;
    enum vmail_result result = vmail_record_format(work->record, work->file.rules, &line, error);
    if (result == VMAIL_OK)
        result = put_line(edit, found == VMAIL_OK, offset, line, error);
    return result;
}

enum exit_code account_add(struct change *change, const struct vmail_record *record)
{
    struct work work = { .file = change_table(change, record->kind),
                         .name = vmail_record_name(record),
                         .record = record };
    return change_file(change, record->kind, true, add_record, &work);
}

enum exit_code account_put_shadow(struct change *change, const struct vmail_shadow *shadow)
{
    const struct vmail_record record = { .kind = VMAIL_SHADOW, .shadow = *shadow };
    struct work work = { .file = change_table(change, VMAIL_SHADOW),
                         .name = shadow->name,
                         .record = &record,
                         .replace = true };
    return change_file(change, VMAIL_SHADOW, true, add_record, &work);
}

static enum vmail_result take_out(struct vmail_edit *edit, void *context, struct vmail_error *error)
{
    const struct work *work = context;
    size_t offset = 0;
    enum vmail_result result;
    while ((result = vmail_edit_find(edit, work->file, work->name, &offset, error)) == VMAIL_OK) {
        result = vmail_edit_delete_line(edit, offset);
        if (result != VMAIL_OK)
            return result;
    }
    return result == VMAIL_NOT_FOUND ? VMAIL_OK : result;
}

enum exit_code account_remove(struct change *change, enum vmail_kind kind, const char *name)
{
    struct work work = { .file = change_table(change, kind), .name = name };
    enum exit_code code = change_file(change, kind, false, take_out, &work);
    return code == EXIT_NO_SUCH ? EXIT_DONE : code;
}

/** Whether one of the new fields is a name or a gid that is now in use. */
static bool fields_are_taken(const struct vmail_edit *edit, const struct work *work,
                             struct vmail_error *error)
{
    struct vmail_error broken = { 0 };
    size_t offset = 0;
    uint64_t id;
    for (size_t i = 0; i < work->count; i++) {
        const struct vmail_field *field = &work->fields[i];
        if (field->number == VMAIL_FIELD_NAME && strcmp(field->value, work->name) != 0 &&
            vmail_edit_find(edit, work->file, field->value, &offset, &broken) == VMAIL_OK) {
            vmail_error_set(error, EEXIST, "%s already has %s", edit->name, field->value);
            return true;
        }
        if (work->file.kind == VMAIL_GROUP && field->number == VMAIL_FIELD_GROUP_GID &&
            vmail_number_parse(field->value, strlen(field->value), UINT32_MAX, &id) &&
            is_taken(edit, work, (uint32_t)id, error))
            return true;
    }
    return false;
}

static enum vmail_result set_fields(struct vmail_edit *edit, void *context,
                                    struct vmail_error *error)
{
    const struct work *work = context;
    size_t offset = 0;
    if (fields_are_taken(edit, work, error))
        return VMAIL_EXISTS;
    enum vmail_result result = vmail_edit_find(edit, work->file, work->name, &offset, error);
    for (size_t i = 0; result == VMAIL_OK && i < work->count; i++) {
        char *made;
        result = vmail_record_set_field(work->file, line_at(edit, offset), work->fields[i], &made,
                                        error);
        if (result == VMAIL_OK)
            result = put_line(edit, true, offset, made, error);
    }
    return result;
}

enum exit_code account_set(struct change *change, enum vmail_kind kind, const char *name,
                           const struct vmail_field *fields, size_t count)
{
    struct work work = {
        .file = change_table(change, kind), .name = name, .fields = fields, .count = count
    };
    return change_file(change, kind, false, set_fields, &work);
}

static enum vmail_result copy_record(struct vmail_edit *edit, void *context,
                                     struct vmail_error *error)
{
    const struct work *work = context;
    size_t old = 0, leftover = 0;
    char *made;
    enum vmail_result result = vmail_edit_find(edit, work->file, work->name, &old, error);
    if (result != VMAIL_OK)
        return result;
    enum vmail_result there = vmail_edit_find(edit, work->file, work->new, &leftover, error);
    if (there != VMAIL_OK && there != VMAIL_NOT_FOUND)
        return there;
    const struct vmail_field name = { VMAIL_FIELD_NAME, work->new };
    result = vmail_record_set_field(work->file, line_at(edit, old), name, &made, error);
    if (result == VMAIL_OK)
        result = put_line(edit, there == VMAIL_OK, leftover, made, error);
    return result;
}

enum exit_code account_copy_shadow(struct change *change, const char *name, const char *new)
{
    struct work work = { .file = change_table(change, VMAIL_SHADOW), .name = name, .new = new };
    return change_file(change, VMAIL_SHADOW, false, copy_record, &work);
}
