/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Arrays that grow at their end.
 */
#ifndef VMAIL_ARRAY_H
#define VMAIL_ARRAY_H

#include <stddef.h>

/**
 * Appends a row of SIZE bytes, all zero, to an array that only this function enlarges. ARRAY points
 * to the pointer to its first row, which is NULL for an empty array. COUNT points to the number of
 * rows. The function updates both. It returns the new row, or NULL, with nothing changed, if memory
 * is short. The caller frees the array.
 */
void *vmail_array_append(void *array, size_t *count, size_t size);

#endif
