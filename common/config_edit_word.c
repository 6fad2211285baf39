/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_edit_word.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "config_edit_key.h"
#include "name.h"

enum { LINE_LENGTH = 100 }; /* a longer list goes on on the next line */

static bool same_word(const struct config_work *work, const char *word, size_t length)
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
static bool find_word(const struct config_work *work, long number, size_t *at, size_t *length)
{
    const struct vmail_config_line *line = config_work_line(work, number);
    size_t i = line->value, end = line->value + line->length;
    while (i < end) {
        size_t start = i;
        while (i < end && !config_work_is_blank(work->text.bytes[i]))
            i++;
        if (i > start && same_word(work, work->text.bytes + start, i - start)) {
            *at = start;
            *length = i - start;
            return true;
        }
        while (i < end && config_work_is_blank(work->text.bytes[i]))
            i++;
    }
    return false;
}

long config_word_find(const struct config_work *work, size_t *at, size_t *length)
{
    long i = config_work_next_of_key(work, 0);
    while (i != VMAIL_LINE_NONE && !find_word(work, i, at, length))
        i = config_work_next_of_key(work, i + 1);
    return i;
}

static enum vmail_result append_word(struct config_work *work, long number)
{
    const char *word = work->change->value;
    const struct vmail_config_line *line = config_work_line(work, number);
    size_t at = line->value + line->length;
    bool may_continue = strchr(word, '=') == NULL;
    bool longer = at - line->start + 1 + strlen(word) > LINE_LENGTH;
    char *new;
    if (line->length == 0)
        return config_key_set_value(work, number, word);
    if (asprintf(&new, "%s%s", longer && may_continue ? "    " : " ", word) < 0)
        return VMAIL_NO_MEMORY;
    enum vmail_result result = longer && may_continue
                                   ? config_work_insert_line(work, (size_t)number + 1, new)
                                   : config_work_splice(work, at, 0, new, strlen(new));
    free(new);
    return result;
}

enum vmail_result config_word_add(struct config_work *work, long header)
{
    size_t at, length;
    if (config_word_find(work, &at, &length) != VMAIL_LINE_NONE)
        return VMAIL_OK;
    long number = config_work_last_of_key(work);
    if (number == VMAIL_LINE_NONE)
        return config_key_insert(work, header);
    /* A line that starts with white space and has an equals sign is an error. */
    if (strchr(work->change->value, '=') != NULL &&
        config_work_line(work, number)->key != VMAIL_LINE_NONE)
        number = config_work_line(work, number)->key;
    return append_word(work, number);
}

/* Cuts the word out with the blanks on one of its sides. */
static enum vmail_result cut_word(struct config_work *work, long number, size_t at, size_t length)
{
    const struct vmail_config_line *line = config_work_line(work, number);
    const char *text = work->text.bytes;
    size_t end = at + length, value_end = line->value + line->length;
    if (length == line->length && line->kind == VMAIL_LINE_MORE)
        return config_key_drop_more(work, number);
    while (end < value_end && config_work_is_blank(text[end]))
        end++;
    while (end == value_end && at > line->value && config_work_is_blank(text[at - 1]))
        at--;
    return config_work_splice(work, at, end - at, NULL, 0);
}

static bool has_words(const struct config_work *work)
{
    for (long i = config_work_next_of_key(work, 0); i != VMAIL_LINE_NONE;
         i = config_work_next_of_key(work, i + 1))
        if (config_work_line(work, i)->length > 0)
            return true;
    return false;
}

enum vmail_result config_word_remove(struct config_work *work)
{
    size_t at, length;
    long number = config_word_find(work, &at, &length);
    enum vmail_result result = VMAIL_OK;
    if (number == VMAIL_LINE_NONE)
        return config_work_not_found(work, "has no such word");
    for (; result == VMAIL_OK && number != VMAIL_LINE_NONE;
         number = config_word_find(work, &at, &length))
        result = cut_word(work, number, at, length);
    if (result == VMAIL_OK && !has_words(work))
        result = config_key_remove_others(work, VMAIL_LINE_NONE);
    return result;
}
