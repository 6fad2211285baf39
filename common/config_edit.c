/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_edit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "config_guard.h"
#include "config_scan.h"
#include "name.h"

enum { LINE_LENGTH = 100 }; /* a longer list goes on on the next line */

/* One change at work. The scan is that of the text as it is. */
struct work {
    struct vmail_text_buffer text;
    struct vmail_config_scan scan;
    const struct vmail_config_change *change;
    struct vmail_error *error;
};

static enum vmail_result refuse(const struct work *work, const char *what)
{
    const struct vmail_config_change *change = work->change;
    vmail_error_set(work->error, EINVAL, "vmail.conf: not changed: [%s%s%s]%s%s: %s",
                    change->section, *change->argument == '\0' ? "" : " ", change->argument,
                    change->key == NULL ? "" : " ", change->key == NULL ? "" : change->key, what);
    return VMAIL_UNAVAILABLE;
}

static enum vmail_result not_found(const struct work *work, const char *what)
{
    refuse(work, what);
    if (work->error != NULL)
        work->error->code = ENOENT;
    return VMAIL_NOT_FOUND;
}

/* Changes the text and looks at it anew: no place in the old one is good any more. */
static enum vmail_result splice(struct work *work, size_t at, size_t removed, const char *new,
                                size_t count)
{
    if (!vmail_text_splice(&work->text, at, removed, new, count))
        return VMAIL_NO_MEMORY;
    vmail_config_scan_end(&work->scan);
    return vmail_config_scan(work->text.bytes, work->text.length, &work->scan) ? VMAIL_OK
                                                                               : VMAIL_NO_MEMORY;
}

static const struct vmail_config_line *line_at(const struct work *work, long number)
{
    return &work->scan.line[number];
}

/* Puts LINE, without its ending, in front of the line NUMBER, which may be one behind the last. */
static enum vmail_result insert_line(struct work *work, size_t number, const char *line)
{
    const struct vmail_text_buffer *text = &work->text;
    const char *ending = vmail_text_ending(text->bytes, text->length);
    size_t at = number < work->scan.count ? work->scan.line[number].start : text->length;
    bool open_line =
        number == work->scan.count && work->scan.count > 0 && text->bytes[text->length - 1] != '\n';
    char *new;
    int length = asprintf(&new, "%s%s%s", open_line ? ending : "", line, ending);
    if (length < 0)
        return VMAIL_NO_MEMORY;
    enum vmail_result result = splice(work, at, 0, new, (size_t)length);
    free(new);
    return result;
}

/* --- finding */

static bool is_header_of(const struct vmail_config_line *line,
                         const struct vmail_config_change *change)
{
    size_t length = strlen(change->argument);
    return line->kind == VMAIL_LINE_HEADER && strcmp(line->name_text, change->section) == 0 &&
           strlen(line->value_text) == length &&
           vmail_equal_folded(line->value_text, change->argument, length);
}

/* HEADER becomes the section's last header, or VMAIL_LINE_NONE. [vmail] may come in parts. */
static enum vmail_result find_section(const struct work *work, long *header)
{
    *header = VMAIL_LINE_NONE;
    for (size_t i = 0; i < work->scan.count; i++) {
        if (!is_header_of(&work->scan.line[i], work->change))
            continue;
        if (*header != VMAIL_LINE_NONE && *work->change->argument != '\0')
            return refuse(work, "this section stands twice; make one of the two by hand");
        *header = (long)i;
    }
    return VMAIL_OK;
}

static bool in_section(const struct work *work, const struct vmail_config_line *line)
{
    return line->header != VMAIL_LINE_NONE &&
           is_header_of(line_at(work, line->header), work->change);
}

/* The next line of the key, or of a value of it, from line FROM on; VMAIL_LINE_NONE at the end. */
static long next_of_key(const struct work *work, long from)
{
    for (size_t i = (size_t)from; i < work->scan.count; i++) {
        const struct vmail_config_line *line = &work->scan.line[i];
        if ((line->kind == VMAIL_LINE_KEY || line->kind == VMAIL_LINE_MORE) &&
            in_section(work, line) && strcmp(line->name_text, work->change->key) == 0)
            return (long)i;
    }
    return VMAIL_LINE_NONE;
}

static long last_of_key(const struct work *work)
{
    long last = VMAIL_LINE_NONE;
    for (long i = next_of_key(work, 0); i != VMAIL_LINE_NONE; i = next_of_key(work, i + 1))
        last = i;
    return last;
}

static bool is_content(const struct vmail_config_line *line)
{
    return line->kind != VMAIL_LINE_BLANK && line->kind != VMAIL_LINE_COMMENT;
}

/* The last line of the section of HEADER that is no comment; HEADER itself where it is empty. */
static long last_content(const struct work *work, long header)
{
    long last = header;
    for (size_t i = 0; i < work->scan.count; i++)
        if (work->scan.line[i].header == header && is_content(&work->scan.line[i]))
            last = (long)i;
    return last;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool same_word(const struct work *work, const char *word, size_t length)
{
    const char *wanted = work->change->value;
    struct vmail_address a, b;
    char text[128];
    if (strcmp(work->change->key, "address") == 0 && length < sizeof text) {
        memcpy(text, word, length);
        text[length] = '\0';
        if (vmail_address_parse(text, &a) && vmail_address_parse(wanted, &b))
            return vmail_address_compare(&a, &b) == 0;
    }
    if (strlen(wanted) != length)
        return false;
    return strcmp(work->change->key, "aliases") == 0 ? vmail_equal_folded(word, wanted, length)
                                                     : memcmp(word, wanted, length) == 0;
}

/* Finds the word in the value of line NUMBER: AT is where it starts in the text. */
static bool find_word(const struct work *work, long number, size_t *at, size_t *length)
{
    const struct vmail_config_line *line = line_at(work, number);
    size_t i = line->value, end = line->value + line->length;
    while (i < end) {
        size_t start = i;
        while (i < end && !is_blank(work->text.bytes[i]))
            i++;
        if (i > start && same_word(work, work->text.bytes + start, i - start)) {
            *at = start;
            *length = i - start;
            return true;
        }
        while (i < end && is_blank(work->text.bytes[i]))
            i++;
    }
    return false;
}

static long line_of_word(const struct work *work, size_t *at, size_t *length)
{
    long i = next_of_key(work, 0);
    while (i != VMAIL_LINE_NONE && !find_word(work, i, at, length))
        i = next_of_key(work, i + 1);
    return i;
}

/* --- sections */

static enum vmail_result add_section(struct work *work)
{
    const struct vmail_config_change *change = work->change;
    size_t count = work->scan.count;
    enum vmail_result result = VMAIL_OK;
    char *header;
    if (count > 0 && work->scan.line[count - 1].kind != VMAIL_LINE_BLANK)
        result = insert_line(work, count, "");
    if (result != VMAIL_OK)
        return result;
    if (asprintf(&header, "[%s%s%s]", change->section, *change->argument == '\0' ? "" : " ",
                 change->argument) < 0)
        return VMAIL_NO_MEMORY;
    result = insert_line(work, work->scan.count, header);
    free(header);
    return result;
}

static bool is_kind(const struct work *work, size_t number, enum vmail_config_line_kind kind)
{
    return number < work->scan.count && work->scan.line[number].kind == kind;
}

/* Comments that touch a section's first or last line are about it, unless they stand directly above
 * the next one. Of the blank lines around it, one goes as well where there would be two. */
static enum vmail_result remove_section(struct work *work, long header)
{
    size_t first = (size_t)header, last = (size_t)last_content(work, header) + 1, below = last;
    while (first > 0 && is_kind(work, first - 1, VMAIL_LINE_COMMENT))
        first--;
    while (is_kind(work, below, VMAIL_LINE_COMMENT))
        below++;
    if (below == work->scan.count || is_kind(work, below, VMAIL_LINE_BLANK))
        last = below;
    bool blank_above = first == 0 || is_kind(work, first - 1, VMAIL_LINE_BLANK);
    if (blank_above && is_kind(work, last, VMAIL_LINE_BLANK))
        last++;
    else if (blank_above && first > 0 && last == work->scan.count)
        first--;
    size_t at = work->scan.line[first].start;
    return splice(work, at, work->scan.line[last - 1].next - at, NULL, 0);
}

/* --- keys */

static enum vmail_result remove_line(struct work *work, long number)
{
    const struct vmail_config_line *line = line_at(work, number);
    return splice(work, line->start, line->next - line->start, NULL, 0);
}

/* Takes the value off a line that continues a key; a comment behind it stays. */
static enum vmail_result drop_more(struct work *work, long number)
{
    const struct vmail_config_line *line = line_at(work, number);
    size_t end = line->value + line->length;
    while (end < line->next && is_blank(work->text.bytes[end]))
        end++;
    if (end < line->next && work->text.bytes[end] == ';')
        return splice(work, line->value, end - line->value, NULL, 0);
    return remove_line(work, number);
}

/* Removes every line of the key but the line KEPT; those behind first, so that KEPT stays it. */
static enum vmail_result remove_others(struct work *work, long kept)
{
    enum vmail_result result = VMAIL_OK;
    for (;;) {
        long i = last_of_key(work);
        if (i == kept)
            i = VMAIL_LINE_NONE;
        if (result != VMAIL_OK || i == VMAIL_LINE_NONE)
            return result;
        result =
            line_at(work, i)->kind == VMAIL_LINE_MORE ? drop_more(work, i) : remove_line(work, i);
    }
}

static enum vmail_result insert_key(struct work *work, long header)
{
    char *line;
    enum vmail_result result;
    const struct vmail_config_change *change = work->change;
    if (header == VMAIL_LINE_NONE) {
        result = add_section(work);
        if (result == VMAIL_OK)
            result = find_section(work, &header);
        if (result != VMAIL_OK)
            return result;
        if (header == VMAIL_LINE_NONE)
            return refuse(work, "cannot add this section");
    }
    if (asprintf(&line, "%s =%s%s", change->key, *change->value == '\0' ? "" : " ", change->value) <
        0)
        return VMAIL_NO_MEMORY;
    result = insert_line(work, (size_t)last_content(work, header) + 1, line);
    free(line);
    return result;
}

/* Puts NEW in place of the value on line NUMBER; the spacing in front of it stays. */
static enum vmail_result set_value(struct work *work, long number, const char *new)
{
    const struct vmail_config_line *line = line_at(work, number);
    size_t at = line->value, count = strlen(new);
    bool space = *new != '\0' && line->length == 0 && work->text.bytes[at - 1] == '=';
    enum vmail_result result = splice(work, at, line->length, new, count);
    return result == VMAIL_OK && space ? splice(work, at, 0, " ", 1) : result;
}

static enum vmail_result set_key(struct work *work, long header)
{
    long first = next_of_key(work, 0);
    if (first == VMAIL_LINE_NONE)
        return insert_key(work, header);
    enum vmail_result result = remove_others(work, first);
    return result == VMAIL_OK ? set_value(work, first, work->change->value) : result;
}

static enum vmail_result append_word(struct work *work, long number)
{
    const char *word = work->change->value;
    const struct vmail_config_line *line = line_at(work, number);
    size_t at = line->value + line->length;
    bool may_continue = strchr(word, '=') == NULL;
    bool longer = at - line->start + 1 + strlen(word) > LINE_LENGTH;
    char *new;
    if (line->length == 0)
        return set_value(work, number, word);
    if (asprintf(&new, "%s%s", longer && may_continue ? "    " : " ", word) < 0)
        return VMAIL_NO_MEMORY;
    enum vmail_result result = longer && may_continue ? insert_line(work, (size_t)number + 1, new)
                                                      : splice(work, at, 0, new, strlen(new));
    free(new);
    return result;
}

static enum vmail_result add_word(struct work *work, long header)
{
    size_t at, length;
    if (line_of_word(work, &at, &length) != VMAIL_LINE_NONE)
        return VMAIL_OK;
    long number = last_of_key(work);
    if (number == VMAIL_LINE_NONE)
        return insert_key(work, header);
    /* A line that starts with white space and has an equals sign is an error. */
    if (strchr(work->change->value, '=') != NULL && line_at(work, number)->key != VMAIL_LINE_NONE)
        number = line_at(work, number)->key;
    return append_word(work, number);
}

/* Cuts the word out with the blanks on one of its sides. */
static enum vmail_result cut_word(struct work *work, long number, size_t at, size_t length)
{
    const struct vmail_config_line *line = line_at(work, number);
    const char *text = work->text.bytes;
    size_t end = at + length, value_end = line->value + line->length;
    if (length == line->length && line->kind == VMAIL_LINE_MORE)
        return drop_more(work, number);
    while (end < value_end && is_blank(text[end]))
        end++;
    while (end == value_end && at > line->value && is_blank(text[at - 1]))
        at--;
    return splice(work, at, end - at, NULL, 0);
}

static bool has_words(const struct work *work)
{
    for (long i = next_of_key(work, 0); i != VMAIL_LINE_NONE; i = next_of_key(work, i + 1))
        if (line_at(work, i)->length > 0)
            return true;
    return false;
}

static enum vmail_result remove_word(struct work *work)
{
    size_t at, length;
    long number = line_of_word(work, &at, &length);
    enum vmail_result result = VMAIL_OK;
    if (number == VMAIL_LINE_NONE)
        return not_found(work, "has no such word");
    for (; result == VMAIL_OK && number != VMAIL_LINE_NONE;
         number = line_of_word(work, &at, &length))
        result = cut_word(work, number, at, length);
    if (result == VMAIL_OK && !has_words(work))
        result = remove_others(work, VMAIL_LINE_NONE);
    return result;
}

/* --- the whole */

/* What the reader would not take for one value on one line, or for one word of it. */
static enum vmail_result check_value(const struct work *work)
{
    const char *value = work->change->value;
    bool word = work->change->action == VMAIL_CONFIG_ADD_WORD ||
                work->change->action == VMAIL_CONFIG_REMOVE_WORD;
    if (value == NULL)
        return VMAIL_OK;
    size_t length = strlen(value);
    for (size_t i = 0; i < length; i++) {
        if (((unsigned char)value[i] < ' ' && value[i] != '\t') || value[i] == 0x7f)
            return refuse(work, "a line break or another control character in the value");
        if (value[i] == ';' && (i == 0 || is_blank(value[i - 1])))
            return refuse(work, "; behind white space would start a comment");
        if (word && is_blank(value[i]))
            return refuse(work, "one word at a time");
    }
    if (length > 0 && (is_blank(value[0]) || is_blank(value[length - 1])))
        return refuse(work, "white space at the start or end of the value");
    return word && length == 0 ? refuse(work, "an empty word") : VMAIL_OK;
}

static bool is_key(const char *key)
{
    return key != NULL && *key != '\0' &&
           key[strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static bool is_complete(const struct vmail_config_change *change)
{
    if (change->action == VMAIL_CONFIG_ADD_SECTION || change->action == VMAIL_CONFIG_REMOVE_SECTION)
        return true;
    return is_key(change->key) && (change->action == VMAIL_CONFIG_UNSET || change->value != NULL);
}

static enum vmail_result check_change(const struct work *work)
{
    const struct vmail_config_change *change = work->change;
    bool vmail = strcmp(change->section, "vmail") == 0;
    bool domain = strcmp(change->section, "domain") == 0;
    size_t length = strlen(change->argument);
    if (!vmail && !domain && strcmp(change->section, "relay") != 0)
        return refuse(work, "unknown section");
    if (!is_complete(change))
        return refuse(work, "no key that this file could have, or no value");
    if (vmail ? length > 0 : !vmail_domain_valid(change->argument, length))
        return refuse(work, "not a domain name");
    for (size_t i = 0; i < length; i++)
        if (change->argument[i] != vmail_fold(change->argument[i]))
            return refuse(work, "a domain name must be in lower case here");
    if (domain && length > VMAIL_DOMAIN_FILE_MAX)
        return refuse(work, "too long for a file name");
    return check_value(work);
}

static enum vmail_result make_change(struct work *work)
{
    const enum vmail_config_action action = work->change->action;
    long header;
    enum vmail_result result = check_change(work);
    if (result == VMAIL_OK)
        result = find_section(work, &header);
    if (result != VMAIL_OK)
        return result;
    switch (action) {
    case VMAIL_CONFIG_SET:
        return set_key(work, header);
    case VMAIL_CONFIG_UNSET:
        return remove_others(work, VMAIL_LINE_NONE);
    case VMAIL_CONFIG_ADD_WORD:
        return add_word(work, header);
    case VMAIL_CONFIG_REMOVE_WORD:
        return remove_word(work);
    case VMAIL_CONFIG_ADD_SECTION:
        return header == VMAIL_LINE_NONE ? add_section(work) : VMAIL_OK;
    case VMAIL_CONFIG_REMOVE_SECTION:
        break;
    }
    if (*work->change->argument == '\0')
        return refuse(work, "this section is not removed");
    return header == VMAIL_LINE_NONE ? not_found(work, "no such section")
                                     : remove_section(work, header);
}

/* The reader must see in the text what was asked for: a change is never lost without a word. */
static enum vmail_result check_done(const struct work *work)
{
    const struct vmail_config_change *change = work->change;
    size_t at, length;
    long header;
    bool done = true;
    enum vmail_result result = find_section(work, &header);
    if (result != VMAIL_OK)
        return result;
    if (change->action == VMAIL_CONFIG_ADD_SECTION || change->action == VMAIL_CONFIG_REMOVE_SECTION)
        done = (header != VMAIL_LINE_NONE) == (change->action == VMAIL_CONFIG_ADD_SECTION);
    else if (change->action == VMAIL_CONFIG_ADD_WORD || change->action == VMAIL_CONFIG_REMOVE_WORD)
        done = (line_of_word(work, &at, &length) != VMAIL_LINE_NONE) ==
               (change->action == VMAIL_CONFIG_ADD_WORD);
    else {
        long first = next_of_key(work, 0);
        done = (first != VMAIL_LINE_NONE) == (change->action == VMAIL_CONFIG_SET);
        if (done && first != VMAIL_LINE_NONE)
            done = strcmp(line_at(work, first)->value_text, change->value) == 0 &&
                   next_of_key(work, first + 1) == VMAIL_LINE_NONE;
    }
    return done ? VMAIL_OK : refuse(work, "cannot be written so that it is read back the same");
}

enum vmail_result vmail_config_edit(struct vmail_text_buffer *text,
                                    const struct vmail_config_change *changes, size_t count,
                                    struct vmail_error *error)
{
    struct work work = { .error = error };
    const struct vmail_piece before = { text->bytes == NULL ? "" : text->bytes, text->length };
    enum vmail_result result = splice(&work, 0, 0, before.text, before.length);
    for (size_t i = 0; result == VMAIL_OK && i < count; i++) {
        work.change = &changes[i];
        result = make_change(&work);
        if (result == VMAIL_OK)
            result = check_done(&work);
    }
    const struct vmail_piece after = { work.text.bytes, work.text.length };
    if (result == VMAIL_OK)
        result = vmail_config_guard(before, after, changes, count, error);
    if (result == VMAIL_OK) {
        struct vmail_text_buffer old = *text;
        *text = work.text;
        work.text = old;
    }
    vmail_config_scan_end(&work.scan);
    vmail_text_end(&work.text);
    return result;
}
