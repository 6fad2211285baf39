/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "number.h"

/* This many cannot overflow. */
enum { SAFE_DIGITS = 19 };

bool vmail_number_parse(const char *text, size_t length, uint64_t maximum, uint64_t *value)
{
    uint64_t sum = 0;
    if (length == 0)
        return false;
    for (; length > SAFE_DIGITS && *text == '0'; length--)
        text++;
    const char *end = text + length;
    const char *safe = length < SAFE_DIGITS ? end : text + SAFE_DIGITS;
    for (; text < safe; text++) {
        const unsigned digit = (unsigned)(unsigned char)*text - '0';
        if (digit > 9)
            return false;
        sum = sum * 10 + digit;
    }
    for (; text < end; text++) {
        const unsigned digit = (unsigned)(unsigned char)*text - '0';
        if (digit > 9 || __builtin_mul_overflow(sum, 10, &sum) ||
            __builtin_add_overflow(sum, digit, &sum))
            return false;
    }
    *value = sum;
    return sum <= maximum;
}
