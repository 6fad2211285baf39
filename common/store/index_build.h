/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Makes the index of one file KIND.DOMAIN.
 */
#ifndef VMAIL_INDEX_BUILD_H
#define VMAIL_INDEX_BUILD_H

#include "config.h"
#include "error.h"
#include "index.h"
#include "paths.h"

/** How an index is made. All zero: at once or not at all, and silently. */
struct vmail_index_effort {
    unsigned milliseconds; /* how long to wait for the text's time stamp to settle */
    unsigned seconds;      /* and for another process that makes the same index */
    void (*progress)(void *context, uint64_t done, uint64_t total); /* may be NULL; in bytes */
    void *context;
};

/**
 * Makes the index of KIND.DOMAIN anew, from the text. Takes no lock: where the text changes
 * meanwhile, it begins again, three times at most. In memory it keeps some 50 bytes a record, and
 * no text but the members of groups.
 *
 * VMAIL_OK; VMAIL_NOT_FOUND where there is no such text (an index that was left is removed);
 * VMAIL_UNAVAILABLE or VMAIL_NO_MEMORY with ERROR, and the old index stays, for what it is worth.
 */
enum vmail_result vmail_index_build(const struct vmail_paths *paths,
                                    const struct vmail_config *config, enum vmail_kind kind,
                                    const char *domain, const struct vmail_index_effort *effort,
                                    struct vmail_error *error);

enum { VMAIL_INDEX_SMALL = 1024 * 1024 }; /* a text whose index takes a few milliseconds */

/**
 * To be called after a change of KIND.DOMAIN: makes the index anew if it is not right any more and
 * the text has at most SIZE_MAX bytes. Waits a few milliseconds for the text's time stamp. Never an
 * error: without an index, the text is read. Does nothing where RLIMIT_FSIZE is small.
 */
void vmail_index_renew(const struct vmail_paths *paths, const struct vmail_config *config,
                       enum vmail_kind kind, const char *domain, off_t size_max);

/** Removes the index of KIND and DOMAIN. */
void vmail_index_remove(const struct vmail_paths *paths, unsigned kind, const char *domain);

/** Whether KIND.DOMAIN has an undamaged index that answers for it as it is now. Reads all of it. */
bool vmail_index_is_current(const struct vmail_paths *paths, const struct vmail_config *config,
                            enum vmail_kind kind, const char *domain);

#endif
