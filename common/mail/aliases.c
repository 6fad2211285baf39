/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "aliases.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "name.h"
#include "shell_word.h"
#include "text_buffer.h"

/* The current state of reading. */
struct reader {
    const char *text;
    size_t at, end; /* END: of the current entry */
    char *word;     /* room for the next word: with its NUL, no longer than in the text */
};

static bool is_space(char c)
{
    return vmail_is_blank(c) || c == '\n';
}

static bool is_comment(const char *text, size_t length, size_t at)
{
    size_t end = vmail_text_next_line(text, length, at), i = at;
    while (i < end && is_space(text[i]))
        i++;
    return i == end || text[i] == '#';
}

/* Skips white space, and comments at the start of a line within an entry. */
static void skip(struct reader *reader)
{
    while (reader->at < reader->end && is_space(reader->text[reader->at])) {
        bool newline = reader->text[reader->at++] == '\n';
        while (newline && reader->at < reader->end &&
               is_comment(reader->text, reader->end, reader->at))
            reader->at = vmail_text_next_line(reader->text, reader->end, reader->at);
    }
}

/* Reads one word, up to a comma, a colon if COLON, or white space outside of quotes. Returns NULL
 * with REASON on failure. */
static char *read_word(struct reader *reader, bool colon, const char **reason)
{
    bool quoted = false;
    char *word = reader->word, *end = word;
    for (; reader->at < reader->end; reader->at++) {
        char c = reader->text[reader->at];
        if (c == '\n' || c == '\0')
            break;
        if (c == '"') {
            quoted = !quoted;
            continue;
        }
        if (!quoted && (is_space(c) || c == ',' || (colon && c == ':')))
            break;
        if (quoted && c == '\\' && reader->at + 1 < reader->end &&
            reader->text[reader->at + 1] != '\n')
            c = reader->text[++reader->at];
        *end++ = c;
    }
    if (quoted) {
        *reason = "a quote is not closed on its line";
        return NULL;
    }
    *end++ = '\0';
    reader->word = end;
    return word;
}

static bool add_target(struct vmail_alias *alias, size_t start, size_t length, const char *word)
{
    struct vmail_alias_target *target =
        vmail_array_append(&alias->target, &alias->target_count, sizeof *target);
    if (target == NULL)
        return false;
    *target = (struct vmail_alias_target){ (uint32_t)start, (uint32_t)length, word };
    return true;
}

static void drop_targets(struct vmail_alias *alias)
{
    free(alias->target);
    alias->target = NULL;
    alias->target_count = alias->ignored_count = 0;
}

/* Reads the targets, separated by commas or white space. */
static bool read_targets(struct reader *reader, struct vmail_alias *alias)
{
    for (;;) {
        skip(reader);
        if (reader->at >= reader->end)
            break;
        if (reader->text[reader->at] == ',') {
            reader->at++;
            continue;
        }
        size_t start = reader->at;
        const char *word = read_word(reader, false, &alias->reason);
        if (word == NULL)
            return true;
        if (!add_target(alias, start, reader->at - start, word))
            return false;
        if (reader->at < reader->end && reader->text[reader->at] == '\0') {
            alias->reason = "a NUL byte";
            return true;
        }
    }
    if (alias->target_count == 0)
        alias->reason = "no target after the name";
    return true;
}

static void read_name(struct reader *reader, struct vmail_alias *alias)
{
    char *name = read_word(reader, true, &alias->reason);
    if (name == NULL)
        return;
    vmail_fold_copy(name, name, strlen(name));
    alias->name = name;
    while (reader->at < reader->end && vmail_is_blank(reader->text[reader->at]))
        reader->at++;
    if (reader->at >= reader->end || reader->text[reader->at] != ':')
        alias->reason = "no colon after the name";
    else if (*name == '\0')
        alias->reason = "no name before the colon";
    else
        alias->colon = ++reader->at;
}

/* Returns where the entry that starts at START ends: after its last line that is not a comment. */
static size_t find_end(const char *text, size_t length, size_t start, unsigned long *lines)
{
    unsigned long seen = 1;
    size_t end = vmail_text_next_line(text, length, start), at = end;
    *lines = 1;
    while (at < length && (is_comment(text, length, at) || vmail_is_blank(text[at]))) {
        bool comment = is_comment(text, length, at);
        at = vmail_text_next_line(text, length, at);
        seen++;
        if (!comment) {
            end = at;
            *lines = seen;
        }
    }
    return end;
}

static bool read_entry(struct reader *reader, struct vmail_alias *alias)
{
    if (vmail_is_blank(reader->text[reader->at])) {
        alias->reason = "starts with white space, but continues no line";
        return true;
    }
    read_name(reader, alias);
    bool good = alias->reason != NULL || read_targets(reader, alias);
    if (alias->reason != NULL)
        drop_targets(alias);
    return good;
}

bool vmail_aliases_read(const char *text, size_t length, struct vmail_aliases *aliases)
{
    struct reader reader = { .text = text };
    unsigned long line = 1, lines;
    *aliases = (struct vmail_aliases){ 0 };
    if (length >= UINT32_MAX || (aliases->words = malloc(length + 1)) == NULL)
        return false;
    reader.word = aliases->words;
    while (reader.at < length) {
        if (is_comment(text, length, reader.at)) {
            reader.at = vmail_text_next_line(text, length, reader.at);
            line++;
            continue;
        }
        struct vmail_alias *alias =
            vmail_array_append(&aliases->alias, &aliases->count, sizeof *alias);
        if (alias == NULL)
            return false;
        *alias = (struct vmail_alias){ .line = line, .start = reader.at, .name = "" };
        alias->end = reader.end = find_end(text, length, reader.at, &lines);
        if (!read_entry(&reader, alias))
            return false;
        reader.at = alias->end;
        line += lines;
    }
    return true;
}

void vmail_aliases_end(struct vmail_aliases *aliases)
{
    for (size_t i = 0; i < aliases->count; i++)
        drop_targets(&aliases->alias[i]);
    free(aliases->alias);
    free(aliases->words);
    *aliases = (struct vmail_aliases){ 0 };
}

const struct vmail_alias *vmail_aliases_find(const struct vmail_aliases *aliases, const char *name)
{
    for (size_t i = 0; i < aliases->count; i++)
        if (aliases->alias[i].reason == NULL &&
            vmail_compare_folded(aliases->alias[i].name, name) == 0)
            return &aliases->alias[i];
    return NULL;
}

static bool is_plain(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] <= ' ' || (unsigned char)text[i] >= 0x7f ||
            strchr("\",:;()<>[]\\@", text[i]) != NULL)
            return false;
    return length > 0;
}

enum vmail_alias_kind vmail_alias_kind(const char *target)
{
    static const char include[] = ":include:/";
    const char *at = strrchr(target, '@');
    for (const char *c = target; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return VMAIL_ALIAS_WRONG;
    if (target[0] == '/')
        return VMAIL_ALIAS_FILE;
    if (target[0] == '|')
        return target[1] == '\0' ? VMAIL_ALIAS_WRONG : VMAIL_ALIAS_PROGRAM;
    if (strncmp(target, include, sizeof include - 1) == 0)
        return VMAIL_ALIAS_INCLUDE;
    if (at == NULL)
        return vmail_user_valid(target, strlen(target)) ? VMAIL_ALIAS_LOCAL : VMAIL_ALIAS_WRONG;
    size_t length = (size_t)(at - target);
    return length <= VMAIL_USER_MAX && is_plain(target, length) && target[0] != '-' &&
                   vmail_domain_valid(at + 1, strlen(at + 1))
               ? VMAIL_ALIAS_ADDRESS
               : VMAIL_ALIAS_WRONG;
}

bool vmail_alias_is_plain(const char *target)
{
    const enum vmail_alias_kind kind = vmail_alias_kind(target);
    return (kind == VMAIL_ALIAS_LOCAL || kind == VMAIL_ALIAS_ADDRESS) &&
           vmail_shell_oddity(target) == '\0';
}

/* Moves the targets that are not plain after the others. The order of the others stays. */
static void restrict_entry(struct vmail_alias *alias)
{
    const size_t count = alias->target_count;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (vmail_alias_is_plain(alias->target[i].text)) {
            const struct vmail_alias_target plain = alias->target[i];
            alias->target[i] = alias->target[kept];
            alias->target[kept++] = plain;
        }
    alias->target_count = kept;
    alias->ignored_count = count - kept;
    if (kept == 0 && count > 0)
        alias->reason = "ignored, because co-administrators may edit this file: no target is a "
                        "user, an alias or an address";
}

void vmail_aliases_restrict(struct vmail_aliases *aliases)
{
    for (size_t i = 0; i < aliases->count; i++)
        restrict_entry(&aliases->alias[i]);
}
