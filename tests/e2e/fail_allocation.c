/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Replaces the allocation of the C library, in a program that is linked with this or started with
 * it in LD_PRELOAD: the allocation with the number FAIL_ALLOCATION fails, and no other one. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

long allocations_left; /* until one fails; 0: none fails */

__attribute__((constructor)) static void begin(void)
{
    const char *number = getenv("FAIL_ALLOCATION");
    allocations_left = number == NULL ? 0 : strtol(number, NULL, 10);
}

static int fails(void)
{
    if (allocations_left == 0 || --allocations_left > 0)
        return 0;
    errno = ENOMEM;
    return 1;
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
