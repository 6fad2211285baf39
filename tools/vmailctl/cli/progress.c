/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

enum { BAR_WIDTH = 30, FIRST_AFTER_MS = 1000, AGAIN_AFTER_MS = 100 };

static long milliseconds_since(const struct timespec *then, const struct timespec *now)
{
    return (now->tv_sec - then->tv_sec) * 1000 + (now->tv_nsec - then->tv_nsec) / 1000000;
}

void progress_start(struct progress *progress, const struct context *context, const char *what,
                    uint64_t total)
{
    *progress = (struct progress){ .what = what, .total = total };
    progress->possible = !context->json && total > 0 && isatty(STDERR_FILENO);
    clock_gettime(CLOCK_MONOTONIC, &progress->start);
    progress->drawn = progress->start;
}

static void draw(const struct progress *progress)
{
    uint64_t done = progress->done < progress->total ? progress->done : progress->total;
    double share = (double)done / (double)progress->total;
    int full = (int)(share * BAR_WIDTH);
    fprintf(stderr, "\r%s [", progress->what);
    for (int i = 0; i < BAR_WIDTH; i++)
        fputc(i < full ? '#' : ' ', stderr);
    fprintf(stderr, "] %3d %%", (int)(share * 100));
    fflush(stderr);
}

void progress_step(struct progress *progress, uint64_t steps)
{
    struct timespec now;
    progress->done += steps;
    if (!progress->possible)
        return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (milliseconds_since(&progress->start, &now) < FIRST_AFTER_MS ||
        (progress->shown && milliseconds_since(&progress->drawn, &now) < AGAIN_AFTER_MS))
        return;
    draw(progress);
    progress->drawn = now;
    progress->shown = true;
}

void progress_end(struct progress *progress)
{
    if (progress->shown)
        fputs("\r\x1b[K", stderr);
    progress->shown = false;
}
