/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Retired ids: those of deleted users, groups and domains. Their remaining files, processes,
 * crontabs and at jobs still have these ids, so they are only assigned on request.
 *
 * They are in the file RETIRED_IDS_NAME of the directory: a line is an id or FIRST-LAST, a comment
 * ('#') or empty. Any other line makes the whole file unusable, and then no id is chosen. Ids of
 * lines that somebody deletes with an editor are unknown here.
 */
#ifndef VMAILCTL_RETIRED_IDS_H
#define VMAILCTL_RETIRED_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "change.h"
#include "config.h"
#include "error.h"
#include "record.h"

#define RETIRED_IDS_NAME "retired_ids"

/** All zero: none. */
struct retired_ids {
    struct vmail_id_range *range; /* sorted; they neither overlap nor touch */
    size_t count;
};

/**
 * Reads the file; a missing file has none. VMAIL_OK; VMAIL_UNAVAILABLE with ERROR, which names file
 * and line; VMAIL_NO_MEMORY. The caller frees IDS in every case.
 */
enum vmail_result retired_ids_read(const struct vmail_paths *paths, struct retired_ids *ids,
                                   struct vmail_error *error);

/** As retired_ids_read, with a message. EXIT_DONE or EXIT_UNAVAILABLE. */
enum exit_code retired_ids_load(const struct context *context, struct retired_ids *ids);

bool retired_ids_has(const struct retired_ids *ids, uint32_t id);

/** Compares two ranges by their first ids, for qsort(3). */
int retired_ids_compare(const void *a, const void *b);

void retired_ids_free(struct retired_ids *ids);

/**
 * Adds to the file the uids and gids of NAME (NULL: of all names) in KIND.DOMAIN of CHANGE, which
 * was begun with the lock for ids. They are on disk when this returns, so the lines can be deleted.
 * Leaves out system ids. A dry run shows it. EXIT_DONE; otherwise a message, and the lines must be
 * kept.
 */
enum exit_code retired_ids_add(struct change *change, enum vmail_kind kind, const char *name);

#endif
