/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Reads an index (see index_format.h): maps it, checks it, and answers from it.
 *
 * Whatever an index holds, a reader never reads outside it and never crashes. There is one
 * exception: if root truncates a mapped file, its readers are killed unless vmail_index_intact
 * notices in time.
 */
#ifndef VMAIL_INDEX_H
#define VMAIL_INDEX_H

#include <cdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "index_format.h"
#include "paths.h"
#include "rules.h"
#include "record.h"

enum { VMAIL_INDEX_NAME_MAX = 8 + VMAIL_DOMAIN_MAX + sizeof VMAIL_INDEX_ENDING };

/** Writes the file name of the index of KIND (enum vmail_kind or vmail_index_kind) and DOMAIN (""
 * for the latter) to OUT. */
void vmail_index_name(char out[VMAIL_INDEX_NAME_MAX + 1], unsigned kind, const char *domain);

/** A mapped index; no descriptor is kept. Several threads may read one at the same time. */
struct vmail_index {
    struct cdb cdb;
    const struct vmail_index_header *header; /* in the mapping, like all data of answers */
    struct vmail_file_state file;            /* the mapped file */
};

/**
 * Maps the index of KIND and DOMAIN. Returns VMAIL_OK, and the caller closes INDEX; VMAIL_NOT_FOUND
 * if there is none; VMAIL_UNAVAILABLE with ERROR if it is not trusted, is damaged, or is of another
 * version or domain. Does not check whether the index is current.
 */
enum vmail_result vmail_index_open(const struct vmail_paths *paths, unsigned kind,
                                   const char *domain, struct vmail_index *index,
                                   struct vmail_error *error);

void vmail_index_close(struct vmail_index *index);

/** Whether the mapped file is still the one in the cache directory, and nobody has written to it.
 * Makes one system call. */
bool vmail_index_intact(const struct vmail_index *index, const struct vmail_paths *paths,
                        unsigned kind, const char *domain);

/** Returns RULES as an index has them. */
struct vmail_index_settings vmail_index_settings(const struct vmail_rules *rules);

/** Whether INDEX was built with RULES, from a text whose state was STATE. */
bool vmail_index_fresh(const struct vmail_index *index, const struct vmail_file_state *state,
                       const struct vmail_rules *rules);

/** The two halves of vmail_index_fresh: the text, and the settings. */
bool vmail_index_is_of(const struct vmail_index *index, const struct vmail_file_state *state);
bool vmail_index_made_with(const struct vmail_index *index, const struct vmail_rules *rules);

/** Whether INDEX matches its checksum. Reads the whole index. */
bool vmail_index_whole(const struct vmail_index *index);

/** The answer of an index. UNSURE: it is damaged, or cannot tell; read the text. */
enum vmail_index_answer { VMAIL_INDEX_HIT, VMAIL_INDEX_MISS, VMAIL_INDEX_UNSURE };

/** Finds the VALUE of KEY, which has LENGTH bytes. VALUE points into the index. */
enum vmail_index_answer vmail_index_get(const struct vmail_index *index, const void *key,
                                        size_t length, const void **value, size_t *value_length);

/** A record from the index. Its strings live in the mapping; it holds no hash. */
struct vmail_index_hit {
    struct vmail_record record;
    int64_t offset; /* where the line starts */
};

/** Finds the record of NAME, folded if FOLD is set. */
enum vmail_index_answer vmail_index_find_name(const struct vmail_index *index, const char *name,
                                              bool fold, struct vmail_index_hit *hit);

/** Finds the first record of ID, as vmail_table_find_id. */
enum vmail_index_answer vmail_index_find_id(const struct vmail_index *index, uint32_t id,
                                            struct vmail_index_hit *hit);

/** Whether NAME has a line that is not trusted. Also true if the index cannot tell. */
bool vmail_index_has_broken(const struct vmail_index *index, const char *name);

/**
 * Finds the gids of the groups with the member USER (folded as above): COUNT of them at GIDS, 4
 * bytes each, not aligned.
 */
enum vmail_index_answer vmail_index_member_of(const struct vmail_index *index, const char *user,
                                              const unsigned char **gids, size_t *count);

#endif
