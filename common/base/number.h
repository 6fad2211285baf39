/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Decimal numbers, read strictly: digits only, no sign, no white space, no locale.
 */
#ifndef VMAIL_NUMBER_H
#define VMAIL_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Reads the LENGTH digits at TEXT, at most MAXIMUM. Returns false for anything else. */
bool vmail_number_parse(const char *text, size_t length, uint64_t maximum, uint64_t *value);

#endif
