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
 * As vmail_index_cache_get, but only where it has been mapped before. DOMAIN may be in any case,
 * and need not be valid: then there is none.
 */
struct vmail_shared_index *vmail_index_cache_peek(const struct vmail_paths *paths, unsigned kind,
                                                  const char *domain);

/**
 * As vmail_index_cache_peek: the index that vmail_index_cache_remember was told to have ID in its
 * range, under VERSION of the configuration.
 */
struct vmail_shared_index *vmail_index_cache_peek_id(const struct vmail_paths *paths, uint32_t id,
                                                     uint64_t version);

/** Ids in RANGE are looked up in SHARED, by VERSION of the configuration; what was told under
 * another version is forgotten. */
void vmail_index_cache_remember(struct vmail_shared_index *shared,
                                const struct vmail_id_range *range, uint64_t version);

/** The VERSION of the configuration, not 0, under which SHARED was found to have been made with
 * the settings in force, and a name with one '@' to have no other separator. */
bool vmail_shared_suits(const struct vmail_shared_index *shared, uint64_t version);
void vmail_shared_set_suits(struct vmail_shared_index *shared, uint64_t version);

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
