/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Arrays that grow at their end.
 */
#ifndef VMAIL_ARRAY_H
#define VMAIL_ARRAY_H

#include <stddef.h>

/**
 * Appends a row of SIZE bytes, all zero, to an array that only this function makes larger. ARRAY
 * points to the pointer to its first row, NULL for an empty array; COUNT to the number of rows.
 * Both are changed. Returns the new row, or NULL, with nothing changed, where memory is short. The
 * caller frees the array.
 */
void *vmail_array_append(void *array, size_t *count, size_t size);

#endif
