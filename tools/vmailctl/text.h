/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Text for a screen: what is safe to send there, and how many columns it takes.
 *
 * All text is UTF-8; what is not, and what could steer a terminal or reorder a line (control
 * characters of ASCII and of Unicode, marks of writing direction), is shown as an escape such as
 * \x1b or \u202e. The caller has set a UTF-8 locale for LC_CTYPE; see text_set_locale.
 */
#ifndef VMAILCTL_TEXT_H
#define VMAILCTL_TEXT_H

#include <jansson.h>
#include <stddef.h>

/** Sets LC_CTYPE to C.UTF-8: names and files are UTF-8 whatever the caller's locale is. */
void text_set_locale(void);

/** TEXT with escapes where needed; the caller frees it. NULL where memory is short. */
char *text_clean(const char *text);

/** The columns that TEXT, made by text_clean, takes on a terminal. */
size_t text_width(const char *text);

/**
 * TEXT as a new JSON string, with U+FFFD for bytes that are no UTF-8 (which JSON cannot hold). NULL
 * where memory is short. Every string of a file goes into JSON by this.
 */
json_t *text_json(const char *text);

#endif
