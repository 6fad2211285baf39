/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Keeps the indexes that this process has mapped, each once. Safe with threads. After a fork(2)
 * during another thread's look-up, the child does not use the cache and maps indexes itself.
 */
#ifndef VMAIL_INDEX_CACHE_H
#define VMAIL_INDEX_CACHE_H

#include "index.h"
#include "paths.h"
#include "vmail_file.h"

/** A mapped index that its holders share. */
struct vmail_shared_index;

/**
 * Returns the index of KIND and DOMAIN, or NULL if there is none. The caller releases it with
 * vmail_index_cache_release. Once a tick (see tick.h) the function checks that the index file is
 * still the mapped one and that PATHS->directory is trusted. PATHS must be the same in each call.
 */
struct vmail_shared_index *vmail_index_cache_get(const struct vmail_paths *paths, unsigned kind,
                                                 const char *domain);

/**
 * Call this when SHARED no longer matches the text. It releases SHARED and returns a newer index,
 * or NULL if there is none.
 */
struct vmail_shared_index *vmail_index_cache_renew(const struct vmail_paths *paths,
                                                   struct vmail_shared_index *shared);

/**
 * Returns the index of FILE if it is current, else NULL. The caller releases it with
 * vmail_index_cache_release. SEEN is the state of the text if the caller has just read it, or NULL.
 */
struct vmail_shared_index *vmail_index_cache_fresh(struct vmail_file file,
                                                   const struct vmail_file_state *seen);

/** Returns the index in SHARED. */
struct vmail_index *vmail_shared_index(struct vmail_shared_index *shared);

/** Returns the domain of the index. */
const char *vmail_shared_domain(const struct vmail_shared_index *shared);

/** Returns the path of the text that the index was built from. */
const char *vmail_shared_text(const struct vmail_shared_index *shared);

/** SHARED may be NULL. */
void vmail_index_cache_release(struct vmail_shared_index *shared);

#endif
