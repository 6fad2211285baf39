/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Arrays that grow by one element at a time. The room follows from the number of elements.
 */
#ifndef VMAILCTL_ARRAY_H
#define VMAILCTL_ARRAY_H

#include <stddef.h>

/**
 * Makes room for one more element in ITEMS, an array of COUNT elements of SIZE bytes that has grown
 * by this function only and may have lost some since; NULL, COUNT being 0, for a new one. Returns
 * the array, which may have moved, for the caller to free; NULL where memory is short: ITEMS is
 * then as it was.
 */
void *array_grow(void *items, size_t count, size_t size);

#endif
