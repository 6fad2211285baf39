/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "array.h"

#include <stdint.h>
#include <stdlib.h>

void *array_grow(void *items, size_t count, size_t size)
{
    if ((count & (count - 1)) != 0) /* full at every power of two */
        return items;
    if (count > SIZE_MAX / 2)
        return NULL;
    return reallocarray(items, count == 0 ? 1 : count * 2, size);
}
