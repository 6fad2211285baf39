/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Adds what an import brings to the files of one domain, to all of them or to none.
 */
#ifndef VMAILCTL_IMPORT_DOMAIN_FILES_H
#define VMAILCTL_IMPORT_DOMAIN_FILES_H

#include "error.h"
#include "import/plan.h"
#include "paths.h"

/** What PLAN has for one domain. */
struct import_part {
    const struct import_plan *plan;
    size_t domain;      /* index in plan->domains */
    const size_t *user; /* indexes in plan->users */
    size_t user_count;
};

/**
 * Takes the domain's lock and adds lines at the ends of its files, in the order shadow, group,
 * aliases, passwd; creates missing files, the passwd file even without users, because it makes the
 * domain exist. If one cannot be written, the earlier ones are restored. Returns as
 * vmail_transaction_run; VMAIL_CHANGED also if a file is no longer the one recorded in the plan.
 */
enum vmail_result import_part_write(const struct vmail_paths *paths, const struct import_part *part,
                                    struct vmail_error *error);

#endif
