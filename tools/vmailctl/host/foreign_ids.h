/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Foreign ids: those of system users and groups, and the subordinate ids that /etc/subuid and
 * /etc/subgid assign to system users, for containers. A user with such a range can use its ids, and
 * so become a virtual user.
 */
#ifndef VMAILCTL_FOREIGN_IDS_H
#define VMAILCTL_FOREIGN_IDS_H

#include "config.h"
#include "context.h"

struct foreign_range {
    struct vmail_id_range ids;
    uint32_t reach; /* the highest id in this range and those before it */
    bool subordinate;
    char *whose; /* "the system user bob", "bob in /etc/subuid" */
};

struct foreign_ids {
    struct foreign_range *range; /* those that touch `ids` of vmail.conf, sorted by first id */
    size_t count;
};

/**
 * Reads them once, because a million ids may be compared with them. A missing file has none; lines
 * of subuid(5) and subgid(5) that are invalid are skipped. False: no memory. The caller frees
 * FOREIGN in either case.
 */
bool foreign_ids_read(const struct context *context, struct foreign_ids *foreign);

/** The first range that contains an id from FIRST to LAST, or NULL. */
const struct foreign_range *foreign_ids_find(const struct foreign_ids *foreign, uint32_t first,
                                             uint32_t last);

void foreign_ids_free(struct foreign_ids *foreign);

#endif
