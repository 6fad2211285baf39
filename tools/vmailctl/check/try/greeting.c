/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "greeting.h"

void greeting_take(struct greeting *greeting, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count && !greeting->complete; i++) {
        if (bytes[i] == '\n') {
            greeting->complete = true;
            if (greeting->length > 0 && greeting->text[greeting->length - 1] == '\r')
                greeting->text[--greeting->length] = '\0';
        } else {
            greeting->text[greeting->length++] = bytes[i] == '\0' ? '?' : bytes[i];
            greeting->text[greeting->length] = '\0';
            greeting->complete = greeting->length == GREETING_MAX;
        }
    }
}
