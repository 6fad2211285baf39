/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Blocks of ids: finds a free one for a domain, and checks one that somebody has chosen.
 *
 * An id is free if it is within `ids` of [vmail], in no other domain's block, not used by a user or
 * group of another domain or of the system, not retired (see retired_ids.h), and not in /etc/subuid
 * or /etc/subgid.
 */
#ifndef VMAILCTL_ID_BLOCK_H
#define VMAILCTL_ID_BLOCK_H

#include "context.h"

enum {
    ID_BLOCK_SIZE = 1000,   /* default size for a new domain */
    ID_BLOCK_FIRST = 70000, /* the first block of new domains, unless only lower ids are free */
};

/**
 * Whether ID belongs to a system account in programs that keep only 16 bits of it, such as old
 * archive formats and file systems: there, 65536 is root. Such ids are only assigned on request, or
 * from a block that was chosen by hand.
 */
bool id_is_low_in_16_bits(uint32_t id);

/**
 * Finds the first SIZE free ids for DOMAIN, none of them low in 16 bits. EXIT_DONE with RANGE;
 * EXIT_UNAVAILABLE, with a message, if there are none or a file cannot be read.
 */
enum exit_code id_block_find(const struct context *context, const char *domain, uint32_t size,
                             struct vmail_id_range *range);

/**
 * Checks that RANGE is free for DOMAIN; its own block, users and groups are ignored. EXIT_DONE;
 * EXIT_EXISTS with a message that says who uses an id; EXIT_BAD_DATA if it is not within `ids`;
 * EXIT_UNAVAILABLE.
 */
enum exit_code id_block_check(const struct context *context, const char *domain,
                              const struct vmail_id_range *range);

enum { ID_BLOCK_TEXT_MAX = 31 };

/** Writes FIRST-LAST to OUT. */
void id_block_format(char out[ID_BLOCK_TEXT_MAX + 1], const struct vmail_id_range *range);

#endif
