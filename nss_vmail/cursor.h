/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A cursor: where an enumeration (getpwent(3) and its like) stands, over all domains of one kind of
 * file. Between two calls it keeps no descriptor open. Each database has one, under a lock: callers
 * are within answer_start and answer_status, so that they are not cancelled while they hold it.
 */
#ifndef NSS_VMAIL_CURSOR_H
#define NSS_VMAIL_CURSOR_H

#include <pthread.h>
#include <stdbool.h>

#include "config_cache.h"
#include "domains.h"
#include "table.h"

struct cursor {
    pthread_mutex_t lock; /* held from cursor_next to cursor_done, and within the others */
    enum vmail_kind kind;
    bool started;
    const struct vmail_config *config;
    struct vmail_shared_config *shared;
    struct vmail_domain_list domains;
    size_t next_domain;
    bool table_open;
    struct vmail_table table;
    bool kept; /* RECORD did not fit into the caller's buffer and comes again */
    struct vmail_record record;
};

#define CURSOR_INITIALIZER(kind_)                                                                  \
    {                                                                                              \
        .lock = PTHREAD_MUTEX_INITIALIZER, .kind = (kind_)                                         \
    }

/** Back to the start, with all memory given back. */
void cursor_reset(struct cursor *cursor);

/**
 * Moves to the next record: cursor->record, of the domain cursor->table.domain. VMAIL_NOT_FOUND at
 * the end, or at once where vmail.conf says `enumerate = no`. Whatever it returns, the caller must
 * call cursor_done.
 */
enum vmail_result cursor_next(struct cursor *cursor);

/** KEEP: the same record again next time. */
void cursor_done(struct cursor *cursor, bool keep);

#endif
