/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Writes an index (see index_format.h) as a new file, and replaces the old one atomically.
 */
#ifndef VMAIL_INDEX_WRITER_H
#define VMAIL_INDEX_WRITER_H

#include <cdb.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "error.h"
#include "index.h"
#include "vmail_file.h"

struct vmail_index_writer {
    const struct vmail_paths *paths;
    char name[VMAIL_INDEX_NAME_MAX + 1];
    char temporary[VMAIL_INDEX_NAME_MAX + 1 + sizeof "..new"];
    int directory;
    int fd;
    struct cdb_make make;
    bool making;
    uint64_t position; /* where the next record starts */
    struct vmail_index_header header;
    struct vmail_error *error;
};

/**
 * Starts the index of FILE; of vmail.conf, if its kind is VMAIL_INDEX_CONFIG and its domain "".
 * Creates a missing cache directory. Waits up to SECONDS for another process that builds the same
 * index. Returns VMAIL_OK, and the caller ends WRITER with finish or abort; else VMAIL_UNAVAILABLE
 * or VMAIL_NO_MEMORY with ERROR. The other functions fill in the same ERROR.
 */
enum vmail_result vmail_index_writer_start(struct vmail_index_writer *writer,
                                           struct vmail_file file, unsigned seconds,
                                           struct vmail_error *error);

/** Adds a record. Its value ends at writer->position. */
enum vmail_result vmail_index_writer_add(struct vmail_index_writer *writer, const void *key,
                                         size_t key_length, const void *value, size_t value_length);

/**
 * Completes the index and puts it in place. It is valid for a text in state STATE (NULL: no text).
 * Users that may read a file of MODE and GROUP may read the index.
 */
enum vmail_result vmail_index_writer_finish(struct vmail_index_writer *writer,
                                            const struct vmail_file_state *state, mode_t mode,
                                            gid_t group);

/** Stops writing; the old index stays. */
void vmail_index_writer_abort(struct vmail_index_writer *writer);

#endif
