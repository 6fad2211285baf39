/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Ids: which ones are free for the users and groups of an import.
 */
#ifndef VMAILCTL_IMPORT_IDS_H
#define VMAILCTL_IMPORT_IDS_H

#include "context.h"
#include "import/plan.h"
#include "number_set.h"
#include "retired_ids.h"

struct import_ids {
    const struct context *context;
    const struct vmail_config *config;
    struct vmail_number_set uids, gids; /* in use */
    struct retired_ids retired;
    struct vmail_id_range *ranges; /* of subuid(5) and subgid(5) */
    size_t range_count;
    uint32_t next;            /* outside the blocks; 0 for not begun */
    uint32_t *next_in_domain; /* the same for the block of each domain of the plan */
    size_t domain_count;
};

/**
 * Finds the ids of all domains, of system users and groups, those in /etc/subuid and /etc/subgid,
 * and the retired ones: none of them is assigned. EXIT_DONE, or another code with a message; the
 * caller frees in either case.
 */
enum exit_code import_ids_load(struct import_ids *ids, const struct context *context);

/** Takes UID for a user of DOMAIN; AS_GID: also for a private group. False if it is not free. */
bool import_ids_take_uid(struct import_ids *ids, const char *domain, int64_t uid, bool as_gid);

/** Takes GID for a group of DOMAIN. */
bool import_ids_take_gid(struct import_ids *ids, const char *domain, int64_t gid);

/**
 * Takes the first free id in the block of domain number DOMAIN of PLAN (or, without a block, in
 * `ids` outside all blocks) as uid and gid. False if none is left.
 */
bool import_ids_new(struct import_ids *ids, const struct import_plan *plan, size_t domain,
                    uint32_t *id);

void import_ids_free(struct import_ids *ids);

#endif
