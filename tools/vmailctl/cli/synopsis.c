/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "synopsis.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/** Takes the next word off *REST: LENGTH bytes at WORD. */
static bool next_word(const char **rest, const char **word, size_t *length)
{
    *rest += strspn(*rest, " ");
    *word = *rest;
    *length = strcspn(*rest, " ");
    *rest += *length;
    return *length > 0;
}

static bool repeats(const char *word, size_t length)
{
    return memmem(word, length, "...", 3) != NULL;
}

void synopsis_count(const char *synopsis, size_t *least, size_t *greatest)
{
    const char *rest = synopsis == NULL ? "" : synopsis, *word;
    size_t length;
    *least = *greatest = 0;
    while (next_word(&rest, &word, &length)) {
        if (word[0] != '[')
            ++*least;
        if (repeats(word, length))
            *greatest = SIZE_MAX;
        if (*greatest != SIZE_MAX)
            ++*greatest;
    }
}

void synopsis_word(const char *synopsis, size_t number, char out[SYNOPSIS_WORD_MAX + 1])
{
    const char *rest = synopsis == NULL ? "" : synopsis, *word;
    size_t length, used = 0;
    out[0] = '\0';
    while (next_word(&rest, &word, &length)) {
        if (number > 0 && !repeats(word, length)) {
            number--;
            continue;
        }
        for (size_t i = 0; i < length && used < SYNOPSIS_WORD_MAX; i++)
            if (strchr("[].", word[i]) == NULL)
                out[used++] = word[i];
        out[used] = '\0';
        return;
    }
}
