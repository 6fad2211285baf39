/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Blocks of ids: finds a free one for a domain, and checks one that somebody has chosen.
 *
 * Free is what lies within `ids` of [vmail], in no other domain's block, and is the id of no user
 * or group of another domain or of the system, of none that was deleted (see retired_ids.h), and
 * not in /etc/subuid or /etc/subgid.
 */
#ifndef VMAILCTL_ID_BLOCK_H
#define VMAILCTL_ID_BLOCK_H

#include "context.h"

enum {
    ID_BLOCK_SIZE = 1000, /* of a new domain, unless something else is asked for */
    ID_BLOCK_FIRST =
        70000, /* where the blocks of new domains begin, unless only lower ids are free */
};

/**
 * Whether ID is a system account's for whoever keeps 16 bits of it, as old archive formats and file
 * systems do: 65536 is root's there. No such id is given to anybody who has not asked for it,
 * except in a block that was chosen by hand.
 */
bool id_is_low_in_16_bits(uint32_t id);

/**
 * Finds the first free SIZE ids for DOMAIN, none of them low in 16 bits. EXIT_DONE with RANGE;
 * EXIT_UNAVAILABLE, with a message, where there are none or a file cannot be read.
 */
enum exit_code id_block_find(const struct context *context, const char *domain, uint32_t size,
                             struct vmail_id_range *range);

/**
 * Checks that RANGE is free for DOMAIN; its own block, users and groups do not count. EXIT_DONE;
 * EXIT_EXISTS with a message that says whose an id is; EXIT_BAD_DATA where it is not within `ids`;
 * EXIT_UNAVAILABLE.
 */
enum exit_code id_block_check(const struct context *context, const char *domain,
                              const struct vmail_id_range *range);

enum { ID_BLOCK_TEXT_MAX = 31 };

/** Writes FIRST-LAST to OUT. */
void id_block_format(char out[ID_BLOCK_TEXT_MAX + 1], const struct vmail_id_range *range);

#endif
