/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "number.h"

bool vmail_number_parse(const char *text, size_t length, uint64_t maximum, uint64_t *value)
{
    uint64_t sum = 0;
    if (length == 0)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(text[i] - '0');
        if (digit > maximum || sum > (maximum - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *value = sum;
    return true;
}
