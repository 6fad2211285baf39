/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Spelling suggestions: the known word that a mistyped one is nearest to.
 */
#ifndef VMAILCTL_SUGGEST_H
#define VMAILCTL_SUGGEST_H

#include <stddef.h>

enum { SUGGEST_WORD_MAX = 320 }; /* longer words are not compared; the longest name has 318 */

/**
 * How many characters to insert, delete, exchange, or swap with their neighbour, no character being
 * edited twice, make A into B (the Damerau-Levenshtein distance in its restricted form). Compares
 * bytes, ASCII letters without regard to case. SIZE_MAX where a word is longer than
 * SUGGEST_WORD_MAX.
 */
size_t suggest_distance(const char *a, const char *b);

/** The search for a word near the one mistyped. Start with { .word = WORD }. */
struct suggestion {
    const char *word;
    char best[SUGGEST_WORD_MAX + 1]; /* "" while there is none near enough */
    size_t distance;                 /* of BEST */
};

/** Takes CANDIDATE where it is near enough, and nearer than any before. */
void suggest_consider(struct suggestion *suggestion, const char *candidate);

/** Room for "; did you mean ...?" */
enum { SUGGEST_TEXT_MAX = SUGGEST_WORD_MAX + 24 };

/** Writes "; did you mean 'BEST'?" to OUT, or "", for the end of a message; returns OUT. */
const char *suggest_text(const struct suggestion *suggestion, char out[SUGGEST_TEXT_MAX + 1]);

#endif
