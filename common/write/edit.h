/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Edits one file of the directory: reads all of it, changes lines, and writes it back whole.
 * Everything else stays the same byte for byte: comments, broken lines, carriage returns, a last
 * line without its newline. A transaction (transaction.h) does this for several files.
 */
#ifndef VMAIL_EDIT_H
#define VMAIL_EDIT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "config.h"
#include "error.h"
#include "lock.h"
#include "name.h"
#include "new_file.h"
#include "paths.h"
#include "record.h"
#include "replace.h"
#include "table.h"
#include "text_buffer.h"
#include "trust.h"

struct vmail_edit {
    char name[NAME_MAX + 1];
    struct vmail_place place;
    struct vmail_lock lock; /* beside the file, if taken before the reading */
    char *old;              /* the text as read; NULL if there is no such file */
    size_t old_length;
    struct vmail_text_buffer now; /* the new text, once something has changed */
    bool changed;
};

/**
 * Reads NAME. Returns VMAIL_OK; VMAIL_NOT_FOUND if there is no such file (a commit can create it
 * unless the directory is missing too); VMAIL_CHANGED if the file is being written, or
 * VMAIL_UNAVAILABLE, both with ERROR; VMAIL_NO_MEMORY. The caller ends EDIT in every case.
 */
enum vmail_result vmail_edit_open(const struct vmail_paths *paths, const char *name,
                                  struct vmail_edit *edit, struct vmail_error *error);

/**
 * As vmail_edit_open, under the lock beside the file; waits up to SECONDS for it. Use it after
 * another process changed the file through a link, under the lock of its own domain. Returns
 * VMAIL_UNAVAILABLE with ERROR if the lock is not available, and VMAIL_CHANGED if the name leads to
 * another file by then.
 */
enum vmail_result vmail_edit_open_locked(const struct vmail_paths *paths, const char *name,
                                         unsigned seconds, struct vmail_edit *edit,
                                         struct vmail_error *error);

/** Ends EDIT: releases the lock, and wipes the old and the new text. */
void vmail_edit_end(struct vmail_edit *edit);

/** Return the text as read, and the text that a commit would write. They live until EDIT is changed
 * or ended. */
struct vmail_piece vmail_edit_before(const struct vmail_edit *edit);
struct vmail_piece vmail_edit_after(const struct vmail_edit *edit);

/** Whether a commit would write: the text has changed, or the file is missing and was edited, even
 * to an empty text. */
bool vmail_edit_would_write(const struct vmail_edit *edit);

/**
 * Finds the line of NAME (folded if vmail.conf says so) in the current text, which is that of FILE:
 * the same line that a look-up would use. Returns as vmail_table_find_name. OFFSET is set
 * to the start of the line.
 */
enum vmail_result vmail_edit_find(const struct vmail_edit *edit, struct vmail_file file,
                                  const char *name, size_t *offset, struct vmail_error *error);

/**
 * Iterates over the lines of the current text. OFFSET is the start of the line, and is set to the
 * start of the next line. LINE has no ending. Returns false at the end.
 */
bool vmail_edit_next_line(const struct vmail_edit *edit, size_t *offset, struct vmail_piece *line);

/** Replaces the REMOVED bytes at OFFSET by the COUNT bytes at NEW. Returns VMAIL_OK or
 * VMAIL_NO_MEMORY. */
enum vmail_result vmail_edit_splice(struct vmail_edit *edit, size_t offset, size_t removed,
                                    const char *new, size_t count);

/**
 * Replaces the line that starts at OFFSET by LINE, which has no ending: the old ending stays.
 * Refuses a LINE with a line break in it: VMAIL_INVALID.
 */
enum vmail_result vmail_edit_replace_line(struct vmail_edit *edit, size_t offset, const char *line,
                                          struct vmail_error *error);

/** Adds LINE at the end, as above, with the same ending as the first line in the file. */
enum vmail_result vmail_edit_append_line(struct vmail_edit *edit, const char *line,
                                         struct vmail_error *error);

/** Removes the line that starts at OFFSET, with its ending. */
enum vmail_result vmail_edit_delete_line(struct vmail_edit *edit, size_t offset);

/**
 * Writes the file if anything has changed. A missing file is created with the mode and group of
 * MAKE; if MAKE is NULL, returns VMAIL_NOT_FOUND. Else returns as vmail_replace. The caller updates
 * the index.
 */
enum vmail_result vmail_edit_commit(const struct vmail_edit *edit,
                                    const struct vmail_new_file *make, unsigned seconds,
                                    struct vmail_error *error);

#endif
