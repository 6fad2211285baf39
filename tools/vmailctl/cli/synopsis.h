/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Synopses: parses "DOMAIN USER@DOMAIN... [TEXT]", which --help also prints. A word in brackets is
 * optional; "..." after or in a word means any number.
 */
#ifndef VMAILCTL_SYNOPSIS_H
#define VMAILCTL_SYNOPSIS_H

#include <stddef.h>

/** The minimum and maximum number of arguments; SIZE_MAX for no limit. SYNOPSIS may be NULL. */
void synopsis_count(const char *synopsis, size_t *least, size_t *greatest);

enum { SYNOPSIS_WORD_MAX = 63 };

/**
 * Writes the word for argument NUMBER (from 0) to OUT, without brackets and dots; "" if SYNOPSIS
 * has none.
 */
void synopsis_word(const char *synopsis, size_t number, char out[SYNOPSIS_WORD_MAX + 1]);

#endif
