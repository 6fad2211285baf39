/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Finds a user or group of a domain: in the index if it is current, else in the file.
 */
#ifndef VMAIL_FIND_H
#define VMAIL_FIND_H

#include <stdbool.h>
#include <stdint.h>

#include "index_cache.h"
#include "table.h"

/** A record, and the owner of its strings. It holds no hash, and from an index no "x" either. */
struct vmail_found {
    const char *domain;
    bool fold; /* whether vmail.conf folds names */
    struct vmail_record record;
    struct vmail_shared_index *index; /* only one of index and table is set */
    struct vmail_table *table;
};

/**
 * Finds NAME (folded if vmail.conf says so) in FILE, passwd or group. SEEN is the state of that
 * file if the caller has just read it, or NULL. On VMAIL_OK the caller ends FOUND. Else returns
 * VMAIL_NOT_FOUND, also if the line of NAME is broken, or as vmail_table_open.
 */
enum vmail_result vmail_find_name(struct vmail_file file, const char *name,
                                  const struct vmail_file_state *seen, struct vmail_found *found);

/**
 * As vmail_find_name, but returns VMAIL_BROKEN if all lines of NAME are invalid. ERROR says why
 * there is no answer.
 */
enum vmail_result vmail_find_line(struct vmail_file file, const char *name,
                                  const struct vmail_file_state *seen, struct vmail_found *found,
                                  struct vmail_error *error);

/** As vmail_find_name, by uid or gid. */
enum vmail_result vmail_find_id(struct vmail_file file, uint32_t id, struct vmail_found *found);

void vmail_found_end(struct vmail_found *found);

#endif
