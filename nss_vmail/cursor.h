/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A cursor: the position of an enumeration, as of getpwent(3), over all domains of one kind of
 * file. It keeps no descriptor open between two calls. A lock protects the cursor of each database.
 * Callers run between answer_start and answer_status, so no thread is cancelled with the lock held.
 */
#ifndef NSS_VMAIL_CURSOR_H
#define NSS_VMAIL_CURSOR_H

#include <pthread.h>
#include <stdbool.h>

#include "config_cache.h"
#include "domains.h"
#include "table.h"

struct cursor {
    pthread_mutex_t lock; /* held from cursor_next to cursor_done, and in cursor_reset */
    enum vmail_kind kind;
    bool started;
    const struct vmail_config *config;
    struct vmail_shared_config *shared;
    struct vmail_domain_list domains;
    size_t next_domain;
    bool table_open;
    struct vmail_table table;
    bool kept; /* RECORD did not fit into the caller's buffer; return it again */
    struct vmail_record record;
};

#define CURSOR_INITIALIZER(kind_)                                                                  \
    {                                                                                              \
        .lock = PTHREAD_MUTEX_INITIALIZER, .kind = (kind_)                                         \
    }

/** Returns to the start and frees all memory. */
void cursor_reset(struct cursor *cursor);

/**
 * Moves to the next record: cursor->record, of the domain cursor->table.domain. Returns
 * VMAIL_NOT_FOUND at the end, or at once if vmail.conf has `enumerate = no`. The caller must always
 * call cursor_done, even after an error.
 */
enum vmail_result cursor_next(struct cursor *cursor);

/** Releases the cursor. With KEEP, the next call returns the same record again. */
void cursor_done(struct cursor *cursor, bool keep);

#endif
