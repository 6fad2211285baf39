/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Synopses: reads "DOMAIN USER@DOMAIN... [TEXT]", which --help prints, as the rule that it states.
 * A word in brackets may be left out; "..." behind or in a word means as many as you like.
 */
#ifndef VMAILCTL_SYNOPSIS_H
#define VMAILCTL_SYNOPSIS_H

#include <stddef.h>

/** The least and the greatest number of arguments; SIZE_MAX for no limit. SYNOPSIS may be NULL. */
void synopsis_count(const char *synopsis, size_t *least, size_t *greatest);

enum { SYNOPSIS_WORD_MAX = 63 };

/**
 * Writes the word for argument NUMBER (from 0) to OUT, without brackets and dots; "" where SYNOPSIS
 * has none.
 */
void synopsis_word(const char *synopsis, size_t number, char out[SYNOPSIS_WORD_MAX + 1]);

#endif
