/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "repair_shown.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "text.h"

void repair_show(json_t *shown, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    json_array_append_new(shown, json_pack("{s:o}", "action", text_json(text)));
    free(text);
}

void repair_say(const struct context *context, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    char *clean = context->json ? NULL : text_clean(text);
    if (clean != NULL)
        printf("repaired: %s\n", clean);
    free(clean);
    free(text);
}
