/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Whose is an id? The index of the ids that do not lie in their own domain's block (those need no
 * index: the block tells).
 *
 *   key             value
 *   'i' UID         8 bytes of checksum, and the domain that has this user first, with its NUL
 *   'g' GID         the same for a group of group.DOMAIN
 *   's' DOMAIN      struct vmail_ids_seen
 *
 * What it says of an id is a hint, to be looked up in that domain. That it says nothing of an id
 * counts for the domains whose files are still what they were.
 */
#ifndef VMAIL_IDS_INDEX_H
#define VMAIL_IDS_INDEX_H

#include <stdbool.h>

#include "config.h"
#include "index_cache.h"
#include "record.h"

/** The files of a domain that were read for the index; all 0 for none. */
struct vmail_ids_seen {
    uint64_t sum; /* of what follows */
    struct vmail_file_state passwd;
    struct vmail_file_state group;
};

/** The index, if there is one made with CONFIG's settings; to be released. */
struct vmail_shared_index *vmail_ids_index_get(const struct vmail_paths *paths,
                                               const struct vmail_config *config);

/** The domain that has ID, as the uid of a user or the gid of a group of KIND. */
enum vmail_index_answer vmail_ids_index_find(struct vmail_index *index, enum vmail_kind kind,
                                             uint32_t id, char domain[VMAIL_DOMAIN_MAX + 1]);

/** Whether INDEX knows all ids of DOMAIN as it is now. At most two system calls. */
bool vmail_ids_index_covers(struct vmail_index *index, const struct vmail_paths *paths,
                            enum vmail_kind kind, const char *domain);

/** The checksum that SEEN ought to have. */
uint64_t vmail_ids_seen_sum(const struct vmail_ids_seen *seen);

#endif
