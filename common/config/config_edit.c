/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_edit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "config_guard.h"
#include "config_parser.h"
#include "name.h"

enum { NONE = -1, LINE_LENGTH = 100 }; /* a longer list continues on the next line */

enum line_kind { BLANK, COMMENT, HEADER, KEY, MORE, WRONG };

/* One line of the file. A MORE line continues the value of the key above it. */
struct line {
    enum line_kind kind;
    bool ours;    /* it belongs to the section of the change */
    size_t start; /* in the text, after a byte order mark */
    size_t next;  /* after its line ending */
    size_t value; /* where the value starts in the text */
    size_t length;
    const char *name_text; /* in the copy that was parsed */
    const char *value_text;
};

/* A change and the lines around its section. All line numbers are indexes into `line`. */
struct work {
    struct vmail_text_buffer *text;
    size_t from; /* where the first line starts, and where the last ends */
    size_t to;
    struct line *line;
    size_t count;
    char *copy;
    long header; /* the last header line of the section, or NONE */
    const struct vmail_config_change *change;
    struct vmail_error *error;
};

static enum vmail_result refuse(const struct work *work, const char *what)
{
    const struct vmail_config_change *change = work->change;
    vmail_error_set(work->error, EINVAL, "vmail.conf: not changed: [%s%s%s]%s%s: %s",
                    change->section, *change->argument == '\0' ? "" : " ", change->argument,
                    change->key == NULL ? "" : " ", change->key == NULL ? "" : change->key, what);
    return VMAIL_INVALID;
}

static enum vmail_result not_found(const struct work *work, const char *what)
{
    refuse(work, what);
    if (work->error != NULL)
        work->error->code = ENOENT;
    return VMAIL_NOT_FOUND;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* --- from text to lines, by the parser's own rules */

struct walk {
    const struct vmail_text_buffer *text;
    const struct vmail_config_change *change;
    size_t at;
    size_t end;
    const char *copy; /* of the text from `base` on */
    size_t base;
    struct vmail_ini ini;
    struct vmail_config_parser parser; /* its item is the next one that the parser sees */
    bool more;                         /* there is such an item */
    unsigned long number;              /* of the line, as the parser counts */
    bool ours;
};

/* COPY has room for the text from FROM to END and a NUL. */
static void start_walk(struct walk *walk, const struct work *work, size_t from, size_t end,
                       char *copy)
{
    *walk = (struct walk){ .text = work->text, .change = work->change, .copy = copy };
    walk->at = walk->base = from;
    walk->end = end;
    if (end > from)
        memcpy(copy, work->text->bytes + from, end - from);
    copy[end - from] = '\0';
    vmail_ini_start(&walk->ini, copy, end - from);
    walk->more = vmail_ini_next(&walk->ini, &walk->parser.item);
    walk->number = 1;
}

static bool is_our_header(const struct walk *walk)
{
    const struct vmail_ini_item *item = &walk->parser.item;
    const char *argument = walk->change->argument;
    return strcmp(item->name, walk->change->section) == 0 &&
           strlen(item->value) == strlen(argument) &&
           vmail_equal_folded(item->value, argument, strlen(argument));
}

static void take_item(struct walk *walk, struct line *line)
{
    const struct vmail_ini_item *item = &walk->parser.item;
    static const enum line_kind kinds[] = { [VMAIL_INI_SECTION] = HEADER,
                                            [VMAIL_INI_KEY] = KEY,
                                            [VMAIL_INI_CONTINUE] = MORE,
                                            [VMAIL_INI_ERROR] = WRONG,
                                            [VMAIL_INI_LOST] = WRONG };
    line->kind = kinds[item->kind];
    walk->parser.section = SECTION_NONE;
    vmail_parser_lose_section(&walk->parser);
    if (line->kind == HEADER)
        walk->ours = is_our_header(walk);
    else if (walk->parser.section != SECTION_NONE)
        walk->ours = false;
    line->ours = walk->ours;
    if (line->kind != WRONG) {
        line->name_text = item->name;
        line->value_text = item->value;
        line->value = walk->base + (size_t)(item->value - walk->copy);
        line->length = strlen(item->value);
    }
    walk->more = vmail_ini_next(&walk->ini, &walk->parser.item);
}

/* The parser skips both comments and blank lines. */
static enum line_kind passed_over(const char *text, const struct line *line)
{
    for (size_t i = line->start; i < line->next; i++)
        if (strchr(" \t\r\n", text[i]) == NULL || text[i] == '\0')
            return COMMENT;
    return BLANK;
}

static bool next_line(struct walk *walk, struct line *line)
{
    const char *text = walk->text->bytes;
    if (walk->at >= walk->end)
        return false;
    *line = (struct line){ .ours = walk->ours, .start = walk->at };
    line->next = walk->at = vmail_text_next_line(text, walk->end, walk->at);
    if (line->start == 0 && line->next >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        line->start = 3;
    if (walk->more && walk->parser.item.line == walk->number)
        take_item(walk, line);
    else
        line->kind = passed_over(text, line);
    walk->number++;
    return true;
}

static bool is_content(const struct line *line)
{
    return line->kind != BLANK && line->kind != COMMENT;
}

/* Finds the lines of the section, with the comments and blank lines around them. Without such a
 * section, finds the last line of the file. */
static enum vmail_result find_section(struct work *work)
{
    struct walk walk;
    struct line line;
    size_t above = 0, headers = 0, last = 0;
    char *copy = malloc(work->text->length + 1);
    if (copy == NULL)
        return VMAIL_NO_MEMORY;
    start_walk(&walk, work, 0, work->text->length, copy);
    for (size_t at = 0; next_line(&walk, &line); at = walk.at) {
        last = at;
        if (line.kind == HEADER && line.ours && headers++ == 0)
            work->from = above;
        if (line.ours)
            work->to = line.next;
        if (is_content(&line))
            above = line.next;
    }
    free(copy);
    if (headers == 0) {
        work->from = last;
        work->to = work->text->length;
    }
    return headers > 1 && *work->change->argument != '\0'
               ? refuse(work, "this section occurs twice; merge the two by hand")
               : VMAIL_OK;
}

static void forget_lines(struct work *work)
{
    free(work->line);
    free(work->copy);
    work->line = NULL;
    work->copy = NULL;
    work->count = 0;
    work->header = NONE;
}

static enum vmail_result read_lines(struct work *work)
{
    struct walk walk;
    size_t room = 0;
    forget_lines(work);
    for (size_t at = work->from; at < work->to; room++)
        at = vmail_text_next_line(work->text->bytes, work->to, at);
    work->line = calloc(room + 1, sizeof *work->line);
    work->copy = malloc(work->to - work->from + 1);
    if (work->line == NULL || work->copy == NULL)
        return VMAIL_NO_MEMORY;
    start_walk(&walk, work, work->from, work->to, work->copy);
    while (work->count < room && next_line(&walk, &work->line[work->count])) {
        const struct line *line = &work->line[work->count];
        if (line->kind == HEADER && line->ours)
            work->header = (long)work->count;
        work->count++;
    }
    return VMAIL_OK;
}

/* Changes the text and reads the lines again. */
static enum vmail_result splice(struct work *work, size_t at, size_t removed, const char *new,
                                size_t count)
{
    if (!vmail_text_splice(work->text, at, removed, new, count))
        return VMAIL_NO_MEMORY;
    work->to += count - removed; /* unsigned: wraps correctly */
    return read_lines(work);
}

/* --- lines */

/* Inserts LINE, which has no ending, before the line NUMBER, or after the last line. */
static enum vmail_result insert_line(struct work *work, size_t number, const char *line)
{
    const struct vmail_text_buffer *text = work->text;
    const char *ending = vmail_text_ending(text->bytes, text->length);
    size_t at = number < work->count ? work->line[number].start : work->to;
    bool open = at > 0 && number == work->count && text->bytes[at - 1] != '\n';
    char *new;
    int length = asprintf(&new, "%s%s%s", open ? ending : "", line, ending);
    if (length < 0)
        return VMAIL_NO_MEMORY;
    enum vmail_result result = splice(work, at, 0, new, (size_t)length);
    free(new);
    return result;
}

static enum vmail_result remove_line(struct work *work, size_t number)
{
    const struct line *line = &work->line[number];
    return splice(work, line->start, line->next - line->start, NULL, 0);
}

static bool is_kind(const struct work *work, size_t number, enum line_kind kind)
{
    return number < work->count && work->line[number].kind == kind;
}

static bool is_end_of_file(const struct work *work, size_t number)
{
    return number == work->count && work->to == work->text->length;
}

/* Returns the last line of the section that is not a comment. */
static size_t last_content(const struct work *work)
{
    size_t last = (size_t)work->header;
    for (size_t i = last; i < work->count; i++)
        if (work->line[i].ours && is_content(&work->line[i]))
            last = i;
    return last;
}

/* --- sections */

static enum vmail_result add_section(struct work *work)
{
    const struct vmail_config_change *change = work->change;
    enum vmail_result result = VMAIL_OK;
    char *header;
    if (work->count > 0 && !is_kind(work, work->count - 1, BLANK))
        result = insert_line(work, work->count, "");
    if (result != VMAIL_OK)
        return result;
    if (asprintf(&header, "[%s%s%s]", change->section, *change->argument == '\0' ? "" : " ",
                 change->argument) < 0)
        return VMAIL_NO_MEMORY;
    result = insert_line(work, work->count, header);
    free(header);
    return result;
}

/* Comments that touch a section's first or last line belong to it, unless they are directly above
 * the next section. If two blank lines would remain in its place, one is removed as well. */
static enum vmail_result remove_section(struct work *work)
{
    size_t first = (size_t)work->header, last = last_content(work) + 1, below = last;
    while (first > 0 && is_kind(work, first - 1, COMMENT))
        first--;
    while (is_kind(work, below, COMMENT))
        below++;
    if (is_end_of_file(work, below) || is_kind(work, below, BLANK))
        last = below;
    bool blank_above = first > 0 || work->from == 0;
    if (blank_above && is_kind(work, last, BLANK))
        last++;
    else if (first > 0 && is_end_of_file(work, last))
        first--;
    size_t at = work->line[first].start;
    return splice(work, at, work->line[last - 1].next - at, NULL, 0);
}

/* --- keys */

/* Returns the next line of the key or of its value, from line FROM on; NONE at the end. */
static long next_of_key(const struct work *work, long from)
{
    for (size_t i = (size_t)from; i < work->count; i++) {
        const struct line *line = &work->line[i];
        if ((line->kind == KEY || line->kind == MORE) && line->ours &&
            strcmp(line->name_text, work->change->key) == 0)
            return (long)i;
    }
    return NONE;
}

static long last_of_key(const struct work *work)
{
    long last = NONE;
    for (long i = next_of_key(work, 0); i != NONE; i = next_of_key(work, i + 1))
        last = i;
    return last;
}

/* Removes a line that continues a key. If the line has a comment, removes only the value. */
static enum vmail_result drop_more(struct work *work, size_t number)
{
    const struct line *line = &work->line[number];
    size_t end = line->value + line->length;
    while (end < line->next && is_blank(work->text->bytes[end]))
        end++;
    if (end < line->next && work->text->bytes[end] == ';')
        return splice(work, line->value, end - line->value, NULL, 0);
    return remove_line(work, number);
}

/* Removes every line of the key except line KEPT. Starts at the end, so that KEPT stays valid. */
static enum vmail_result remove_others(struct work *work, long kept)
{
    enum vmail_result result = VMAIL_OK;
    for (long i; result == VMAIL_OK && (i = last_of_key(work)) != NONE && i != kept;)
        result = is_kind(work, (size_t)i, MORE) ? drop_more(work, (size_t)i)
                                                : remove_line(work, (size_t)i);
    return result;
}

/* Replaces the value on line NUMBER with NEW. The spacing before it stays. */
static enum vmail_result set_value(struct work *work, size_t number, const char *new)
{
    const struct line *line = &work->line[number];
    size_t at = line->value;
    bool space = *new != '\0' && line->length == 0 && work->text->bytes[at - 1] == '=';
    enum vmail_result result = splice(work, at, line->length, new, strlen(new));
    return result == VMAIL_OK && space ? splice(work, at, 0, " ", 1) : result;
}

/* Adds the key at the end of its section, and the section if it is missing. */
static enum vmail_result insert_key(struct work *work)
{
    const struct vmail_config_change *change = work->change;
    enum vmail_result result = work->header == NONE ? add_section(work) : VMAIL_OK;
    char *line;
    if (result != VMAIL_OK)
        return result;
    if (work->header == NONE)
        return refuse(work, "cannot add this section");
    if (asprintf(&line, "%s =%s%s", change->key, *change->value == '\0' ? "" : " ", change->value) <
        0)
        return VMAIL_NO_MEMORY;
    result = insert_line(work, last_content(work) + 1, line);
    free(line);
    return result;
}

static enum vmail_result set_key(struct work *work)
{
    long first = next_of_key(work, 0);
    if (first == NONE)
        return insert_key(work);
    enum vmail_result result = remove_others(work, first);
    return result == VMAIL_OK ? set_value(work, (size_t)first, work->change->value) : result;
}

/* --- words */

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

/* Finds the word in the value of LINE. AT receives its offset in the text. */
static bool find_in_line(const struct work *work, const struct line *line, size_t *at,
                         size_t *length)
{
    const char *text = work->text->bytes;
    size_t i = line->value, end = line->value + line->length;
    while (i < end) {
        size_t start = i;
        while (i < end && !is_blank(text[i]))
            i++;
        *at = start;
        *length = i - start;
        if (i > start && same_word(work, text + start, i - start))
            return true;
        while (i < end && is_blank(text[i]))
            i++;
    }
    return false;
}

/* Returns the line that has the word, or NONE. Fills in its offset AT and LENGTH. */
static long find_word(const struct work *work, size_t *at, size_t *length)
{
    long i = next_of_key(work, 0);
    while (i != NONE && !find_in_line(work, &work->line[i], at, length))
        i = next_of_key(work, i + 1);
    return i;
}

static enum vmail_result append_word(struct work *work, size_t number)
{
    const char *word = work->change->value;
    const struct line *line = &work->line[number];
    size_t at = line->value + line->length;
    bool wrap = at - line->start + 1 + strlen(word) > LINE_LENGTH && strchr(word, '=') == NULL;
    char *new;
    if (line->length == 0)
        return set_value(work, number, word);
    if (asprintf(&new, "%s%s", wrap ? "    " : " ", word) < 0)
        return VMAIL_NO_MEMORY;
    enum vmail_result result =
        wrap ? insert_line(work, number + 1, new) : splice(work, at, 0, new, strlen(new));
    free(new);
    return result;
}

static enum vmail_result add_word(struct work *work)
{
    size_t at, length;
    if (find_word(work, &at, &length) != NONE)
        return VMAIL_OK;
    long number = last_of_key(work);
    if (number == NONE)
        return insert_key(work);
    /* A line that starts with white space and has an equals sign is an error. */
    while (strchr(work->change->value, '=') != NULL && !is_kind(work, (size_t)number, KEY))
        number--;
    return append_word(work, (size_t)number);
}

/* Removes the word and the blanks on one side of it. */
static enum vmail_result cut_word(struct work *work, size_t number, size_t at, size_t length)
{
    const struct line *line = &work->line[number];
    const char *text = work->text->bytes;
    size_t end = at + length, value_end = line->value + line->length;
    if (length == line->length && line->kind == MORE)
        return drop_more(work, number);
    while (end < value_end && is_blank(text[end]))
        end++;
    while (end == value_end && at > line->value && is_blank(text[at - 1]))
        at--;
    return splice(work, at, end - at, NULL, 0);
}

static bool has_words(const struct work *work)
{
    for (long i = next_of_key(work, 0); i != NONE; i = next_of_key(work, i + 1))
        if (work->line[i].length > 0)
            return true;
    return false;
}

static enum vmail_result remove_word(struct work *work)
{
    size_t at, length;
    enum vmail_result result = VMAIL_OK;
    long number = find_word(work, &at, &length);
    if (number == NONE)
        return not_found(work, "has no such word");
    for (; result == VMAIL_OK && number != NONE; number = find_word(work, &at, &length))
        result = cut_word(work, (size_t)number, at, length);
    return result == VMAIL_OK && !has_words(work) ? remove_others(work, NONE) : result;
}

/* --- one change */

static bool is_about_word(const struct vmail_config_change *change)
{
    return change->action == VMAIL_CONFIG_ADD_WORD || change->action == VMAIL_CONFIG_REMOVE_WORD;
}

static bool is_about_section(const struct vmail_config_change *change)
{
    return change->action == VMAIL_CONFIG_ADD_SECTION ||
           change->action == VMAIL_CONFIG_REMOVE_SECTION;
}

/* Refuses a value that the parser would not read as one value on one line, or as one word. */
static enum vmail_result check_value(const struct work *work)
{
    const char *value = work->change->value;
    bool word = is_about_word(work->change);
    if (value == NULL)
        return VMAIL_OK;
    size_t length = strlen(value);
    for (size_t i = 0; i < length; i++) {
        if (((unsigned char)value[i] < ' ' && value[i] != '\t') || value[i] == 0x7f)
            return refuse(work, "a line break or another control character in the value");
        if (value[i] == ';' && (i == 0 || is_blank(value[i - 1])))
            return refuse(work, "; after white space would start a comment");
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
    return is_about_section(change) ||
           (is_key(change->key) && (change->action == VMAIL_CONFIG_UNSET || change->value != NULL));
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
    switch (work->change->action) {
    case VMAIL_CONFIG_SET:
        return set_key(work);
    case VMAIL_CONFIG_UNSET:
        return remove_others(work, NONE);
    case VMAIL_CONFIG_ADD_WORD:
        return add_word(work);
    case VMAIL_CONFIG_REMOVE_WORD:
        return remove_word(work);
    case VMAIL_CONFIG_ADD_SECTION:
        return work->header == NONE ? add_section(work) : VMAIL_OK;
    case VMAIL_CONFIG_REMOVE_SECTION:
        break;
    }
    if (*work->change->argument == '\0')
        return refuse(work, "this section cannot be removed");
    return work->header == NONE ? not_found(work, "no such section") : remove_section(work);
}

/* Whether the parser reads the requested change in the text: no change is ever lost silently. */
static bool is_done(const struct work *work)
{
    const struct vmail_config_change *change = work->change;
    size_t at, length;
    if (is_about_section(change))
        return (work->header != NONE) == (change->action == VMAIL_CONFIG_ADD_SECTION);
    if (is_about_word(change))
        return (find_word(work, &at, &length) != NONE) == (change->action == VMAIL_CONFIG_ADD_WORD);
    long first = next_of_key(work, 0);
    if (change->action == VMAIL_CONFIG_UNSET || first == NONE)
        return change->action == VMAIL_CONFIG_UNSET && first == NONE;
    return strcmp(work->line[first].value_text, change->value) == 0 &&
           next_of_key(work, first + 1) == NONE;
}

static enum vmail_result change_one(struct work *work)
{
    enum vmail_result result = check_change(work);
    if (result == VMAIL_OK)
        result = find_section(work);
    if (result == VMAIL_OK)
        result = read_lines(work);
    if (result == VMAIL_OK)
        result = make_change(work);
    if (result == VMAIL_OK && !is_done(work))
        result = refuse(work, "cannot be stored: it would be read back differently");
    forget_lines(work);
    return result;
}

enum vmail_result vmail_config_edit(struct vmail_text_buffer *text,
                                    const struct vmail_config_change *changes, size_t count,
                                    struct vmail_error *error)
{
    struct work work = { .text = text, .error = error };
    struct vmail_config_guard *guard;
    enum vmail_result result = vmail_config_guard_start(&guard, text);
    for (size_t i = 0; result == VMAIL_OK && i < count; i++) {
        work.change = &changes[i];
        result = change_one(&work);
    }
    if (result == VMAIL_OK)
        result = vmail_config_guard_judge(guard, text, changes, count, error);
    vmail_config_guard_end(guard);
    return result;
}
