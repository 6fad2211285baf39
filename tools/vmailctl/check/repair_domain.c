/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "repair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "message.h"
#include "reader.h"
#include "prompt.h"
#include "record_format.h"

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
    return marks_find(&work->users, reader_name_key(work->check, name, length, folded)) != NULL;
}

static void note(struct work *work, const char *name, size_t length)
{
    const size_t used = strlen(work->names);
    work->count++;
    if (used + length + 2 <= NAMES_MAX)
        snprintf(work->names + used, sizeof work->names - used, "%s%.*s", used > 0 ? " " : "",
                 (int)length, name);
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
    if (good && strpbrk(vmail_record_name(&record), work->check->context->config->rules.separators))
        good = false;
    if (good && work->kind == VMAIL_GROUP)
        good = vmail_rules_allow_id(&work->check->context->config->rules, record.group.gid);
    explicit_bzero(copy, line->length);
    free(copy);
    *name = vmail_record_field(*line, VMAIL_FIELD_NAME);
    return good;
}

/** Appends to TEXT the lines of those who are users and whatever is no good line. False: no memory.
 */
static bool keep_lines(struct vmail_edit *edit, struct work *work, struct vmail_text_buffer *text)
{
    const struct vmail_piece all = vmail_edit_after(edit);
    struct vmail_piece line, name;
    bool good = true;
    for (size_t start = 0, next = 0; good && vmail_edit_next_line(edit, &next, &line); start = next)
        if (read_name(work, &line, &name) && !is_user(work, name.text, name.length))
            note(work, name.text, name.length);
        else
            good = vmail_text_splice(text, text->length, 0, all.text + start, next - start);
    return good;
}

/** One new text in place of the old one: to take lines out one by one would move the rest each
 * time. */
static enum vmail_result edit_shadow(struct vmail_edit *edit, void *data, struct vmail_error *error)
{
    struct work *work = data;
    struct vmail_text_buffer text = { 0 };
    enum vmail_result result = VMAIL_OK;
    (void)error;
    work->count = 0;
    work->names[0] = '\0';
    if (!keep_lines(edit, work, &text))
        result = VMAIL_NO_MEMORY;
    else if (work->count > 0)
        result = vmail_edit_splice(edit, 0, vmail_edit_after(edit).length, text.bytes, text.length);
    vmail_text_end(&text);
    return result;
}

/** Takes the next member that is not empty from the comma-separated *REST. False at the end. */
static bool next_member(struct vmail_piece *rest, struct vmail_piece *member)
{
    do {
        const char *comma = memchr(rest->text, ',', rest->length);
        const size_t length = comma == NULL ? rest->length : (size_t)(comma - rest->text);
        *member = (struct vmail_piece){ rest->text, length };
        rest->text += length + (comma != NULL);
        rest->length -= length + (comma != NULL);
    } while (member->length == 0 && rest->length > 0);
    return member->length > 0;
}

/** Whether all members could be users: else the line is one to be left alone. */
static bool are_names(struct vmail_piece members)
{
    struct vmail_piece member;
    while (next_member(&members, &member))
        if (!vmail_user_valid(member.text, member.length))
            return false;
    return true;
}

/** The members of a group who are users. */
static char *keep_members(struct work *work, struct vmail_piece members)
{
    char *list = calloc(1, members.length + 1), *end = list;
    struct vmail_piece member;
    while (list != NULL && next_member(&members, &member))
        if (is_user(work, member.text, member.length)) {
            if (end > list)
                *end++ = ',';
            end = mempcpy(end, member.text, member.length);
        } else {
            note(work, member.text, member.length);
        }
    return list;
}

static enum vmail_result edit_group_line(struct vmail_edit *edit, struct work *work, size_t offset,
                                         const struct vmail_piece *line, struct vmail_error *error)
{
    const struct vmail_piece members = vmail_record_field(*line, VMAIL_FIELD_MEMBERS);
    const size_t before = work->count;
    if (!are_names(members))
        return VMAIL_OK;
    char *list = keep_members(work, members), *made = NULL;
    if (list == NULL)
        return VMAIL_NO_MEMORY;
    enum vmail_result result = VMAIL_OK;
    if (work->count > before)
        result = vmail_record_set_field(
            context_file(work->check->context, VMAIL_GROUP, work->domain), *line,
            (struct vmail_field){ VMAIL_FIELD_MEMBERS, list }, &made, error);
    if (made != NULL)
        result = vmail_edit_replace_line(edit, offset, made, error);
    free(made);
    free(list);
    return result;
}

static enum vmail_result edit_groups(struct vmail_edit *edit, void *data, struct vmail_error *error)
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
    return result;
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
        if (!are_names((struct vmail_piece){ rest, strlen(rest) }))
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
    repair_done(context, "removed %zu %s from %s.%s: %s", work->count, what,
                vmail_kind_name(work->kind), change->domain, work->names);
    return EXIT_DONE;
}

static enum exit_code repair_files(struct check *check, const char *domain, json_t *shown)
{
    struct change change;
    struct work work = { .check = check, .domain = domain };
    enum exit_code code = change_begin(&change, check->context, domain, false);
    if (code != EXIT_DONE ||
        reader_names(check, VMAIL_PASSWD, domain, true, &work.users) != VMAIL_OK)
        goto out;
    work.kind = VMAIL_SHADOW;
    code = repair_file(&change, &work);
    if (code != EXIT_DONE)
        goto out;
    work.kind = VMAIL_GROUP;
    code = repair_file(&change, &work);
out:
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
    if (reader_names(check, VMAIL_PASSWD, domain, true, &users) == VMAIL_OK) {
        lines = count(check, &users, VMAIL_SHADOW, domain);
        members = count(check, &users, VMAIL_GROUP, domain);
    }
    marks_free(&users);
    if (lines + members == 0)
        return EXIT_DONE;
    const enum exit_code code =
        prompt_yes_no(check->context,
                      "%s: remove %zu password lines and %zu group members that belong to no user",
                      domain, lines, members);
    if (code != EXIT_DONE)
        return code == EXIT_NEGATIVE ? EXIT_DONE : code;
    return repair_files(check, domain, list);
}
