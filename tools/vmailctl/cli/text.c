/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text.h"

#include <locale.h>
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

/** Reads one character of TEXT (LENGTH bytes, not 0). Returns its bytes; 0 if it is not UTF-8. */
static size_t next_character(const char *text, size_t length, wchar_t *character)
{
    mbstate_t state;
    memset(&state, 0, sizeof state);
    size_t bytes = mbrtowc(character, text, length, &state);
    return bytes == (size_t)-1 || bytes == (size_t)-2 ? 0 : bytes;
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

char *text_clean(const char *text)
{
    char *clean = NULL;
    size_t size = 0, left = strlen(text);
    if (is_plain(text))
        return strdup(text);
    FILE *out = open_memstream(&clean, &size);
    if (out == NULL)
        return NULL;
    while (left > 0) {
        wchar_t character = 0;
        size_t bytes = next_character(text, left, &character);
        if (bytes > 0 && is_printable(character))
            fwrite(text, 1, bytes, out);
        else if (bytes > 0 && character > 0x7f)
            fprintf(out, "\\u%04x", (unsigned)character);
        else
            fprintf(out, "\\x%02x", (unsigned)(uint8_t)*text);
        bytes = bytes > 0 ? bytes : 1;
        text += bytes;
        left -= bytes;
    }
    bool good = !ferror(out);
    if (fclose(out) != 0 || !good) {
        free(clean);
        return NULL;
    }
    return clean;
}

size_t text_width(const char *text)
{
    size_t width = 0, left = strlen(text);
    if (is_plain(text))
        return left;
    while (left > 0) {
        wchar_t character = 0;
        size_t bytes = next_character(text, left, &character);
        int columns = bytes > 0 ? wcwidth(character) : 1;
        width += columns > 0 ? (size_t)columns : 0;
        bytes = bytes > 0 ? bytes : 1;
        text += bytes;
        left -= bytes;
    }
    return width;
}

json_t *text_json(const char *text)
{
    json_t *string = json_string(text);
    if (string != NULL)
        return string;
    char *valid = NULL;
    size_t size = 0, left = strlen(text);
    FILE *out = open_memstream(&valid, &size);
    if (out == NULL)
        return NULL;
    while (left > 0) {
        wchar_t character = 0;
        size_t bytes = next_character(text, left, &character);
        if (bytes > 0)
            fwrite(text, 1, bytes, out);
        else
            fputs("\xef\xbf\xbd", out);
        bytes = bytes > 0 ? bytes : 1;
        text += bytes;
        left -= bytes;
    }
    bool good = !ferror(out);
    if (fclose(out) == 0 && good)
        string = json_string(valid);
    free(valid);
    return string;
}
