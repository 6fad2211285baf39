/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Edits one file of the directory: reads all of it, changes lines, and writes it back whole.
 * Everything else stays the same byte for byte: comments, broken lines, carriage returns, a last
 * line without its newline.
 *
 * The caller holds the lock of the file's domain, or of the file itself for vmail.conf. A person
 * with an editor holds no lock. If they save meanwhile, vmail_edit_file keeps their edit and
 * repeats ours on top of it.
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
 * unless the directory is missing too); VMAIL_UNAVAILABLE with ERROR, with code EAGAIN if the file
 * is being written; VMAIL_NO_MEMORY. The caller ends EDIT in every case.
 */
enum vmail_result vmail_edit_open(const struct vmail_paths *paths, const char *name,
                                  struct vmail_edit *edit, struct vmail_error *error);

/**
 * As vmail_edit_open, under the lock beside the file; waits up to SECONDS for it. Use it after
 * another process changed the file through a link, under the lock of its own domain. Returns
 * VMAIL_UNAVAILABLE with ERROR if the lock is not available.
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

/** Whether a commit would write: the text has changed, or the file is new. */
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
 * Refuses a LINE with a line break in it: VMAIL_UNAVAILABLE.
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
 * MAKE; if MAKE is NULL, returns VMAIL_NOT_FOUND. Else returns as vmail_replace: VMAIL_NOT_FOUND
 * with code EAGAIN means that the file has changed since it was read. The caller updates the index.
 */
enum vmail_result vmail_edit_commit(const struct vmail_edit *edit,
                                    const struct vmail_new_file *make, unsigned seconds,
                                    struct vmail_error *error);

/** Makes the changes in EDIT. May be called several times, each time with the current file. */
typedef enum vmail_result vmail_edit_function(struct vmail_edit *edit, void *context,
                                              struct vmail_error *error);

/** Receives the written text, or on a dry run the text that would be written. Called at most once,
 * and only if there is a change. */
typedef void vmail_edit_show(const struct vmail_edit *edit, void *context);

struct vmail_edit_request {
    const char *name; /* of the file, see vmail_file_name and vmail_aliases_file_name */
    const struct vmail_new_file *make; /* for a missing file; NULL: VMAIL_NOT_FOUND */
    const struct vmail_file *index;    /* whose index is renewed if small; NULL for none */
    vmail_edit_function *function;
    vmail_edit_show *show; /* may be NULL */
    void *context;         /* of function and show */
    unsigned seconds;      /* how long to wait for the lock beside the file, see vmail_replace */
    bool dry_run;          /* write nothing */
};

enum { VMAIL_EDIT_TRIES = 5 }; /* tries when others change the file without the lock */

/** Whether RESULT and ERROR mean that the file was changed meanwhile, and another try may help. */
bool vmail_edit_overtaken(enum vmail_result result, const struct vmail_error *error);

/**
 * Opens, changes and commits as REQUEST says. Repeats this a bounded number of times if another
 * process changes the file meanwhile. If the function does not return VMAIL_OK, its value is the
 * result and nothing is written. VMAIL_OK with a text in ERROR: written, but the directory could
 * not be synced; else the text is "".
 */
enum vmail_result vmail_edit_file(const struct vmail_paths *paths,
                                  const struct vmail_edit_request *request,
                                  struct vmail_error *error);

#endif
