/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A directory for a second copy of indexes, to compare them (see index_all.h).
 */
#ifndef VMAILCTL_INDEX_SCRATCH_H
#define VMAILCTL_INDEX_SCRATCH_H

#include "context.h"

struct index_scratch {
    char directory[64];
    struct vmail_paths paths; /* those of the context, with this directory for indexes */
};

/**
 * Creates the directory. EXIT_DONE, and the caller ends it; otherwise EXIT_UNAVAILABLE, with a
 * message. SCRATCH must not move until then.
 */
enum exit_code index_scratch_begin(const struct context *context, struct index_scratch *scratch);

/** Removes the directory, which is empty. */
void index_scratch_end(struct index_scratch *scratch);

#endif
