/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* To be loaded before the C library (LD_PRELOAD): the allocation with the number FAIL_ALLOCATION,
 * and all after it, fail. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

static long left = -1;

__attribute__((constructor)) static void begin(void)
{
    const char *number = getenv("FAIL_ALLOCATION");
    left = number == NULL ? -1 : strtol(number, NULL, 10);
}

static int fails(void)
{
    if (left > 0)
        left--;
    if (left == 0)
        errno = ENOMEM;
    return left == 0;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails() ? NULL : __libc_realloc(old, size);
}
