/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "array.h"

#include <stdlib.h>
#include <string.h>

void *vmail_array_append(void *array, size_t *count, size_t size)
{
    char *rows; /* copied: ARRAY points to a pointer of another type */
    memcpy(&rows, array, sizeof rows);
    if ((*count & (*count - 1)) == 0) { /* full at every power of two */
        rows = reallocarray(rows, *count == 0 ? 1 : *count * 2, size);
        if (rows == NULL)
            return NULL;
        memcpy(array, &rows, sizeof rows);
    }
    return memset(rows + (*count)++ * size, 0, size);
}
