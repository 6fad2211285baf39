/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "ask_program.h"
#include "file.h"
#include "number.h"

enum { FILE_MAX = 1024 * 1024 };

/** Ends LINE before the blanks at its end. */
static char *cut_blanks(char *line)
{
    for (size_t length = strlen(line); length > 0 && strchr(" \t\r", line[length - 1]) != NULL;)
        line[--length] = '\0';
    return line;
}

static bool add_row(struct settings *settings, char *line, char separator)
{
    struct setting *row = vmail_array_append(&settings->row, &settings->count, sizeof *row);
    if (row == NULL)
        return false;
    char *value = separator == ' ' ? strpbrk(line, " \t") : strchr(line, separator);
    if (value != NULL)
        *value++ = '\0';
    row->key = cut_blanks(line);
    row->value = value == NULL ? "" : cut_blanks(value + strspn(value, " \t"));
    return true;
}

bool settings_ask(struct check *check, const char *server, const char *const *arguments,
                  struct settings *settings)
{
    char wrong[256], *line;
    *settings = (struct settings){ .text = ask_program(arguments, wrong, sizeof wrong) };
    if (settings->text == NULL) {
        finding_add(&check->findings, FINDING_NOTE, NULL,
                    "cannot ask %s for its settings, because %s fails: %s", server, arguments[0],
                    wrong);
        return false;
    }
    for (char *rest = settings->text; (line = strsep(&rest, "\n")) != NULL;)
        if (!add_row(settings, line, '=')) {
            check->findings.no_memory = true;
            settings_free(settings);
            return false;
        }
    return true;
}

/** Appends the file PATH to the text; nothing if it does not exist. An error number, 0 for none. */
static int append_file(struct settings *settings, size_t *length, const char *path)
{
    size_t more = 0;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT ? 0 : errno;
    char *text = vmail_file_read_all(fd, FILE_MAX, &more);
    const int code = errno;
    close(fd);
    char *larger = text == NULL ? NULL : realloc(settings->text, *length + more + 2);
    if (larger != NULL) {
        memcpy(larger + *length, text, more);
        *length += more;
        memcpy(larger + *length, "\n", 2);
        *length += 1;
        settings->text = larger;
    }
    free(text);
    return text == NULL ? code : larger == NULL ? ENOMEM : 0;
}

bool settings_read(struct check *check, const char *const *paths, char separator,
                   struct settings *settings)
{
    size_t length = 0;
    char *line;
    *settings = (struct settings){ 0 };
    for (; *paths != NULL; paths++) {
        const int code = append_file(settings, &length, *paths);
        if (code != 0) {
            const struct finding_place place = { .file = *paths };
            finding_add(&check->findings, FINDING_NOTE, &place, "cannot be read: %s",
                        strerrordesc_np(code));
            return false;
        }
    }
    for (char *rest = settings->text; rest != NULL && (line = strsep(&rest, "\n")) != NULL;) {
        line += strspn(line, " \t");
        if (line[0] != '#' && line[0] != '\0' && !add_row(settings, line, separator)) {
            check->findings.no_memory = true;
            return false;
        }
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
    for (size_t i = settings->count; i > 0; i--)
        if (strcmp(settings->row[i - 1].key, key) == 0)
            return settings->row[i - 1].value;
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

bool settings_is_above_ids(const struct check *check, const char *value)
{
    uint64_t number;
    return vmail_number_parse(value, strlen(value), UINT32_MAX, &number) &&
           number > check->context->config->rules.ids.first;
}
