/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "account.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "record_format.h"
#include "table.h"

struct work {
    const struct context *context;
    const char *domain, *group, *user, *new;
    size_t *touched;
    const char *with; /* only groups that also have this member; NULL: any */
};

static struct vmail_file file_of(const struct work *work)
{
    return context_file(work->context, VMAIL_GROUP, work->domain);
}

static bool is(const struct work *work, const char *word, size_t length, const char *name)
{
    if (name == NULL || strlen(name) != length)
        return false;
    return work->context->config->fold_case ? vmail_equal_folded(word, name, length)
                                            : memcmp(word, name, length) == 0;
}

/** Whether NAME is one of MEMBERS. */
static bool has(const struct work *work, const struct vmail_piece *members, const char *name)
{
    const char *word = members->text, *end = members->text + members->length;
    while (word < end) {
        const char *comma = memchr(word, ',', (size_t)(end - word));
        const size_t length = (size_t)((comma == NULL ? end : comma) - word);
        if (is(work, word, length, name))
            return true;
        word += length + 1;
    }
    return false;
}

/** Adds the LENGTH bytes at WORD to LIST, after a comma unless LIST is empty. */
static void append(char *list, const char *word, size_t length)
{
    size_t used = strlen(list);
    if (used > 0)
        list[used++] = ',';
    memcpy(list + used, word, length);
    list[used + length] = '\0';
}

/** The new list of members; NULL if it is unchanged. *SHORT: no memory. */
static char *new_members(const struct work *work, const struct vmail_piece *old, bool *no_memory)
{
    const char *new = work->new, *word = old->text, *end = old->text + old->length;
    bool changed = false, has_new = false;
    char *list = calloc(1, old->length + (new == NULL ? 0 : strlen(new)) + 2);
    *no_memory = list == NULL;
    while (list != NULL && word < end) {
        const char *comma = memchr(word, ',', (size_t)(end - word));
        size_t length = (size_t)((comma == NULL ? end : comma) - word);
        bool is_user = is(work, word, length, work->user);
        bool is_new = is(work, word, length, new) || (is_user && new != NULL);
        if (is_user && new != NULL && !has_new)
            append(list, new, strlen(new));
        else if (length > 0 && !is_user && !(is_new && has_new))
            append(list, word, length);
        changed = changed || is_user;
        has_new = has_new || is_new;
        word += length + 1;
    }
    if (list != NULL && work->user == NULL && new != NULL && !has_new) {
        append(list, new, strlen(new));
        changed = true;
    }
    if (changed)
        return list;
    free(list);
    return NULL;
}

/** Changes the line at OFFSET. */
static enum vmail_result change_line(struct vmail_edit *edit, const struct work *work,
                                     size_t offset, const struct vmail_piece *line,
                                     struct vmail_error *error)
{
    const struct vmail_piece members = vmail_record_field(*line, VMAIL_FIELD_MEMBERS);
    bool no_memory = false;
    if (work->with != NULL && !has(work, &members, work->with))
        return VMAIL_OK;
    char *made = NULL, *list = new_members(work, &members, &no_memory);
    if (list == NULL)
        return no_memory ? VMAIL_NO_MEMORY : VMAIL_OK;
    enum vmail_result result = vmail_record_set_field(
        file_of(work), *line, (struct vmail_field){ VMAIL_FIELD_MEMBERS, list }, &made, error);
    if (result == VMAIL_OK)
        result = vmail_edit_replace_line(edit, offset, made, error);
    if (result == VMAIL_OK && work->touched != NULL)
        ++*work->touched;
    free(made);
    free(list);
    return result;
}

/** Whether LINE is a group line with four fields; others are not changed. */
static bool is_group(const struct vmail_piece *line)
{
    return line->length > 0 && line->text[0] != '#' &&
           vmail_record_field(*line, VMAIL_FIELD_MEMBERS).text != NULL &&
           vmail_record_field(*line, VMAIL_FIELD_MEMBERS + 1).text == NULL;
}

static enum exit_code change_members(struct vmail_edit *edit, void *context,
                                     struct vmail_error *error)
{
    const struct work *work = context;
    struct vmail_piece line;
    size_t next = 0, offset = 0;
    if (work->touched != NULL)
        *work->touched = 0;
    enum vmail_result result = VMAIL_OK;
    if (work->group != NULL) {
        result = vmail_edit_find(edit, file_of(work), work->group, &offset, error);
        next = offset;
        if (result == VMAIL_OK && vmail_edit_next_line(edit, &next, &line))
            result = change_line(edit, work, offset, &line, error);
        return change_code(result, error);
    }
    while (result == VMAIL_OK && vmail_edit_next_line(edit, &next, &line)) {
        if (is_group(&line))
            result = change_line(edit, work, offset, &line, error);
        if (result == VMAIL_UNAVAILABLE && error->code == EINVAL) {
            vmail_error_set(error, 0, "%s", ""); /* a line that is ignored anyway */
            result = VMAIL_OK;
        }
        /* The length of the line may have changed. */
        next = offset;
        vmail_edit_next_line(edit, &next, &line);
        offset = next;
    }
    return change_code(result, error);
}

static enum exit_code change_groups(struct change *change, struct work *work)
{
    if (work->touched != NULL)
        *work->touched = 0;
    enum exit_code code = change_file(change, VMAIL_GROUP, false, change_members, work);
    return code == EXIT_NO_SUCH && work->group == NULL ? EXIT_DONE : code;
}

enum exit_code account_member(struct change *change, const char *group, const char *user,
                              const char *new, size_t *touched)
{
    struct work work = { change->context, change->domain, group, user, new, touched, NULL };
    return change_groups(change, &work);
}

enum exit_code account_member_beside(struct change *change, const char *user, const char *new,
                                     bool add, size_t *touched)
{
    struct work work = { change->context,  change->domain, NULL, add ? NULL : new,
                         add ? new : NULL, touched,        user };
    return change_groups(change, &work);
}
