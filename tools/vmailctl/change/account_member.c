/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "account.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "record_format.h"
#include "table.h"

struct work {
    struct vmail_file file; /* group.DOMAIN */
    const char *group, *user, *new;
    size_t *touched;
    const char *with; /* only groups that also have this member; NULL: any */
};

static bool is_name(const struct work *work, struct vmail_piece word, const char *name)
{
    if (name == NULL || strlen(name) != word.length)
        return false;
    return work->file.rules->fold_case ? vmail_equal_folded(word.text, name, word.length)
                                       : memcmp(word.text, name, word.length) == 0;
}

/** Takes the next WORD, which may be empty, off the comma-separated LIST. False at its end. */
static bool next_word(struct vmail_piece *list, struct vmail_piece *word)
{
    const char *comma = memchr(list->text, ',', list->length);
    *word = *list;
    if (comma != NULL)
        word->length = (size_t)(comma - list->text);
    const size_t taken = word->length + (comma != NULL);
    list->text += taken;
    list->length -= taken;
    return taken > 0;
}

/** Whether NAME is one of MEMBERS. */
static bool has_member(const struct work *work, struct vmail_piece members, const char *name)
{
    struct vmail_piece word;
    while (next_word(&members, &word))
        if (is_name(work, word, name))
            return true;
    return false;
}

/** Adds the LENGTH bytes at WORD to LIST, after a comma unless LIST is empty. */
static void append_name(char *list, const char *word, size_t length)
{
    size_t used = strlen(list);
    if (used > 0)
        list[used++] = ',';
    memcpy(list + used, word, length);
    list[used + length] = '\0';
}

/** The new list of members; NULL if it is unchanged. *NO_MEMORY: memory is short. */
static char *new_members(const struct work *work, struct vmail_piece old, bool *no_memory)
{
    const char *new = work->new;
    struct vmail_piece word;
    bool changed = false, has_new = false;
    char *list = calloc(1, old.length + (new == NULL ? 0 : strlen(new)) + 2);
    *no_memory = list == NULL;
    while (list != NULL && next_word(&old, &word)) {
        bool is_user = is_name(work, word, work->user);
        bool is_new = is_name(work, word, new) || (is_user && new != NULL);
        if (is_user && new != NULL && !has_new)
            append_name(list, new, strlen(new));
        else if (word.length > 0 && !is_user && !(is_new && has_new))
            append_name(list, word.text, word.length);
        changed = changed || is_user;
        has_new = has_new || is_new;
    }
    if (list != NULL && work->user == NULL && new != NULL && !has_new) {
        append_name(list, new, strlen(new));
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
    if (work->with != NULL && !has_member(work, members, work->with))
        return VMAIL_OK;
    char *made = NULL, *list = new_members(work, members, &no_memory);
    if (list == NULL)
        return no_memory ? VMAIL_NO_MEMORY : VMAIL_OK;
    enum vmail_result result = vmail_record_set_field(
        work->file, *line, (struct vmail_field){ VMAIL_FIELD_MEMBERS, list }, &made, error);
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

static enum vmail_result change_members(struct vmail_edit *edit, void *context,
                                        struct vmail_error *error)
{
    const struct work *work = context;
    struct vmail_piece line;
    size_t next = 0, offset = 0;
    if (work->touched != NULL)
        *work->touched = 0;
    enum vmail_result result = VMAIL_OK;
    if (work->group != NULL) {
        result = vmail_edit_find(edit, work->file, work->group, &offset, error);
        next = offset;
        if (result == VMAIL_OK && vmail_edit_next_line(edit, &next, &line))
            result = change_line(edit, work, offset, &line, error);
        return result;
    }
    while (result == VMAIL_OK && vmail_edit_next_line(edit, &next, &line)) {
        if (is_group(&line))
            result = change_line(edit, work, offset, &line, error);
        if (result == VMAIL_INVALID)
            result = VMAIL_OK; /* a line that is ignored anyway */
        /* The length of the line may have changed. */
        next = offset;
        vmail_edit_next_line(edit, &next, &line);
        offset = next;
    }
    return result;
}

static enum exit_code change_groups(struct change *change, struct work *work)
{
    work->file = change_table(change, VMAIL_GROUP);
    if (work->touched != NULL)
        *work->touched = 0;
    enum exit_code code = change_file(change, VMAIL_GROUP, false, change_members, work);
    return code == EXIT_NO_SUCH && work->group == NULL ? EXIT_DONE : code;
}

enum exit_code account_member(struct change *change, const char *group, const char *user,
                              const char *new, size_t *touched)
{
    struct work work = { .group = group, .user = user, .new = new, .touched = touched };
    return change_groups(change, &work);
}

enum exit_code account_member_beside(struct change *change, const char *user, const char *new,
                                     bool add, size_t *touched)
{
    struct work work = {
        .user = add ? NULL : new, .new = add ? new : NULL, .touched = touched, .with = user
    };
    return change_groups(change, &work);
}
