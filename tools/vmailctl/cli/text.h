/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Text for a screen: makes it safe to print, and counts its columns.
 *
 * All text is UTF-8; everything else, and everything that could control a terminal or reorder a
 * line (control characters of ASCII and of Unicode, marks of writing direction), is shown as an
 * escape such as \x1b or \u202e. The caller has set a UTF-8 locale for LC_CTYPE; see
 * text_set_locale.
 */
#ifndef VMAILCTL_TEXT_H
#define VMAILCTL_TEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/** Sets LC_CTYPE to C.UTF-8: names and files are UTF-8 in every locale of the caller. */
void text_set_locale(void);

/**
 * Closes OUT, a stream of open_memstream(3) into *TEXT, and returns this; if anything failed, frees
 * it and returns NULL.
 */
char *text_end(FILE *out, char **text);

/** TEXT with escapes where needed; the caller frees it. NULL if memory is short. */
char *text_clean(const char *text);

/** The number of columns of TEXT, made by text_clean, on a terminal. */
size_t text_width(const char *text);

/**
 * TEXT as a new JSON string, with U+FFFD for bytes that are not UTF-8 (which JSON does not allow);
 * null for NULL. NULL if memory is short. Every string from a file is converted to JSON with this.
 */
json_t *text_json(const char *text);

/** The same; null also for "". */
json_t *text_json_or_null(const char *text);

/** The same, made as by printf(3). */
json_t *text_json_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Whether TEXT is in LIST, which ends with NULL. */
bool text_is_one_of(const char *text, const char *const *list);

#endif
