/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Subordinate ids: what /etc/subuid and /etc/subgid give to the system's users, for containers.
 * Whoever has such a range can become its ids, and with them a virtual user.
 */
#ifndef VMAILCTL_SUBORDINATE_IDS_H
#define VMAILCTL_SUBORDINATE_IDS_H

#include <stdint.h>

#include "context.h"

/**
 * Whether a line of PATH, in the format of subuid(5), has an id of FIRST to LAST. WHOSE becomes its
 * first field, cut to fit. A file that is missing has none; a broken line is passed over.
 */
bool subordinate_ids_overlap(const char *path, uint32_t first, uint32_t last, char *whose,
                             size_t size);

/** Warns where the system's files give ID to somebody. */
void subordinate_ids_warn(const struct context *context, uint32_t id);

#endif
