/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_edit_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum vmail_result config_key_add_section(struct config_work *work)
{
    const struct vmail_config_change *change = work->change;
    size_t count = work->scan.count;
    enum vmail_result result = VMAIL_OK;
    char *header;
    if (count > 0 && work->scan.line[count - 1].kind != VMAIL_LINE_BLANK)
        result = config_work_insert_line(work, count, "");
    if (result != VMAIL_OK)
        return result;
    if (asprintf(&header, "[%s%s%s]", change->section, *change->argument == '\0' ? "" : " ",
                 change->argument) < 0)
        return VMAIL_NO_MEMORY;
    result = config_work_insert_line(work, work->scan.count, header);
    free(header);
    return result;
}

static bool is_kind(const struct config_work *work, size_t number, enum vmail_config_line_kind kind)
{
    return number < work->scan.count && work->scan.line[number].kind == kind;
}

enum vmail_result config_key_remove_section(struct config_work *work, long header)
{
    size_t first = (size_t)header, last = (size_t)config_work_last_content(work, header) + 1,
           below = last;
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
    return config_work_splice(work, at, work->scan.line[last - 1].next - at, NULL, 0);
}

static enum vmail_result remove_line(struct config_work *work, long number)
{
    const struct vmail_config_line *line = config_work_line(work, number);
    return config_work_splice(work, line->start, line->next - line->start, NULL, 0);
}

enum vmail_result config_key_drop_more(struct config_work *work, long number)
{
    const struct vmail_config_line *line = config_work_line(work, number);
    size_t end = line->value + line->length;
    while (end < line->next && config_work_is_blank(work->text.bytes[end]))
        end++;
    if (end < line->next && work->text.bytes[end] == ';')
        return config_work_splice(work, line->value, end - line->value, NULL, 0);
    return remove_line(work, number);
}

enum vmail_result config_key_remove_others(struct config_work *work, long kept)
{
    enum vmail_result result = VMAIL_OK;
    for (;;) {
        long i = config_work_last_of_key(work);
        if (i == kept)
            i = VMAIL_LINE_NONE;
        if (result != VMAIL_OK || i == VMAIL_LINE_NONE)
            return result;
        result = config_work_line(work, i)->kind == VMAIL_LINE_MORE ? config_key_drop_more(work, i)
                                                                    : remove_line(work, i);
    }
}

enum vmail_result config_key_insert(struct config_work *work, long header)
{
    char *line;
    enum vmail_result result;
    const struct vmail_config_change *change = work->change;
    if (header == VMAIL_LINE_NONE) {
        result = config_key_add_section(work);
        if (result == VMAIL_OK)
            result = config_work_find_section(work, &header);
        if (result != VMAIL_OK)
            return result;
        if (header == VMAIL_LINE_NONE)
            return config_work_refuse(work, "cannot add this section");
    }
    if (asprintf(&line, "%s =%s%s", change->key, *change->value == '\0' ? "" : " ", change->value) <
        0)
        return VMAIL_NO_MEMORY;
    result =
        config_work_insert_line(work, (size_t)config_work_last_content(work, header) + 1, line);
    free(line);
    return result;
}

enum vmail_result config_key_set_value(struct config_work *work, long number, const char *new)
{
    const struct vmail_config_line *line = config_work_line(work, number);
    size_t at = line->value, count = strlen(new);
    bool space = *new != '\0' && line->length == 0 && work->text.bytes[at - 1] == '=';
    enum vmail_result result = config_work_splice(work, at, line->length, new, count);
    return result == VMAIL_OK && space ? config_work_splice(work, at, 0, " ", 1) : result;
}

enum vmail_result config_key_set(struct config_work *work, long header)
{
    long first = config_work_next_of_key(work, 0);
    if (first == VMAIL_LINE_NONE)
        return config_key_insert(work, header);
    enum vmail_result result = config_key_remove_others(work, first);
    return result == VMAIL_OK ? config_key_set_value(work, first, work->change->value) : result;
}
