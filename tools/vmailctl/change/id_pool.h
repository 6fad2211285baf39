/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The pool of ids: which ones are in use, set aside or free, for all domains at once.
 *
 * An id is free for a domain if it is within `ids` of [vmail], in the domain's block (or, if it has
 * none, in nobody's), used by no user or group of any domain, not retired (see retired_ids.h), and
 * not foreign (see foreign_ids.h); but the subordinate ids within a domain's own block are free for
 * it.
 */
#ifndef VMAILCTL_ID_POOL_H
#define VMAILCTL_ID_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "context.h"
#include "foreign_ids.h"
#include "number_set.h"
#include "retired_ids.h"

struct id_pool {
    const struct context *context;
    struct vmail_number_set uids; /* of users */
    struct vmail_number_set gids; /* of users and groups */
    struct retired_ids retired;
    struct foreign_ids foreign;
    /* After which id new ones are searched for: one for each section of vmail.conf, for its block;
     * and a last one for `ids` outside all blocks. */
    uint32_t *last;
};

/** Reads it. EXIT_DONE, or another code with a message; the caller frees POOL in either case. */
enum exit_code id_pool_read(const struct context *context, struct id_pool *pool);

/** Takes ID as the uid and/or the gid of a user or group of DOMAIN. False if it is not free. */
bool id_pool_take(struct id_pool *pool, const char *domain, uint32_t id, bool uid, bool gid);

/**
 * Takes a free id for DOMAIN, as uid and gid: from its block, or, if it has none, from `ids`
 * outside the blocks of others. There, it does not take one that is low in 16 bits (id_block.h).
 * New ids count up before they start again at the beginning, because ids that were freed with an
 * editor are unknown. False if none is free.
 */
bool id_pool_choose(struct id_pool *pool, const char *domain, uint32_t *id);

void id_pool_free(struct id_pool *pool);

#endif
