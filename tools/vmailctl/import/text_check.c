/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/text_check.h"

#include <stddef.h>
#include <string.h>

bool import_line_valid(const char *text)
{
    for (; *text != '\0'; text++)
        if (((unsigned char)*text < ' ' && *text != '\t') || *text == 0x7f)
            return false;
    return true;
}

bool import_text_valid(const char *text)
{
    return strchr(text, ':') == NULL && import_line_valid(text);
}

bool import_ageing_valid(const char *text)
{
    enum { COLONS = 6, DIGITS_MAX = 9 };
    size_t colons = 0, digits = 0;
    for (; *text != '\0'; text++) {
        bool colon = *text == ':';
        digits = colon ? 0 : digits + 1;
        colons += colon;
        if ((!colon && (*text < '0' || *text > '9')) || digits > DIGITS_MAX)
            return false;
    }
    return colons == COLONS;
}
