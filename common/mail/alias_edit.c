/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "alias_edit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aliases.h"
#include "name.h"

enum { LINE_LENGTH = 78 }; /* a longer list continues on the next line */

/* A target of the change. */
struct wanted {
    const char *target;
    bool there; /* the alias has it */
};

/* The current edit. */
struct work {
    struct vmail_text_buffer *text;
    const struct vmail_alias_change *change;
    struct wanted *wanted; /* sorted; two targets that mean the same are one */
    size_t wanted_count;
    size_t there; /* how many of them are there */
    struct vmail_error *error;
};

static bool is_name(const char *target)
{
    const enum vmail_alias_kind kind = vmail_alias_kind(target);
    return kind == VMAIL_ALIAS_LOCAL || kind == VMAIL_ALIAS_ADDRESS;
}

/* Upper and lower case are equal in names of users and domains, but not in paths and commands. */
static int compare_wanted(const void *a, const void *b)
{
    const char *one = ((const struct wanted *)a)->target,
               *other = ((const struct wanted *)b)->target;
    const bool names = is_name(one);
    if (names != is_name(other))
        return names ? -1 : 1;
    return names ? vmail_compare_folded(one, other) : strcmp(one, other);
}

/* None of the targets is there yet. False: no memory. */
static bool make_wanted(struct work *work)
{
    const struct vmail_alias_change *change = work->change;
    struct wanted *wanted = calloc(change->count + 1, sizeof *wanted);
    work->wanted = wanted;
    if (wanted == NULL)
        return false;
    for (size_t i = 0; i < change->count; i++)
        wanted[i].target = change->target[i];
    qsort(wanted, change->count, sizeof *wanted, compare_wanted);
    for (size_t i = 0; i < change->count; i++)
        if (i == 0 || compare_wanted(&wanted[work->wanted_count - 1], &wanted[i]) != 0)
            wanted[work->wanted_count++] = wanted[i];
    return true;
}

/* In logarithmic time: a change may have very many targets. */
static struct wanted *find_wanted(const struct work *work, const char *target)
{
    const struct wanted key = { .target = target };
    return bsearch(&key, work->wanted, work->wanted_count, sizeof key, compare_wanted);
}

/* Whether TARGET is wanted and not there yet; then it is from now on. */
static bool take_wanted(struct work *work, const char *target)
{
    struct wanted *wanted = find_wanted(work, target);
    if (wanted == NULL || wanted->there)
        return false;
    wanted->there = true;
    work->there++;
    return true;
}

/* Finds out which of the targets ALIAS has. */
static void mark_wanted(struct work *work, const struct vmail_alias *alias)
{
    work->there = 0;
    for (size_t i = 0; i < work->wanted_count; i++)
        work->wanted[i].there = false;
    for (size_t i = 0; i < alias->target_count; i++)
        take_wanted(work, alias->target[i].text);
}

static enum vmail_result cannot_edit(const struct work *work, enum vmail_result result,
                                     const char *what)
{
    vmail_error_set(work->error, result == VMAIL_NOT_FOUND ? ENOENT : EINVAL, "alias %s: %s",
                    work->change->name, what);
    return result;
}

static enum vmail_result splice(struct vmail_text_buffer *text, size_t at, size_t removed,
                                const char *new, size_t count)
{
    return vmail_text_splice(text, at, removed, new, count) ? VMAIL_OK : VMAIL_NO_MEMORY;
}

/* Returns WORD as a file has it: in quotes if a reader would otherwise split it. */
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

static size_t line_start(const struct vmail_text_buffer *text, size_t at)
{
    while (at > 0 && text->bytes[at - 1] != '\n')
        at--;
    return at;
}

static bool is_blank_from(const struct vmail_text_buffer *text, size_t start, size_t end)
{
    while (start < end && vmail_is_blank(text->bytes[start]))
        start++;
    return start == end;
}

/* Inserts TARGET into ENTRY after the target that ends at *AT. *AT becomes the end of TARGET. */
static enum vmail_result append_target(struct vmail_text_buffer *entry, size_t *at,
                                       const char *ending, const char *target)
{
    char *word = quote(target), *new = NULL;
    if (word == NULL)
        return VMAIL_NO_MEMORY;
    bool longer = *at - line_start(entry, *at) + 2 + strlen(word) > LINE_LENGTH;
    int length = longer ? asprintf(&new, ",%s    %s", ending, word) : asprintf(&new, ", %s", word);
    free(word);
    if (length < 0)
        return VMAIL_NO_MEMORY;
    enum vmail_result result = splice(entry, *at, 0, new, (size_t)length);
    free(new);
    *at += (size_t)length;
    return result;
}

/* Appends the targets that are missing, in the requested order. */
static enum vmail_result append_targets(struct work *work, struct vmail_text_buffer *entry,
                                        size_t at)
{
    const char *ending = vmail_text_ending(work->text->bytes, work->text->length);
    enum vmail_result result = VMAIL_OK;
    for (size_t i = 0; i < work->change->count && result == VMAIL_OK; i++) {
        const char *target = work->change->target[i];
        if (take_wanted(work, target))
            result = append_target(entry, &at, ending, target);
    }
    return result;
}

/* Removes a line that has become empty. The first line of an entry is never empty. */
static enum vmail_result drop_empty_line(struct vmail_text_buffer *entry, size_t at)
{
    size_t start = line_start(entry, at),
           end = vmail_text_line_end(entry->bytes, entry->length, at);
    if (!is_blank_from(entry, start, end))
        return VMAIL_OK;
    return splice(entry, start, vmail_text_next_line(entry->bytes, entry->length, start) - start,
                  NULL, 0);
}

/* Returns where a target that ends at END of TEXT ends with the comma and the blanks after it. */
static size_t inner_end(const struct vmail_text_buffer *text, size_t end)
{
    end += strspn(text->bytes + end, " \t");
    end += text->bytes[end] == ',';
    return end + strspn(text->bytes + end, " \t");
}

/* NEW ends with the start of a line, and OLD has its rest at *FROM. If both are blank, removes the
 * line and moves *FROM after it. */
static enum vmail_result drop_rest_of_line(struct vmail_text_buffer *new,
                                           const struct vmail_text_buffer *old, size_t *from)
{
    const size_t start = line_start(new, new->length);
    const size_t end = vmail_text_line_end(old->bytes, old->length, *from);
    if (!is_blank_from(new, start, new->length) || !is_blank_from(old, *from, end))
        return VMAIL_OK;
    *from = vmail_text_next_line(old->bytes, old->length, *from);
    return splice(new, start, new->length - start, NULL, 0);
}

/* Removes the requested targets among the first COUNT of ALIAS; another target follows them. Needs
 * one pass for any number of targets. */
static enum vmail_result cut_inner(const struct work *work, const struct vmail_alias *alias,
                                   size_t count, struct vmail_text_buffer *entry)
{
    struct vmail_text_buffer new = { 0 };
    size_t from = 0;
    enum vmail_result result = VMAIL_OK;
    for (size_t i = 0; i < count && result == VMAIL_OK; i++) {
        const struct vmail_alias_target *target = &alias->target[i];
        const size_t start = target->start - alias->start;
        if (find_wanted(work, target->text) == NULL)
            continue;
        result = splice(&new, new.length, 0, entry->bytes + from, start - from);
        from = inner_end(entry, start + target->length);
        if (result == VMAIL_OK)
            result = drop_rest_of_line(&new, entry, &from);
    }
    if (result == VMAIL_OK)
        result = splice(&new, new.length, 0, entry->bytes + from, entry->length - from);
    const struct vmail_text_buffer old = *entry;
    *entry = new;
    new = old;
    vmail_text_end(&new);
    return result;
}

/* Removes the last target with the comma before it. The target before it ends at BEFORE. */
static enum vmail_result cut_last(struct vmail_text_buffer *entry, size_t before, size_t start,
                                  size_t end)
{
    const char *text = entry->bytes;
    if (memchr(text + before, '\n', start - before) == NULL)
        return splice(entry, before, end - before, NULL, 0);
    /* The target is on a later line: removes it first, then the comma after the one before. */
    while (start > before && (text[start - 1] == ' ' || text[start - 1] == '\t'))
        start--;
    end += strspn(text + end, ", \t");
    enum vmail_result result = splice(entry, start, end - start, NULL, 0);
    if (result == VMAIL_OK)
        result = drop_empty_line(entry, start);
    if (result == VMAIL_OK && before < entry->length && entry->bytes[before] == ',')
        result = splice(entry, before, 1, NULL, 0);
    return result;
}

/* Removes target NUMBER of ALIAS, which is now the last target, from the text ENTRY. */
static enum vmail_result cut_target(struct vmail_text_buffer *entry,
                                    const struct vmail_alias *alias, size_t number)
{
    const struct vmail_alias_target *target = &alias->target[number];
    const size_t start = target->start - alias->start;
    const size_t before = number == 0 ? start : target[-1].start - alias->start + target[-1].length;
    return cut_last(entry, before, start, start + target->length);
}

/* Replaces the first target with the first requested one and removes the others. */
static enum vmail_result set_targets(struct work *work, const struct vmail_alias *alias,
                                     struct vmail_text_buffer *entry)
{
    const struct vmail_alias_target *first = &alias->target[0];
    const size_t start = first->start - alias->start;
    enum vmail_result result = VMAIL_OK;
    for (size_t i = alias->target_count; result == VMAIL_OK && i-- > 1;)
        result = cut_target(entry, alias, i);
    char *word = quote(work->change->target[0]);
    if (word == NULL)
        return VMAIL_NO_MEMORY;
    if (result == VMAIL_OK)
        result = splice(entry, start, first->length, word, strlen(word));
    const size_t end = start + strlen(word);
    free(word);
    take_wanted(work, work->change->target[0]);
    return result == VMAIL_OK ? append_targets(work, entry, end) : result;
}

static enum vmail_result add_targets(struct work *work, const struct vmail_alias *alias,
                                     struct vmail_text_buffer *entry)
{
    const struct vmail_alias_target *last = &alias->target[alias->target_count - 1];
    mark_wanted(work, alias);
    return append_targets(work, entry, last->start - alias->start + last->length);
}

static enum vmail_result remove_targets(struct work *work, const struct vmail_alias *alias,
                                        struct vmail_text_buffer *entry)
{
    enum vmail_result result = VMAIL_OK;
    size_t count = alias->target_count;
    mark_wanted(work, alias);
    if (work->there < work->wanted_count)
        return cannot_edit(work, VMAIL_NOT_FOUND, "has no such target");
    while (count > 0 && find_wanted(work, alias->target[count - 1].text) != NULL)
        count--;
    if (count == 0)
        return cannot_edit(work, VMAIL_INVALID, "has no other target; delete the alias");
    for (size_t i = alias->target_count; result == VMAIL_OK && i-- > count;)
        result = cut_target(entry, alias, i);
    return result == VMAIL_OK ? cut_inner(work, alias, count - 1, entry) : result;
}

static enum vmail_result change_entry(struct work *work, const struct vmail_alias *alias)
{
    struct vmail_text_buffer entry = { 0 };
    const size_t length = alias->end - alias->start;
    enum vmail_result result = splice(&entry, 0, 0, work->text->bytes + alias->start, length);
    if (result == VMAIL_OK)
        result = work->change->action == VMAIL_ALIAS_SET   ? set_targets(work, alias, &entry)
                 : work->change->action == VMAIL_ALIAS_ADD ? add_targets(work, alias, &entry)
                                                           : remove_targets(work, alias, &entry);
    if (result == VMAIL_OK)
        result = splice(work->text, alias->start, length, entry.bytes, entry.length);
    vmail_text_end(&entry);
    return result;
}

static enum vmail_result add_entry(struct work *work)
{
    struct vmail_text_buffer *text = work->text, entry = { 0 };
    const char *ending = vmail_text_ending(text->bytes, text->length);
    bool open_line = text->length > 0 && text->bytes[text->length - 1] != '\n';
    char *name = quote(work->change->name), *word = quote(work->change->target[0]), *new = NULL;
    int length = name == NULL || word == NULL
                     ? -1
                     : asprintf(&new, "%s%s: %s", open_line ? ending : "", name, word);
    free(name);
    free(word);
    if (length < 0)
        return VMAIL_NO_MEMORY;
    enum vmail_result result = splice(&entry, 0, 0, new, (size_t)length);
    free(new);
    take_wanted(work, work->change->target[0]);
    if (result == VMAIL_OK)
        result = append_targets(work, &entry, entry.length);
    if (result == VMAIL_OK)
        result = splice(&entry, entry.length, 0, ending, strlen(ending));
    if (result == VMAIL_OK)
        result = splice(text, text->length, 0, entry.bytes, entry.length);
    vmail_text_end(&entry);
    return result;
}

/* Whether ALIAS is an entry of the changed name, even one that is not active. */
static bool is_own(const struct vmail_alias *alias, const char *name)
{
    return alias->reason == NULL && vmail_compare_folded(alias->name, name) == 0;
}

static enum vmail_result delete_alias(struct work *work, const struct vmail_aliases *aliases)
{
    enum vmail_result result = VMAIL_OK;
    for (size_t i = aliases->count; result == VMAIL_OK && i-- > 0;) {
        const struct vmail_alias *alias = &aliases->alias[i];
        if (is_own(alias, work->change->name))
            result = splice(work->text, alias->start, alias->end - alias->start, NULL, 0);
    }
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

/* Returns the next entry, from *I on, that has another name. */
static const struct vmail_alias *next_other(const struct vmail_aliases *aliases, const char *name,
                                            size_t *i)
{
    while (*i < aliases->count) {
        const struct vmail_alias *alias = &aliases->alias[(*i)++];
        if (!is_own(alias, name))
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

/* Whether the reader sees the requested change: no change is ever lost silently. */
static bool is_done(struct work *work, const struct vmail_aliases *after)
{
    const struct vmail_alias_change *change = work->change;
    const struct vmail_alias *alias = vmail_aliases_find(after, change->name);
    if (change->action == VMAIL_ALIAS_DELETE || alias == NULL)
        return change->action == VMAIL_ALIAS_DELETE && alias == NULL;
    mark_wanted(work, alias);
    if (change->action == VMAIL_ALIAS_REMOVE)
        return work->there == 0;
    return work->there == work->wanted_count &&
           (change->action == VMAIL_ALIAS_ADD || alias->target_count <= work->wanted_count);
}

static enum vmail_result make_change(struct work *work, const struct vmail_aliases *before)
{
    const struct vmail_alias *alias = vmail_aliases_find(before, work->change->name);
    const bool makes =
        work->change->action == VMAIL_ALIAS_SET || work->change->action == VMAIL_ALIAS_ADD;
    if (alias == NULL)
        return makes ? add_entry(work)
                     : cannot_edit(work, VMAIL_NOT_FOUND, "there is no such alias");
    return work->change->action == VMAIL_ALIAS_DELETE ? delete_alias(work, before)
                                                      : change_entry(work, alias);
}

static enum vmail_result verify(struct work *work, const struct vmail_aliases *before)
{
    struct vmail_aliases after;
    enum vmail_result result = VMAIL_NO_MEMORY;
    if (vmail_aliases_read(work->text->bytes, work->text->length, &after))
        result =
            is_done(work, &after) && others_stay(before, &after, work->change->name)
                ? VMAIL_OK
                : cannot_edit(work, VMAIL_INVALID,
                              "cannot be changed here without changing another one; use an editor");
    vmail_aliases_end(&after);
    return result;
}

enum vmail_result vmail_alias_edit(const char *text, size_t length,
                                   const struct vmail_alias_change *change,
                                   struct vmail_text_buffer *new, struct vmail_error *error)
{
    struct work work = { .text = new, .change = change, .error = error };
    struct vmail_aliases before = { 0 };
    enum vmail_result result = splice(new, 0, 0, text, length);
    if (result == VMAIL_OK && (!make_wanted(&work) || !vmail_aliases_read(text, length, &before)))
        result = VMAIL_NO_MEMORY;
    if (result == VMAIL_OK)
        result = make_change(&work, &before);
    if (result == VMAIL_OK)
        result = verify(&work, &before);
    vmail_aliases_end(&before);
    free(work.wanted);
    return result;
}
