/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Builds the index of one file KIND.DOMAIN.
 */
#ifndef VMAIL_INDEX_BUILD_H
#define VMAIL_INDEX_BUILD_H

#include "error.h"
#include "index.h"
#include "paths.h"
#include "table.h"

/** How to build an index. All zero: do not wait, and report no progress. */
struct vmail_index_effort {
    unsigned milliseconds; /* how long to wait for the text's time stamp to settle */
    unsigned seconds;      /* how long to wait for another process that builds this index */
    void (*progress)(void *context, uint64_t done, uint64_t total); /* may be NULL; in bytes */
    void *context;
};

/**
 * Builds the index of FILE again from the text. It takes no lock: if the text changes
 * meanwhile, it starts again, three times at most. It keeps about 50 bytes a record in memory, and
 * no text except the members of groups.
 *
 * Returns VMAIL_OK; VMAIL_NOT_FOUND if there is no such text (a leftover index is removed);
 * VMAIL_UNAVAILABLE or VMAIL_NO_MEMORY with ERROR, and the old index stays.
 */
enum vmail_result vmail_index_build(struct vmail_file file, const struct vmail_index_effort *effort,
                                    struct vmail_error *error);

enum { VMAIL_INDEX_SMALL = 1024 * 1024 }; /* a text whose index takes a few milliseconds */

/**
 * Call this after a change of FILE. It builds the index again if it is out of date and the
 * text has at most SIZE_MAX bytes. It waits a few milliseconds for the text's time stamp. It
 * reports no error: without an index, the text is read. It does nothing if RLIMIT_FSIZE is small.
 */
void vmail_index_renew(struct vmail_file file, off_t size_max);

/** Removes the index of KIND and DOMAIN. */
void vmail_index_remove(const struct vmail_paths *paths, unsigned kind, const char *domain);

/** Whether FILE has an undamaged and current index. Reads the whole index. */
bool vmail_index_is_current(struct vmail_file file);

#endif
