/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Subordinate ids: what /etc/subuid and /etc/subgid give to the system's users, for containers.
 * Whoever has such a range can become its ids, and with them a virtual user.
 */
#ifndef VMAILCTL_SUBORDINATE_IDS_H
#define VMAILCTL_SUBORDINATE_IDS_H

#include <stdbool.h>
#include <stdint.h>

#include "context.h"

/** Is told that WHOSE has the ids FIRST to LAST, by FILE. False ends the walk. */
typedef bool subordinate_ids_function(void *data, const char *file, const char *whose,
                                      uint32_t first, uint32_t last);

/**
 * Tells FUNCTION, with DATA, of every line of the system's files, in the format of subuid(5). A
 * file that is missing has none; a broken line is passed over. False where FUNCTION ended it.
 */
bool subordinate_ids_walk(subordinate_ids_function *function, void *data);

/** Warns where the system's files give ID to somebody. */
void subordinate_ids_warn(const struct context *context, uint32_t id);

#endif
