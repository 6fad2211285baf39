/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Progress: a bar on standard error, on a terminal only, for work that takes more than a second.
 */
#ifndef VMAILCTL_PROGRESS_H
#define VMAILCTL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "context.h"

struct progress {
    const char *what; /* "importing users" */
    uint64_t total, done;
    struct timespec start, drawn;
    bool possible, shown;
};

/** Starts work of TOTAL steps; WHAT is ASCII, lives as long as the work, and is what is printed. */
void progress_start(struct progress *progress, const struct context *context, const char *what,
                    uint64_t total);

/** STEPS more are done. Cheap: asks the clock, and draws at most ten times a second. */
void progress_step(struct progress *progress, uint64_t steps);

/** Takes the bar away; also before a message is printed. */
void progress_end(struct progress *progress);

#endif
