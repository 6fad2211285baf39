/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Chooses the id of a new user or group, from the pool (id_pool.h).
 */
#ifndef VMAILCTL_ID_CHOICE_H
#define VMAILCTL_ID_CHOICE_H

#include <stdint.h>

#include "change.h"

struct id_wish {
    uint32_t id;         /* the requested id; 0 for any */
    bool may_be_retired; /* the new user gets the home of a former one */
};

/**
 * Begins a change of DOMAIN that chooses ids, as change_begin does, with or without the lock for
 * ids; for root, reads vmail.conf again.
 */
enum exit_code id_choice_begin(struct change *change, struct context *context, const char *domain);

/**
 * Chooses an id for the domain of CHANGE, begun with id_choice_begin: from its block or, if it has
 * none, from `ids` outside the blocks of others. Adds a requested id that is in nobody's block to
 * the block of the domain. Warns if /etc/subuid or /etc/subgid assigns the id to somebody. A
 * retired id must be requested; root gets it with a warning, a co-administrator does not. EXIT_DONE
 * with ID; EXIT_EXISTS if the requested one is in use; EXIT_REFUSED if it does not belong to the
 * domain; EXIT_UNAVAILABLE if none is free; all with a message.
 */
enum exit_code id_choose(struct change *change, const struct id_wish *wish, uint32_t *id);

#endif
