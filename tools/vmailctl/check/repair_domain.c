/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "repair_domain.h"

#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "change_log.h"
#include "message.h"
#include "name_set.h"
#include "prompt.h"
#include "record_format.h"
#include "repair_shown.h"

enum { NAMES_MAX = 400 };

/** The work on one file, from the start each time that somebody with an editor gets in between. */
struct work {
    struct check *check;
    const char *domain;
    enum vmail_kind kind;
    struct marks users;
    size_t count;              /* lines or members that were removed */
    char names[NAMES_MAX + 1]; /* their names, as far as they fit, for the log */
};

static bool is_user(const struct work *work, const char *name, size_t length)
{
    char folded[VMAIL_USER_MAX + 1];
    if (!work->check->context->config->fold_case || length > VMAIL_USER_MAX)
        return marks_find(&work->users, mark_key(name, length)) != NULL;
    vmail_fold_copy(folded, name, length);
    return marks_find(&work->users, mark_key(folded, length)) != NULL;
}

static void note(struct work *work, const char *name, size_t length)
{
    const size_t used = strlen(work->names);
    work->count++;
    if (used + length + 2 > NAMES_MAX)
        return;
    if (used > 0)
        work->names[used] = ' ';
    memcpy(work->names + used + (used > 0), name, length);
    work->names[used + (used > 0) + length] = '\0';
}

/** Whether LINE is a valid one of the file; NAME becomes its name, inside LINE. */
static bool read_name(const struct work *work, const struct vmail_piece *line,
                      struct vmail_piece *name)
{
    struct vmail_record record;
    char *copy = strndup(line->text, line->length);
    if (copy == NULL)
        return false;
    const bool whole = strlen(copy) == line->length; /* a NUL byte cut it short */
    bool good = whole && vmail_record_parse(work->kind, copy, line->length, &record) == NULL;
    if (good && strpbrk(vmail_record_name(&record), work->check->context->config->separators))
        good = false;
    if (good && work->kind == VMAIL_GROUP)
        good = vmail_config_id_allowed(work->check->context->config, record.group.gid);
    explicit_bzero(copy, line->length);
    free(copy);
    *name = vmail_record_field(*line, VMAIL_FIELD_NAME);
    return good;
}

/**
 * Copies to TEXT, which has room for all of EDIT, the lines of those who are users and whatever is
 * no good line. Returns the length.
 */
static size_t keep_lines(struct vmail_edit *edit, struct work *work, char *text)
{
    struct vmail_piece line, name;
    size_t length = 0, start = 0, next = 0;
    while (vmail_edit_next_line(edit, &next, &line)) {
        const struct vmail_piece all = vmail_edit_after(edit);
        if (read_name(work, &line, &name) && !is_user(work, name.text, name.length)) {
            note(work, name.text, name.length);
        } else {
            memcpy(text + length, all.text + start, next - start);
            length += next - start;
        }
        start = next;
    }
    return length;
}

/** One new text in place of the old one: to take lines out one by one would move the rest each
 * time. */
static enum exit_code edit_shadow(struct vmail_edit *edit, void *data, struct vmail_error *error)
{
    struct work *work = data;
    const size_t before = vmail_edit_after(edit).length;
    char *text = malloc(before + 1);
    enum vmail_result result = VMAIL_OK;
    work->count = 0;
    work->names[0] = '\0';
    if (text == NULL)
        return message_no_memory(work->check->context);
    const size_t length = keep_lines(edit, work, text);
    if (work->count > 0)
        result = vmail_edit_splice(edit, 0, before, text, length);
    explicit_bzero(text, before);
    free(text);
    return change_code(result, error);
}

/** Whether all members could be users: else the line is one to be left alone. */
static bool are_names(const char *members, size_t length)
{
    for (size_t at = 0; at < length;) {
        const char *comma = memchr(members + at, ',', length - at);
        const size_t size = comma == NULL ? length - at : (size_t)(comma - members) - at;
        if (size > 0 && !vmail_user_valid(members + at, size))
            return false;
        at += size + 1;
    }
    return true;
}

/** The members of a group who are users. */
static char *keep_members(struct work *work, const struct vmail_piece *members)
{
    const char *word = members->text, *end = members->text + members->length;
    char *list = calloc(1, members->length + 1);
    size_t length = 0;
    while (list != NULL && word < end) {
        const char *comma = memchr(word, ',', (size_t)(end - word));
        const size_t size = (size_t)((comma == NULL ? end : comma) - word);
        if (size > 0 && !is_user(work, word, size)) {
            note(work, word, size);
        } else if (size > 0) {
            if (length > 0)
                list[length++] = ',';
            memcpy(list + length, word, size);
            length += size;
        }
        word += size + 1;
    }
    return list;
}

static enum vmail_result edit_group_line(struct vmail_edit *edit, struct work *work, size_t offset,
                                         const struct vmail_piece *line, struct vmail_error *error)
{
    const struct vmail_piece members = vmail_record_field(*line, VMAIL_FIELD_MEMBERS);
    const size_t before = work->count;
    if (!are_names(members.text, members.length))
        return VMAIL_OK;
    char *list = keep_members(work, &members), *made = NULL;
    enum vmail_result result = list == NULL ? VMAIL_NO_MEMORY : VMAIL_OK;
    if (result == VMAIL_OK && work->count > before)
        result = vmail_record_set_field(
            context_file(work->check->context, VMAIL_GROUP, work->domain), *line,
            (struct vmail_field){ VMAIL_FIELD_MEMBERS, list }, &made, error);
    if (made != NULL && result == VMAIL_OK)
        result = vmail_edit_replace_line(edit, offset, made, error);
    free(made);
    free(list);
    return result;
}

static enum exit_code edit_groups(struct vmail_edit *edit, void *data, struct vmail_error *error)
{
    struct work *work = data;
    struct vmail_piece line, name;
    enum vmail_result result = VMAIL_OK;
    size_t offset = 0, next = 0;
    work->count = 0;
    work->names[0] = '\0';
    while (result == VMAIL_OK && vmail_edit_next_line(edit, &next, &line)) {
        if (read_name(work, &line, &name)) {
            result = edit_group_line(edit, work, offset, &line, error);
            next = offset;
            vmail_edit_next_line(edit, &next, &line);
        }
        offset = next;
    }
    return result == VMAIL_NO_MEMORY ? message_no_memory(work->check->context)
                                     : change_code(result, error);
}

/** How many there are, before anybody is asked and anything locked. */
static size_t count(struct check *check, const struct marks *users, enum vmail_kind kind,
                    const char *domain)
{
    struct reader reader;
    struct work work = { .check = check, .domain = domain, .kind = kind, .users = *users };
    if (reader_open(&reader, check, kind, domain) != VMAIL_OK)
        return 0;
    while (reader_next_good(&reader)) {
        const char *rest = kind == VMAIL_GROUP ? reader.record.group.members : "", *member;
        size_t length;
        if (!are_names(rest, strlen(rest)))
            continue;
        if (kind == VMAIL_SHADOW && marks_find(users, reader.key) == NULL)
            work.count++;
        while (vmail_group_next_member(&rest, &member, &length))
            work.count += !is_user(&work, member, length);
    }
    reader_close(&reader);
    return work.count;
}

static enum exit_code repair_file(struct change *change, struct work *work)
{
    const struct context *context = change->context;
    const bool shadow = work->kind == VMAIL_SHADOW;
    enum exit_code code =
        change_file(change, work->kind, false, shadow ? edit_shadow : edit_groups, work);
    if (code == EXIT_NO_SUCH)
        return EXIT_DONE;
    if (code != EXIT_DONE || work->count == 0 || context->dry_run)
        return code;
    const char *what = shadow ? work->count == 1 ? "line without a user" : "lines without a user"
                       : work->count == 1 ? "member who does not exist"
                                          : "members who do not exist";
    change_log(context, "check --repair: removed %zu %s from %s.%s: %s", work->count, what,
               vmail_kind_name(work->kind), change->domain, work->names);
    repair_say(context, "removed %zu %s from %s.%s: %s", work->count, what,
               vmail_kind_name(work->kind), change->domain, work->names);
    return EXIT_DONE;
}

static enum exit_code repair_files(struct check *check, const char *domain, json_t *shown)
{
    struct change change;
    struct work work = { .check = check, .domain = domain };
    enum exit_code code = change_begin(&change, check->context, domain, false);
    if (code == EXIT_DONE &&
        name_set_read(check, VMAIL_PASSWD, domain, true, &work.users) == VMAIL_OK) {
        work.kind = VMAIL_SHADOW;
        code = repair_file(&change, &work);
        work.kind = VMAIL_GROUP;
        if (code == EXIT_DONE)
            code = repair_file(&change, &work);
    }
    marks_free(&work.users);
    if (change.shown != NULL) {
        json_array_extend(shown, change.shown);
        json_decref(change.shown);
        change.shown = NULL;
    }
    return change_end(&change, code);
}

enum exit_code repair_domain(struct check *check, const struct shared_files *shared,
                             const char *domain, json_t *list)
{
    struct marks users = { 0 };
    size_t lines = 0, members = 0;
    if (shared_files_count(check, shared, VMAIL_SHADOW, domain) > 1 ||
        shared_files_count(check, shared, VMAIL_GROUP, domain) > 1)
        return EXIT_DONE;
    if (name_set_read(check, VMAIL_PASSWD, domain, true, &users) == VMAIL_OK) {
        lines = count(check, &users, VMAIL_SHADOW, domain);
        members = count(check, &users, VMAIL_GROUP, domain);
    }
    marks_free(&users);
    if (lines + members == 0)
        return EXIT_DONE;
    enum exit_code code = EXIT_DONE;
    if (!check->context->dry_run)
        code = prompt_yes_no(
            check->context,
            "%s: remove %zu password lines and %zu group members that belong to no user", domain,
            lines, members);
    if (code == EXIT_NEGATIVE)
        return EXIT_DONE;
    return code == EXIT_DONE ? repair_files(check, domain, list) : code;
}
