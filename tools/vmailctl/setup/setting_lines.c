/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setting_lines.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SERVICE_MAX = 63 };

/* A setting in a text: its first line is at [at, line_end), and all of it ends before `end`. */
struct setting {
    const char *text;
    size_t at, line_end, end;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Whether the line at AT is a comment or empty. */
static bool says_nothing(const char *text, size_t length, size_t at)
{
    while (at < length && text[at] != '\n' && is_blank(text[at]))
        at++;
    return at == length || text[at] == '\n' || text[at] == '#';
}

/* Finds the setting at AT or after it. False: there is none. */
static bool find_setting(const char *text, size_t length, size_t at, struct setting *setting)
{
    while (at < length && (says_nothing(text, length, at) || is_blank(text[at])))
        at = vmail_text_next_line(text, length, at);
    if (at == length)
        return false;
    const size_t next = vmail_text_next_line(text, length, at);
    *setting = (struct setting){ text, at, next, next };
    for (size_t line = next; line < length; line = vmail_text_next_line(text, length, line)) {
        if (says_nothing(text, length, line))
            continue;
        if (!is_blank(text[line]))
            break;
        setting->end = vmail_text_next_line(text, length, line);
    }
    return true;
}

/* Whether settings of this kind are NAME = VALUE. */
static bool is_value(enum setting_key key)
{
    return key == SETTING_KEY_EQUALS || key == SETTING_KEY_POSTFIX;
}

/* Where in a setting the next word is looked for. */
struct words {
    const struct setting *setting;
    size_t at;
    enum setting_key key;
};

/* The next word; "=" is one by itself in the first line of a setting that has a value. False: the
 * end. */
static bool next_word(struct words *words, struct vmail_piece *word)
{
    const struct setting *setting = words->setting;
    const char *text = setting->text;
    while (words->at < setting->end) {
        const bool new_line = words->at > setting->at && text[words->at - 1] == '\n';
        if (new_line && says_nothing(text, setting->end, words->at))
            words->at = vmail_text_next_line(text, setting->end, words->at);
        else if (is_blank(text[words->at]))
            words->at++;
        else
            break;
    }
    if (words->at >= setting->end)
        return false;
    const size_t start = words->at;
    const bool equals = is_value(words->key);
    do
        words->at++;
    while (words->at < setting->end && !is_blank(text[words->at]) &&
           !(equals && (text[words->at] == '=' || text[start] == '=')));
    *word = (struct vmail_piece){ text + start, words->at - start };
    return true;
}

static bool is_equals(struct vmail_piece word)
{
    return word.length == 1 && word.text[0] == '=';
}

/* The port of the service that WORD names, perhaps after an address: "192.0.2.1:pop3"; 0 for none.
 */
static int port_of(struct vmail_piece word)
{
    char name[SERVICE_MAX + 1], *end;
    const char *colon = memrchr(word.text, ':', word.length);
    const size_t start = colon == NULL ? 0 : (size_t)(colon + 1 - word.text);
    const size_t length = word.length - start;
    if (length == 0 || length > SERVICE_MAX)
        return 0;
    memcpy(name, word.text + start, length);
    name[length] = '\0';
    const long number = strtol(name, &end, 10);
    if (*end == '\0')
        return number > 0 && number <= UINT16_MAX ? (int)number : 0;
    const struct servent *service = getservbyname(name, "tcp");
    return service == NULL ? 0 : ntohs((uint16_t)service->s_port);
}

/* Whether two words are the same, or, as services, the same port. */
static bool same_word(struct vmail_piece one, struct vmail_piece other, bool are_services)
{
    if (one.length == other.length && memcmp(one.text, other.text, one.length) == 0)
        return true;
    return are_services && port_of(one) != 0 && port_of(one) == port_of(other);
}

/* Compares two settings: their keys only, or all of them. */
static bool same(const struct setting *a, const struct setting *b, enum setting_key key,
                 bool only_key)
{
    struct words left = { a, a->at, key }, right = { b, b->at, key };
    struct vmail_piece one, other;
    for (size_t count = 1;; count++) {
        const bool more = next_word(&left, &one);
        if (next_word(&right, &other) != more)
            return false;
        if (!more)
            return true;
        if (!same_word(one, other, only_key && count == 1 && !is_value(key)))
            return false;
        if (only_key &&
            (is_value(key) ? is_equals(one) : count == (key == SETTING_KEY_TWO_WORDS ? 2 : 3)))
            return true;
    }
}

/* Removes the lines that continue SETTING, and leaves the comments between them. */
static bool remove_rest(struct vmail_text_buffer *text, const struct setting *setting)
{
    size_t at = setting->line_end, end = setting->end;
    while (at < end) {
        const size_t next = vmail_text_next_line(text->bytes, text->length, at);
        if (says_nothing(text->bytes, text->length, at)) {
            at = next;
            continue;
        }
        if (!vmail_text_splice(text, at, next - at, NULL, 0))
            return false;
        end -= next - at;
    }
    return true;
}

static bool append_setting(struct vmail_text_buffer *text, const struct setting *new)
{
    if (text->length > 0 && text->bytes[text->length - 1] != '\n' &&
        !vmail_text_splice(text, text->length, 0, "\n", 1))
        return false;
    return vmail_text_splice(text, text->length, 0, new->text + new->at, new->end - new->at);
}

/* The value that stands on the first line of SETTING, without blanks around it. */
static struct vmail_piece value_of(const struct setting *setting)
{
    const char *start = memchr(setting->text + setting->at, '=', setting->line_end - setting->at);
    const char *end = setting->text + setting->line_end;
    start = start == NULL ? end : start + 1;
    while (start < end && is_blank(*start))
        start++;
    while (end > start && is_blank(end[-1]))
        end--;
    return (struct vmail_piece){ start, (size_t)(end - start) };
}

static bool is_list(const struct setting *setting)
{
    static const char *const endings[] = { "_maps", "_domains", "_restrictions" };
    const char *name = setting->text + setting->at;
    const size_t length = strcspn(name, " \t=");
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const size_t ending = strlen(endings[i]);
        if (length > ending && memcmp(name + length - ending, endings[i], ending) == 0)
            return true;
    }
    return false;
}

/* Whether LINE has ITEM, with blanks, commas or nothing around it. */
static bool has_item(struct vmail_piece line, struct vmail_piece item)
{
    const char *end = line.text + line.length;
    for (const char *at = line.text;
         (at = memmem(at, (size_t)(end - at), item.text, item.length)) != NULL; at++) {
        const char *after = at + item.length;
        if ((at == line.text || strchr(" \t,=", at[-1]) != NULL) &&
            (after == end || strchr(" \t\r\n,", *after) != NULL))
            return true;
    }
    return false;
}

/* Adds the value of NEW to the end of LIST, a setting of TEXT, unless a line of it has the value.
 */
static bool add_to_list(struct vmail_text_buffer *text, const struct setting *list,
                        const struct setting *new)
{
    const struct vmail_piece value = value_of(new);
    size_t end = list->at;
    if (value.length == 0)
        return true;
    for (size_t at = list->at; at < list->end;
         at = vmail_text_next_line(text->bytes, list->end, at)) {
        const size_t next = vmail_text_next_line(text->bytes, list->end, at);
        if (says_nothing(text->bytes, list->end, at))
            continue;
        if (has_item((struct vmail_piece){ text->bytes + at, next - at }, value))
            return true;
        end = next;
    }
    while (is_blank(text->bytes[end - 1]))
        end--;
    const char *between = text->bytes[end - 1] == '=' ? " " : ", ";
    return vmail_text_splice(text, end, 0, value.text, value.length) &&
           vmail_text_splice(text, end, 0, between, strlen(between));
}

static bool put_setting(struct vmail_text_buffer *text, const struct setting *new,
                        enum setting_key key)
{
    struct setting here, last = { NULL, 0, 0, 0 };
    size_t at = 0;
    while (text->length > 0 && find_setting(text->bytes, text->length, at, &here)) {
        if (same(&here, new, key, true))
            last = here;
        at = here.end;
    }
    if (last.text == NULL)
        return append_setting(text, new);
    if (same(&last, new, key, false))
        return true;
    if (key == SETTING_KEY_POSTFIX && is_list(new))
        return add_to_list(text, &last, new);
    return remove_rest(text, &last) && vmail_text_splice(text, last.at, last.line_end - last.at,
                                                         new->text + new->at, new->end - new->at);
}

bool setting_lines_put(struct vmail_text_buffer *text, struct vmail_piece example,
                       enum setting_key key)
{
    struct setting new;
    for (size_t at = 0; find_setting(example.text, example.length, at, &new); at = new.end)
        if (!put_setting(text, &new, key))
            return false;
    return true;
}
