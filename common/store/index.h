/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Reads an index (see index_format.h): maps it, checks it, answers from it.
 *
 * Whatever an index holds, reading it never leaves it and never crashes. The one exception: a file
 * that root cuts short while it is mapped kills its readers, unless vmail_index_intact sees it in
 * time.
 */
#ifndef VMAIL_INDEX_H
#define VMAIL_INDEX_H

#include <cdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "error.h"
#include "index_format.h"
#include "paths.h"
#include "record.h"

enum { VMAIL_INDEX_NAME_MAX = 8 + VMAIL_DOMAIN_MAX + sizeof VMAIL_INDEX_ENDING };

/** Writes the file name of the index of KIND (enum vmail_kind or vmail_index_kind) and DOMAIN (""
 * for the latter) to OUT. */
void vmail_index_name(char out[VMAIL_INDEX_NAME_MAX + 1], unsigned kind, const char *domain);

/** A mapped index; no descriptor is kept. Several threads may read one at the same time. */
struct vmail_index {
    struct cdb cdb;
    const struct vmail_index_header *header; /* in the mapping, as is all that answers point to */
    struct vmail_file_state file;            /* what was mapped */
};

/**
 * Maps the index of KIND and DOMAIN. VMAIL_OK, and the caller closes INDEX; VMAIL_NOT_FOUND where
 * there is none; VMAIL_UNAVAILABLE with ERROR where it is not to be believed, damaged, another
 * version's or another domain's. Says nothing about whether it is still right.
 */
enum vmail_result vmail_index_open(const struct vmail_paths *paths, unsigned kind,
                                   const char *domain, struct vmail_index *index,
                                   struct vmail_error *error);

void vmail_index_close(struct vmail_index *index);

/** Whether the file that is mapped is still the one in the cache directory, and nobody has written
 * to it. One system call. */
bool vmail_index_intact(const struct vmail_index *index, const struct vmail_paths *paths,
                        unsigned kind, const char *domain);

/** The settings that an index of KIND depends on, from CONFIG. */
struct vmail_index_settings vmail_index_settings(unsigned kind, const struct vmail_config *config);

/** Whether INDEX was made with CONFIG's settings, from a text whose state was STATE. */
bool vmail_index_fresh(const struct vmail_index *index, const struct vmail_file_state *state,
                       const struct vmail_config *config);

/** The two halves of that. */
bool vmail_index_is_of(const struct vmail_index *index, const struct vmail_file_state *state);
bool vmail_index_made_with(const struct vmail_index *index, const struct vmail_config *config);

/** Whether INDEX is undamaged, by its checksum: reads it from end to end. */
bool vmail_index_whole(const struct vmail_index *index);

/** What an index says. UNSURE: it is damaged, or has reasons not to say; ask the text. */
enum vmail_index_answer { VMAIL_INDEX_HIT, VMAIL_INDEX_MISS, VMAIL_INDEX_UNSURE };

/** The VALUE of the LENGTH bytes of KEY; it lies inside the index. */
enum vmail_index_answer vmail_index_get(const struct vmail_index *index, const void *key,
                                        size_t length, const void **value, size_t *value_length);

/** What was found. The strings of the record live in the mapping; there are no hashes in it. */
struct vmail_index_hit {
    struct vmail_record record;
    int64_t offset; /* where the line starts */
};

/** The record of NAME, folded where the settings say so. */
enum vmail_index_answer vmail_index_find_name(const struct vmail_index *index, const char *name,
                                              bool fold, struct vmail_index_hit *hit);

/** The first record of ID, as vmail_table_find_id. */
enum vmail_index_answer vmail_index_find_id(const struct vmail_index *index, uint32_t id,
                                            struct vmail_index_hit *hit);

/** Whether there is a line of NAME that may not be believed, or it cannot be told. */
bool vmail_index_has_broken(const struct vmail_index *index, const char *name);

/**
 * The gids of the groups with the member USER (folded as above): COUNT of them at GIDS, 4 bytes
 * each, not aligned.
 */
enum vmail_index_answer vmail_index_member_of(const struct vmail_index *index, const char *user,
                                              const unsigned char **gids, size_t *count);

#endif
