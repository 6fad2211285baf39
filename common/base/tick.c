/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tick.h"

#include <time.h>

uint64_t vmail_tick(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec + 1;
}
