/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "suggest.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "name.h"

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool same(char a, char b)
{
    return vmail_fold(a) == vmail_fold(b);
}

size_t suggest_distance(const char *a, const char *b)
{
    size_t height = strlen(a), width = strlen(b);
    if (height > SUGGEST_WORD_MAX || width > SUGGEST_WORD_MAX)
        return SIZE_MAX;
    /* Three rows of the matrix are enough: this one, and those that an edit refers to. */
    size_t rows[3][SUGGEST_WORD_MAX + 1];
    for (size_t j = 0; j <= width; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= height; i++) {
        size_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *second = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= width; j++) {
            row[j] = least(above[j], row[j - 1]) + 1;
            row[j] = least(row[j], above[j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1));
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
                row[j] = least(row[j], second[j - 2] + 1);
        }
    }
    return rows[height % 3][width];
}

void suggest_consider(struct suggestion *suggestion, const char *candidate)
{
    size_t length = strlen(candidate), distance = suggest_distance(suggestion->word, candidate);
    /* Up to a third of the letters wrong is a typo; more is another word. */
    size_t limit = least(strlen(suggestion->word), length) / 3 + 1;
    if (distance > limit || distance >= length ||
        (suggestion->best[0] != '\0' && distance >= suggestion->distance))
        return;
    memcpy(suggestion->best, candidate, length + 1);
    suggestion->distance = distance;
}

const char *suggest_text(const struct suggestion *suggestion, char out[SUGGEST_TEXT_MAX + 1])
{
    out[0] = '\0';
    if (suggestion->best[0] != '\0')
        snprintf(out, SUGGEST_TEXT_MAX + 1, "; did you mean '%s'?", suggestion->best);
    return out;
}
