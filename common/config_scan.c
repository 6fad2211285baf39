/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_scan.h"

#include <stdlib.h>
#include <string.h>

#include "config_parser.h"
#include "text_buffer.h"

static bool split_lines(const char *text, size_t length, struct vmail_config_scan *scan)
{
    size_t count = 0;
    for (size_t at = 0; at < length; at = vmail_text_next_line(text, length, at))
        count++;
    scan->line = calloc(count + 1, sizeof *scan->line);
    if (scan->line == NULL)
        return false;
    scan->count = count;
    for (size_t i = 0, at = 0; i < count; i++) {
        scan->line[i].start = at;
        scan->line[i].header = scan->line[i].key = VMAIL_LINE_NONE;
        at = vmail_text_next_line(text, length, at);
        scan->line[i].next = at;
    }
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        scan->line[0].start = 3;
    return true;
}

/* The reader passes over comments and blank lines alike. */
static enum vmail_config_line_kind passed_over(const char *text,
                                               const struct vmail_config_line *line)
{
    for (size_t i = line->start; i < line->next; i++)
        if (strchr(" \t\r\n", text[i]) == NULL || text[i] == '\0')
            return VMAIL_LINE_COMMENT;
    return VMAIL_LINE_BLANK;
}

static enum vmail_config_line_kind kind_of(enum vmail_ini_kind kind)
{
    switch (kind) {
    case VMAIL_INI_SECTION:
        return VMAIL_LINE_HEADER;
    case VMAIL_INI_KEY:
        return VMAIL_LINE_KEY;
    case VMAIL_INI_CONTINUE:
        return VMAIL_LINE_MORE;
    case VMAIL_INI_ERROR:
    case VMAIL_INI_LOST:
        break;
    }
    return VMAIL_LINE_WRONG;
}

static void take_items(struct vmail_config_scan *scan, size_t length)
{
    struct vmail_config_parser parser = { 0 };
    struct vmail_ini ini;
    long header = VMAIL_LINE_NONE, key = VMAIL_LINE_NONE;
    size_t next = 0;
    vmail_ini_start(&ini, scan->copy, length);
    while (vmail_ini_next(&ini, &parser.item)) {
        const size_t at = parser.item.line - 1;
        for (; next < at; next++)
            scan->line[next].header = header;
        next = at + 1;
        struct vmail_config_line *line = &scan->line[at];
        line->kind = kind_of(parser.item.kind);
        parser.section = SECTION_NONE;
        vmail_parser_lose_section(&parser);
        if (line->kind == VMAIL_LINE_HEADER)
            header = (long)at;
        else if (parser.section != SECTION_NONE)
            header = VMAIL_LINE_NONE;
        if (line->kind == VMAIL_LINE_KEY)
            key = (long)at;
        line->header = header;
        line->key = line->kind == VMAIL_LINE_MORE ? key : VMAIL_LINE_NONE;
        line->name_text = parser.item.name;
        line->value_text = parser.item.value;
        if (line->kind != VMAIL_LINE_WRONG) {
            line->value = (size_t)(parser.item.value - scan->copy);
            line->length = strlen(parser.item.value);
        }
    }
    for (; next < scan->count; next++)
        scan->line[next].header = header;
}

bool vmail_config_scan(const char *text, size_t length, struct vmail_config_scan *scan)
{
    *scan = (struct vmail_config_scan){ NULL, 0, malloc(length + 1) };
    if (scan->copy == NULL || !split_lines(text, length, scan))
        return false;
    if (length > 0)
        memcpy(scan->copy, text, length);
    scan->copy[length] = '\0';
    for (size_t i = 0; i < scan->count; i++)
        scan->line[i].kind = passed_over(text, &scan->line[i]);
    take_items(scan, length);
    return true;
}

void vmail_config_scan_end(struct vmail_config_scan *scan)
{
    free(scan->line);
    free(scan->copy);
    *scan = (struct vmail_config_scan){ NULL, 0, NULL };
}
