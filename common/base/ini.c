/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ini.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static char *trim(char *text)
{
    while (is_blank(*text))
        text++;
    char *end = text + strlen(text);
    while (end > text && is_blank(end[-1]))
        end--;
    *end = '\0';
    return text;
}

static void cut_comment(char *text)
{
    for (char *c = text; *c != '\0'; c++) {
        if (*c == ';' && (c == text || is_blank(c[-1]))) {
            *c = '\0';
            return;
        }
    }
}

void vmail_ini_start(struct vmail_ini *ini, char *text, size_t length)
{
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    *ini = (struct vmail_ini){ .rest = text, .end = text + length };
    if (length >= 3 && memcmp(text, byte_order_mark, 3) == 0)
        ini->rest += 3;
}

static void set_error(struct vmail_ini_item *item, enum vmail_ini_kind kind, const char *what,
                      const char *line)
{
    item->kind = kind;
    item->name = what;
    item->value = line;
}

static void continue_nothing(struct vmail_ini *ini)
{
    ini->key = NULL;
    ini->misplaced = false;
}

static void read_section(struct vmail_ini *ini, char *line, struct vmail_ini_item *item)
{
    continue_nothing(ini);
    char *end = strchr(line, ']');
    if (end == NULL || end[1] != '\0') {
        set_error(item, VMAIL_INI_LOST,
                  "a section must be [name] or [name argument], alone on its line", line);
        return;
    }
    *end = '\0';
    char *name = trim(line + 1);
    char *argument = name + strcspn(name, " \t");
    if (*argument != '\0')
        *argument++ = '\0';
    item->kind = VMAIL_INI_SECTION;
    item->name = name;
    item->value = trim(argument);
}

/* If a section loses its first character, its keys must not go to the section before. */
static bool looks_like_section(const char *line)
{
    for (const char *c = line; *c != '\0'; c++)
        if (strchr("[](){}<>", *c) != NULL || *c < ' ' || *c > '~')
            return true;
    return false;
}

static void read_key(struct vmail_ini *ini, char *line, struct vmail_ini_item *item)
{
    char *equals = strchr(line, '=');
    continue_nothing(ini);
    if (equals == NULL || equals == line) {
        set_error(item, looks_like_section(line) ? VMAIL_INI_LOST : VMAIL_INI_ERROR,
                  "neither a [section] nor `key = value`; put ; in front of a comment", line);
        return;
    }
    *equals = '\0';
    item->kind = VMAIL_INI_KEY;
    item->name = ini->key = trim(line);
    item->value = trim(equals + 1);
}

/* An indented key would silently become part of the value of the key before. */
static void read_continuation(struct vmail_ini *ini, char *text, struct vmail_ini_item *item)
{
    if (strchr(text, '=') != NULL) {
        ini->misplaced = true;
        set_error(item, VMAIL_INI_ERROR, "a key after white space; put it at the start of the line",
                  text);
        return;
    }
    if (ini->misplaced) {
        set_error(item, VMAIL_INI_ERROR, "continues the invalid line above; fix that line", text);
        return;
    }
    item->kind = VMAIL_INI_CONTINUE;
    item->name = ini->key;
    item->value = text;
}

/* Takes the next line from the text and ends it with a NUL; NULL at the end of the text. */
static char *take_ini_line(struct vmail_ini *ini, bool *has_nul)
{
    if (ini->rest >= ini->end)
        return NULL;
    char *line = ini->rest;
    char *newline = memchr(line, '\n', (size_t)(ini->end - line));
    char *end = newline == NULL ? ini->end : newline;
    ini->rest = newline == NULL ? ini->end : newline + 1;
    ini->line++;
    *end = '\0';
    *has_nul = strlen(line) != (size_t)(end - line);
    return line;
}

bool vmail_ini_next(struct vmail_ini *ini, struct vmail_ini_item *item)
{
    char *line;
    bool has_nul;
    while ((line = take_ini_line(ini, &has_nul)) != NULL) {
        item->line = ini->line;
        if (has_nul) {
            continue_nothing(ini);
            set_error(item, VMAIL_INI_LOST, "a NUL byte in the line; this is not a text file",
                      line);
            return true;
        }
        bool continued = is_blank(*line);
        char *text = line;
        while (is_blank(*text))
            text++;
        if (*text == '#' || *text == ';')
            continue;
        cut_comment(text);
        text = trim(text);
        if (*text == '\0')
            continue;
        if (*text == '[') {
            read_section(ini, text, item);
        } else if (continued && ini->key != NULL) {
            read_continuation(ini, text, item);
        } else {
            read_key(ini, text, item);
        }
        return true;
    }
    return false;
}
