/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "shell_word.h"

#include <string.h>

/* Characters that are not special to any shell, anywhere in a word. */
static const char ordinary[] = "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789"
                               "._+@/:,=%-";

/* Returns how many bytes TEXT needs in single quotes, with the final NUL. */
static size_t quoted_size(const char *text)
{
    size_t size = 3;
    for (; *text != '\0'; text++)
        size += *text == '\'' ? 4 : 1;
    return size;
}

const char *vmail_shell_word(const char *text, char *out, size_t size)
{
    char *end = out;
    if (text[0] != '\0' && text[strspn(text, ordinary)] == '\0')
        return text;
    if (quoted_size(text) > size)
        text = "";
    *end++ = '\'';
    for (; *text != '\0'; text++)
        if (*text == '\'')
            end = mempcpy(end, "'\\''", 4);
        else
            *end++ = *text;
    *end++ = '\'';
    *end = '\0';
    return out;
}

char vmail_shell_oddity(const char *text)
{
    return text[strcspn(text, "$`;|&<>()'\"\\*?!~#[]{}")];
}
