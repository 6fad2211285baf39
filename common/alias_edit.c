/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "alias_edit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aliases.h"
#include "name.h"

enum { LINE_LENGTH = 78 }; /* a list that would become longer goes on on the next line */

/* The edit at work. The entries are those of the text as it is. */
struct work {
    struct vmail_text_buffer text;
    struct vmail_aliases aliases;
    const struct vmail_alias_change *change;
    struct vmail_error *error;
};

static enum vmail_result fail(const struct work *work, enum vmail_result result, const char *what)
{
    vmail_error_set(work->error, result == VMAIL_NOT_FOUND ? ENOENT : EINVAL, "alias %s: %s",
                    work->change->name, what);
    return result;
}

static enum vmail_result splice(struct work *work, size_t at, size_t removed, const char *new,
                                size_t count)
{
    if (!vmail_text_splice(&work->text, at, removed, new, count))
        return VMAIL_NO_MEMORY;
    vmail_aliases_end(&work->aliases);
    return vmail_aliases_read(work->text.bytes, work->text.length, &work->aliases)
               ? VMAIL_OK
               : VMAIL_NO_MEMORY;
}

static const struct vmail_alias *this_alias(const struct work *work)
{
    return vmail_aliases_find(&work->aliases, work->change->name);
}

/* WORD as it is written in a file: in quotes where a reader would else part it. */
static char *quote(const char *word)
{
    size_t length = 0;
    char *out = malloc(2 * strlen(word) + 3);
    if (out == NULL)
        return NULL;
    bool plain = word[0] != '#' && word[0] != '\0' &&
                 (strncmp(word, ":include:", 9) == 0 ? strchr(word + 9, ':') == NULL
                                                     : strchr(word, ':') == NULL) &&
                 strpbrk(word, " \t,\"\\()<>;#") == NULL;
    if (!plain)
        out[length++] = '"';
    for (; *word != '\0'; word++) {
        if (*word == '"' || *word == '\\')
            out[length++] = '\\';
        out[length++] = *word;
    }
    if (!plain)
        out[length++] = '"';
    out[length] = '\0';
    return out;
}

static size_t line_start(const struct work *work, size_t at)
{
    while (at > 0 && work->text.bytes[at - 1] != '\n')
        at--;
    return at;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Puts TARGET behind the last one of the alias. */
static enum vmail_result append_target(struct work *work, const char *target)
{
    const struct vmail_alias *alias = this_alias(work);
    const struct vmail_alias_target *last = &alias->target[alias->target_count - 1];
    const char *ending = vmail_text_ending(work->text.bytes, work->text.length);
    size_t at = last->start + last->length;
    char *word = quote(target), *new = NULL;
    if (word == NULL)
        return VMAIL_NO_MEMORY;
    bool longer = at - line_start(work, at) + 2 + strlen(word) > LINE_LENGTH;
    int length = longer ? asprintf(&new, ",%s    %s", ending, word) : asprintf(&new, ", %s", word);
    free(word);
    if (length < 0)
        return VMAIL_NO_MEMORY;
    enum vmail_result result = splice(work, at, 0, new, (size_t)length);
    free(new);
    return result;
}

/** Names of users and domains mean the same in capitals, paths and commands do not. */
static bool same_target(const char *a, const char *b)
{
    enum vmail_alias_kind kind = vmail_alias_kind(a);
    size_t length = strlen(a);
    if (kind != VMAIL_ALIAS_LOCAL && kind != VMAIL_ALIAS_ADDRESS)
        return strcmp(a, b) == 0;
    return strlen(b) == length && vmail_equal_folded(a, b, length);
}

static bool is_among(const struct vmail_alias *alias, const char *target)
{
    for (size_t i = 0; i < alias->target_count; i++)
        if (same_target(alias->target[i].text, target))
            return true;
    return false;
}

static enum vmail_result append_targets(struct work *work, size_t from)
{
    enum vmail_result result = VMAIL_OK;
    for (size_t i = from; i < work->change->count && result == VMAIL_OK; i++)
        if (!is_among(this_alias(work), work->change->target[i]))
            result = append_target(work, work->change->target[i]);
    return result;
}

/* A line that is left with nothing in it goes, unless the entry starts there. */
static enum vmail_result drop_empty_line(struct work *work, size_t at)
{
    const struct vmail_text_buffer *text = &work->text;
    size_t start = line_start(work, at), end = vmail_text_line_end(text->bytes, text->length, at);
    for (size_t i = start; i < end; i++)
        if (!is_blank(text->bytes[i]))
            return VMAIL_OK;
    return splice(work, start, vmail_text_next_line(text->bytes, text->length, start) - start, NULL,
                  0);
}

/* Cuts the target NUMBER out, with the comma behind it or, of the last one, the one in front. */
static enum vmail_result cut_target(struct work *work, size_t number)
{
    const struct vmail_alias *alias = this_alias(work);
    const struct vmail_alias_target *target = &alias->target[number];
    const char *text = work->text.bytes;
    size_t start = target->start, end = start + target->length;
    enum vmail_result result = VMAIL_OK;
    if (number + 1 < alias->target_count) {
        while (end < alias->end && is_blank(text[end]) && text[end] != '\r')
            end++;
        if (end < alias->end && text[end] == ',')
            end++;
        while (end < alias->end && (text[end] == ' ' || text[end] == '\t'))
            end++;
        result = splice(work, start, end - start, NULL, 0);
        return result == VMAIL_OK ? drop_empty_line(work, start) : result;
    }
    /* The last: first what is behind the one before it, then itself, where that is another line. */
    size_t before = number == 0 ? start : target[-1].start + target[-1].length;
    bool same_line = memchr(text + before, '\n', start - before) == NULL;
    if (same_line)
        return splice(work, before, end - before, NULL, 0);
    while (start > before && (text[start - 1] == ' ' || text[start - 1] == '\t'))
        start--;
    while (end < alias->end && (text[end] == ',' || text[end] == ' ' || text[end] == '\t'))
        end++;
    result = splice(work, start, end - start, NULL, 0);
    if (result == VMAIL_OK)
        result = drop_empty_line(work, start);
    if (result == VMAIL_OK && work->text.bytes[before] == ',')
        result = splice(work, before, 1, NULL, 0);
    return result;
}

static enum vmail_result replace_target(struct work *work, size_t number, const char *target)
{
    const struct vmail_alias_target *old = &this_alias(work)->target[number];
    char *word = quote(target);
    if (word == NULL)
        return VMAIL_NO_MEMORY;
    enum vmail_result result = splice(work, old->start, old->length, word, strlen(word));
    free(word);
    return result;
}

static enum vmail_result add_entry(struct work *work)
{
    const struct vmail_text_buffer *text = &work->text;
    const char *ending = vmail_text_ending(text->bytes, text->length);
    bool open_line = text->length > 0 && text->bytes[text->length - 1] != '\n';
    char *name = quote(work->change->name), *word = quote(work->change->target[0]), *new = NULL;
    int length = name == NULL || word == NULL
                     ? -1
                     : asprintf(&new, "%s%s: %s%s", open_line ? ending : "", name, word, ending);
    free(name);
    free(word);
    if (length < 0)
        return VMAIL_NO_MEMORY;
    enum vmail_result result = splice(work, text->length, 0, new, (size_t)length);
    free(new);
    if (result == VMAIL_OK && this_alias(work) == NULL)
        return fail(work, VMAIL_UNAVAILABLE, "cannot be written so that it is read back the same");
    return result == VMAIL_OK ? append_targets(work, 1) : result;
}

static enum vmail_result set_alias(struct work *work)
{
    const struct vmail_alias *alias = this_alias(work);
    if (alias == NULL)
        return add_entry(work);
    enum vmail_result result = VMAIL_OK;
    while (result == VMAIL_OK && this_alias(work)->target_count > 1)
        result = cut_target(work, this_alias(work)->target_count - 1);
    if (result == VMAIL_OK)
        result = replace_target(work, 0, work->change->target[0]);
    return result == VMAIL_OK ? append_targets(work, 1) : result;
}

static enum vmail_result remove_targets(struct work *work)
{
    const struct vmail_alias_change *change = work->change;
    enum vmail_result result = VMAIL_OK;
    if (this_alias(work) == NULL)
        return fail(work, VMAIL_NOT_FOUND, "there is no such alias");
    for (size_t i = 0; i < change->count; i++)
        if (!is_among(this_alias(work), change->target[i]))
            return fail(work, VMAIL_NOT_FOUND, "has no such target");
    for (size_t i = 0; i < change->count; i++)
        for (size_t k = this_alias(work)->target_count; k-- > 0;) {
            if (!same_target(this_alias(work)->target[k].text, change->target[i]))
                continue;
            if (this_alias(work)->target_count == 1)
                return fail(work, VMAIL_UNAVAILABLE, "has no other target; delete the alias");
            result = cut_target(work, k);
            if (result != VMAIL_OK)
                return result;
        }
    return result;
}

static enum vmail_result delete_alias(struct work *work)
{
    const struct vmail_alias *alias = this_alias(work);
    enum vmail_result result = VMAIL_OK;
    if (alias == NULL)
        return fail(work, VMAIL_NOT_FOUND, "there is no such alias");
    for (; result == VMAIL_OK && alias != NULL; alias = this_alias(work))
        result = splice(work, alias->start, alias->end - alias->start, NULL, 0);
    return result;
}

static bool same_entry(const struct vmail_alias *a, const struct vmail_alias *b)
{
    if (strcmp(a->name, b->name) != 0 || a->reason != b->reason ||
        a->target_count != b->target_count)
        return false;
    for (size_t i = 0; i < a->target_count; i++)
        if (strcmp(a->target[i].text, b->target[i].text) != 0)
            return false;
    return true;
}

/* The next entry from *I on that is none of the alias's own. */
static const struct vmail_alias *next_other(const struct vmail_aliases *aliases, const char *name,
                                            size_t *i)
{
    while (*i < aliases->count) {
        const struct vmail_alias *alias = &aliases->alias[(*i)++];
        if (alias->reason != NULL || strlen(alias->name) != strlen(name) ||
            !vmail_equal_folded(alias->name, name, strlen(name)))
            return alias;
    }
    return NULL;
}

static bool others_stay(const struct vmail_aliases *before, const struct vmail_aliases *after,
                        const char *name)
{
    size_t i = 0, k = 0;
    for (;;) {
        const struct vmail_alias *a = next_other(before, name, &i);
        const struct vmail_alias *b = next_other(after, name, &k);
        if (a == NULL || b == NULL)
            return a == b;
        if (!same_entry(a, b))
            return false;
    }
}

/* The reader must see what was asked for: a change is never lost without a word. */
static bool is_done(const struct work *work)
{
    const struct vmail_alias_change *change = work->change;
    const struct vmail_alias *alias = this_alias(work);
    if (change->action == VMAIL_ALIAS_DELETE || alias == NULL)
        return change->action == VMAIL_ALIAS_DELETE && alias == NULL;
    for (size_t i = 0; i < change->count; i++)
        if (is_among(alias, change->target[i]) != (change->action != VMAIL_ALIAS_REMOVE))
            return false;
    return change->action != VMAIL_ALIAS_SET || alias->target_count <= change->count;
}

static enum vmail_result make_change(struct work *work)
{
    switch (work->change->action) {
    case VMAIL_ALIAS_SET:
        return set_alias(work);
    case VMAIL_ALIAS_ADD:
        return this_alias(work) == NULL ? add_entry(work) : append_targets(work, 0);
    case VMAIL_ALIAS_REMOVE:
        return remove_targets(work);
    default:
        return delete_alias(work);
    }
}

enum vmail_result vmail_alias_edit(struct vmail_text_buffer *text,
                                   const struct vmail_alias_change *change,
                                   struct vmail_error *error)
{
    struct work work = { .change = change, .error = error };
    struct vmail_aliases before = { 0 };
    const char *bytes = text->bytes == NULL ? "" : text->bytes;
    enum vmail_result result =
        vmail_aliases_read(bytes, text->length, &before) ? VMAIL_OK : VMAIL_NO_MEMORY;
    if (result == VMAIL_OK)
        result = splice(&work, 0, 0, bytes, text->length);
    if (result == VMAIL_OK)
        result = make_change(&work);
    if (result == VMAIL_OK &&
        (!is_done(&work) || !others_stay(&before, &work.aliases, change->name)))
        result = fail(&work, VMAIL_UNAVAILABLE,
                      "cannot be changed here without changing another one; use an editor");
    if (result == VMAIL_OK) {
        struct vmail_text_buffer old = *text;
        *text = work.text;
        work.text = old;
    }
    vmail_aliases_end(&before);
    vmail_aliases_end(&work.aliases);
    vmail_text_end(&work.text);
    return result;
}
