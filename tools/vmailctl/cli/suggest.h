/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Spelling suggestions: the known word closest to a mistyped one.
 */
#ifndef VMAILCTL_SUGGEST_H
#define VMAILCTL_SUGGEST_H

#include <stddef.h>

enum { SUGGEST_WORD_MAX = 320 }; /* longer words are not compared; the longest name has 318 */

/**
 * The number of characters to insert, delete, replace, or swap with their neighbour to turn A into
 * B, each edited only once (the restricted Damerau-Levenshtein distance). Compares bytes, and
 * ignores the case of ASCII letters. SIZE_MAX if a word is longer than SUGGEST_WORD_MAX.
 */
size_t suggest_distance(const char *a, const char *b);

/** The search for a word close to a mistyped one. Start with { .word = WORD }. */
struct suggestion {
    const char *word;
    char best[SUGGEST_WORD_MAX + 1]; /* "" while no word is close enough */
    size_t distance;                 /* of BEST */
};

/** Keeps CANDIDATE if it is close enough, and closer than those before. */
void suggest_consider(struct suggestion *suggestion, const char *candidate);

/** Room for "; did you mean ...?" */
enum { SUGGEST_TEXT_MAX = SUGGEST_WORD_MAX + 24 };

/** Writes "; did you mean 'BEST'?" or "" to OUT, for the end of a message; returns OUT. */
const char *suggest_text(const struct suggestion *suggestion, char out[SUGGEST_TEXT_MAX + 1]);

#endif
