/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "settings.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "ask_program.h"

/** Ends LINE before the blanks at its end. */
static char *cut_blanks(char *line)
{
    for (size_t length = strlen(line); length > 0 && strchr(" \t\r", line[length - 1]) != NULL;)
        line[--length] = '\0';
    return line;
}

static bool add_row(struct settings *settings, char *line)
{
    struct setting *row = vmail_array_append(&settings->row, &settings->count, sizeof *row);
    if (row == NULL)
        return false;
    char *value = strchr(line, '=');
    if (value != NULL)
        *value++ = '\0';
    row->key = cut_blanks(line);
    row->value = value == NULL ? "" : cut_blanks(value + strspn(value, " \t"));
    return true;
}

bool settings_ask(struct check *check, const char *server, const char *const *arguments,
                  struct settings *settings)
{
    const struct finding_place place = { .area = check->area };
    char wrong[256], *line;
    *settings = (struct settings){ .text = ask_program(arguments, wrong, sizeof wrong) };
    if (settings->text == NULL) {
        finding_add(&check->findings, FINDING_NOTE, &place,
                    "cannot ask %s for its settings, because %s fails: %s", server, arguments[0],
                    wrong);
        return false;
    }
    for (char *rest = settings->text; (line = strsep(&rest, "\n")) != NULL;)
        if (!add_row(settings, line)) {
            check->findings.no_memory = true;
            settings_free(settings);
            return false;
        }
    return true;
}

void settings_free(struct settings *settings)
{
    free(settings->row);
    free(settings->text);
    *settings = (struct settings){ 0 };
}

const char *settings_find(const struct settings *settings, const char *key)
{
    for (size_t i = 0; i < settings->count; i++)
        if (strcmp(settings->row[i].key, key) == 0)
            return settings->row[i].value;
    return NULL;
}

const char *settings_value(const struct settings *settings, const char *key)
{
    const char *value = settings_find(settings, key);
    return value == NULL ? "" : value;
}

bool settings_next_word(const char **rest, const char *separators, char word[SETTING_WORD_MAX])
{
    const char *start = *rest + strspn(*rest, separators);
    const size_t length = strcspn(start, separators);
    const size_t kept = length < SETTING_WORD_MAX ? length : SETTING_WORD_MAX - 1;
    memcpy(word, start, kept);
    word[kept] = '\0';
    *rest = start + length;
    return length > 0;
}
