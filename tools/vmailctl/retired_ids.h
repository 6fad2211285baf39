/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Retired ids: those that deleted users, groups and domains had. Files, processes, crontabs and at
 * jobs that they left still have these ids, wherever they are, so nobody gets one who has not asked
 * for it.
 *
 * They are in the file RETIRED_IDS_NAME of the directory: a line is an id or FIRST-LAST, a comment
 * ('#') or empty. A line that is anything else makes the whole file unusable, and then no id is
 * chosen. Ids of lines that somebody deletes with an editor are not known here.
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
 * Reads the file; one that is missing holds none. VMAIL_OK; VMAIL_UNAVAILABLE with ERROR, which
 * names file and line; VMAIL_NO_MEMORY. The caller frees IDS in every case.
 */
enum vmail_result retired_ids_read(const struct vmail_paths *paths, struct retired_ids *ids,
                                   struct vmail_error *error);

/** As retired_ids_read, with a message. EXIT_DONE or EXIT_UNAVAILABLE. */
enum exit_code retired_ids_load(const struct context *context, struct retired_ids *ids);

bool retired_ids_has(const struct retired_ids *ids, uint32_t id);

void retired_ids_free(struct retired_ids *ids);

/**
 * Adds to the file the uids and gids of NAME in KIND.DOMAIN of CHANGE, which was begun with the
 * lock for ids; of all names where NAME is NULL. They are on the disk when this returns, so that
 * the lines can be deleted. Ids of the system are left out. On a dry run it is shown. EXIT_DONE;
 * else a message, and the lines must stay.
 */
enum exit_code retired_ids_add(struct change *change, enum vmail_kind kind, const char *name);

#endif
