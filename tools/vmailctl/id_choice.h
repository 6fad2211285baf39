/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Choosing uids and gids for new users and groups.
 *
 * An id is free when no user and no group of any domain has it, nor anybody else whom the system
 * knows, and none that was deleted had it (see retired_ids.h). New ids go up to the end of the
 * block before they start again at its beginning, since ids that were freed with an editor are not
 * known.
 */
#ifndef VMAILCTL_ID_CHOICE_H
#define VMAILCTL_ID_CHOICE_H

#include <stdint.h>

#include "change.h"

struct id_wish {
    uint32_t id;         /* the one that was asked for; 0 for any */
    bool may_be_retired; /* the new user takes over the home of a former one */
};

/**
 * Whether a choice for DOMAIN needs the lock for ids: where it has no block. Into a block nobody
 * chooses but for its domain, whose lock is enough.
 */
bool id_choice_needs_lock(const struct context *context, const char *domain);

/** Begins the change of DOMAIN, in which ids are to be chosen, as change_begin does, with or
 * without the lock for ids; for root reads vmail.conf again. */
enum exit_code id_choice_begin(struct change *change, struct context *context, const char *domain);

/**
 * Chooses an id of DOMAIN, from its block or, where it has none, from `ids` without the blocks of
 * others. Warns where /etc/subuid or /etc/subgid gives the id to somebody. The caller holds
 * the locks of id_choice_begin. A retired id must be asked for; root gets it with a warning, a
 * co-administrator does not. EXIT_DONE with ID; EXIT_EXISTS where the one asked for is taken;
 * EXIT_REFUSED where it is not the domain's; EXIT_UNAVAILABLE where none is left; all with a
 * message.
 */
enum exit_code id_choose(const struct context *context, const char *domain,
                         const struct id_wish *wish, uint32_t *id);

#endif
