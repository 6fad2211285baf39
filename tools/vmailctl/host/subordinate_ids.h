/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Subordinate ids: what /etc/subuid and /etc/subgid assign to system users, for containers. A user
 * with such a range can use its ids, and so become a virtual user.
 */
#ifndef VMAILCTL_SUBORDINATE_IDS_H
#define VMAILCTL_SUBORDINATE_IDS_H

#include <stdbool.h>
#include <stdint.h>

#include "context.h"

/** Gets the ids FIRST to LAST that FILE assigns to WHOSE. False ends the walk. */
typedef bool subordinate_ids_function(void *data, const char *file, const char *whose,
                                      uint32_t first, uint32_t last);

/**
 * Calls FUNCTION, with DATA, for every line of the system's files, in the format of subuid(5). A
 * missing file has none; invalid lines are skipped. False if FUNCTION ended the walk.
 */
bool subordinate_ids_walk(subordinate_ids_function *function, void *data);

/** Warns if the system's files assign ID to somebody. */
void subordinate_ids_warn(const struct context *context, uint32_t id);

#endif
