/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text.h"

#include <limits.h>
#include <locale.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

void text_set_locale(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
}

/** Takes one character off *TEXT, which is not empty. False: a byte that is not UTF-8. */
static bool take_character(const char **text, wchar_t *character)
{
    mbstate_t state = { 0 };
    const size_t bytes = mbrtowc(character, *text, strnlen(*text, MB_LEN_MAX), &state);
    const bool valid = bytes != (size_t)-1 && bytes != (size_t)-2;
    *text += valid ? bytes : 1;
    return valid;
}

/** Unicode marks that change the direction of text, or are invisible. */
static bool is_invisible_mark(wchar_t character)
{
    return character == 0x061c || (character >= 0x200b && character <= 0x200f) ||
           (character >= 0x2028 && character <= 0x202e) ||
           (character >= 0x2060 && character <= 0x206f) || character == 0xfeff;
}

static bool is_printable(wchar_t character)
{
    return iswprint((wint_t)character) && wcwidth(character) >= 0 && !is_invisible_mark(character);
}

/** Whether TEXT is only printable ASCII, as almost all texts are. */
static bool is_plain(const char *text)
{
    for (; *text >= ' ' && *text <= '~'; text++)
        ;
    return *text == '\0';
}

char *text_end(FILE *out, char **text)
{
    const bool good = !ferror(out);
    if (fclose(out) == 0 && good)
        return *text;
    free(*text);
    return NULL;
}

char *text_clean(const char *text)
{
    char *clean = NULL;
    size_t size = 0;
    if (is_plain(text))
        return strdup(text);
    FILE *out = open_memstream(&clean, &size);
    if (out == NULL)
        return NULL;
    while (*text != '\0') {
        const char *start = text;
        wchar_t character = 0;
        const bool valid = take_character(&text, &character);
        if (valid && is_printable(character))
            fwrite(start, 1, (size_t)(text - start), out);
        else if (valid && character > 0x7f)
            fprintf(out, "\\u%04x", (unsigned)character);
        else
            fprintf(out, "\\x%02x", (unsigned)(uint8_t)*start);
    }
    return text_end(out, &clean);
}

size_t text_width(const char *text)
{
    size_t width = 0;
    if (is_plain(text))
        return strlen(text);
    while (*text != '\0') {
        wchar_t character = 0;
        const int columns = take_character(&text, &character) ? wcwidth(character) : 1;
        width += columns > 0 ? (size_t)columns : 0;
    }
    return width;
}

json_t *text_json(const char *text)
{
    if (text == NULL)
        return json_null();
    json_t *string = json_string(text);
    if (string != NULL)
        return string;
    char *valid = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&valid, &size);
    if (out == NULL)
        return NULL;
    while (*text != '\0') {
        const char *start = text;
        wchar_t character = 0;
        if (take_character(&text, &character))
            fwrite(start, 1, (size_t)(text - start), out);
        else
            fputs("\xef\xbf\xbd", out);
    }
    valid = text_end(out, &valid);
    string = valid == NULL ? NULL : json_string(valid);
    free(valid);
    return string;
}

json_t *text_json_or_null(const char *text)
{
    return text_json(text == NULL || *text == '\0' ? NULL : text);
}

json_t *text_json_format(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    const int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return NULL;
    json_t *string = text_json(text);
    free(text);
    return string;
}

bool text_is_one_of(const char *text, const char *const *list)
{
    while (*list != NULL && strcmp(*list, text) != 0)
        list++;
    return *list != NULL;
}
