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

/** Starts work of TOTAL steps; WHAT is printed, is ASCII, and lives as long as the work. */
void progress_start(struct progress *progress, const struct context *context, const char *what,
                    uint64_t total);

/** Adds STEPS. Cheap: checks the clock, and draws at most ten times a second. */
void progress_step(struct progress *progress, uint64_t steps);

/** Removes the bar; call it also before a message is printed. */
void progress_end(struct progress *progress);

#endif
