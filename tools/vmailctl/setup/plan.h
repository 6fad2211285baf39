/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A plan: the files that are changed to set up one part, or to take that back.
 */
#ifndef VMAILCTL_SETUP_PLAN_H
#define VMAILCTL_SETUP_PLAN_H

#include "parts.h"
#include "target.h"

struct plan_change {
    char *path;
    struct target from, to;
};

/** All zero: nothing to do. */
struct plan {
    const struct setup_part *part;
    struct plan_change *change;
    size_t count;
    bool changed_since; /* of an undo: a file must be left alone */
};

/** Finds what PART still lacks. The caller ends PLAN in either case. EXIT_DONE; EXIT_UNAVAILABLE or
 * EXIT_NO_SUCH with a message. */
enum exit_code plan_setup(const struct context *context, const struct setup_part *part,
                          struct plan *plan);

/**
 * Finds how to take back what a setup of PART has changed: the files get the texts from before. A
 * file that has been changed since is left alone; with WARN, a message says so. A file that another
 * part needs, too, is in the plan, unchanged. As plan_setup.
 */
enum exit_code plan_undo(const struct context *context, const struct setup_part *part, bool warn,
                         struct plan *plan);

/** Whether PLAN changes a file; an undo may only drop records. */
bool plan_changes_files(const struct plan *plan);

/** A unified diff of CHANGE, which the caller frees; NULL if memory is short. */
char *plan_diff(const struct plan_change *change);

void plan_end(struct plan *plan);

#endif
