/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The indexes that this process has mapped, each once. Safe with threads; after a fork(2) in the
 * middle of a look-up in another thread the child does without what is kept, and maps for itself.
 */
#ifndef VMAIL_INDEX_CACHE_H
#define VMAIL_INDEX_CACHE_H

#include "index.h"
#include "paths.h"

/** A mapped index that its holders share. */
struct vmail_shared_index;

/**
 * The index of KIND and DOMAIN, to be given back by vmail_index_cache_release; NULL where there is
 * none. Once a tick (see tick.h) it is made sure of that the index file is still what was mapped,
 * and that PATHS->directory is to be believed. PATHS is the same in each call.
 */
struct vmail_shared_index *vmail_index_cache_get(const struct vmail_paths *paths, unsigned kind,
                                                 const char *domain);

/**
 * To be called where SHARED was found not to be right for the text any more: gives it back, and
 * hands out a newer one, if there is one; else NULL.
 */
struct vmail_shared_index *vmail_index_cache_renew(const struct vmail_paths *paths,
                                                   struct vmail_shared_index *shared);

/** The index in SHARED. */
struct vmail_index *vmail_shared_index(struct vmail_shared_index *shared);

/** The domain that it is of. */
const char *vmail_shared_domain(const struct vmail_shared_index *shared);

/** The path of the text that it was made from. */
const char *vmail_shared_text(const struct vmail_shared_index *shared);

/** SHARED may be NULL. */
void vmail_index_cache_release(struct vmail_shared_index *shared);

#endif
