/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Edits one file of the directory: reads all of it, changes lines, and writes it back whole. What
 * is not changed stays byte for byte: comments, broken lines, carriage returns, a last line without
 * its newline.
 *
 * The caller holds the lock of the file's domain, of vmail.conf that of the file itself. Somebody
 * with an editor holds none; where he gets in between, his edit stays and ours is done again on top
 * of it: vmail_edit_file sees to that.
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
#include "text_buffer.h"
#include "trust.h"

struct vmail_edit {
    char name[NAME_MAX + 1];
    struct vmail_place place;
    struct vmail_lock lock; /* beside the file, where it was taken before the reading */
    char *old;              /* what was read; NULL where there is no such file */
    size_t old_length;
    struct vmail_text_buffer now; /* what it becomes, once something was changed */
    bool changed;
};

/**
 * Reads NAME. VMAIL_OK; VMAIL_NOT_FOUND where there is no such file, which a commit can make unless
 * the directory is missing as well; VMAIL_UNAVAILABLE with ERROR, whose code is EAGAIN where it is
 * being written; VMAIL_NO_MEMORY. In every case the caller ends EDIT, at the latest.
 */
enum vmail_result vmail_edit_open(const struct vmail_paths *paths, const char *name,
                                  struct vmail_edit *edit, struct vmail_error *error);

/**
 * The same under the lock beside the file, for which SECONDS are waited: for who was overtaken by
 * others who change it by a link, each under a lock of their own domain. VMAIL_UNAVAILABLE with
 * ERROR where it cannot be had.
 */
enum vmail_result vmail_edit_open_locked(const struct vmail_paths *paths, const char *name,
                                         unsigned seconds, struct vmail_edit *edit,
                                         struct vmail_error *error);

/** Forgets, releases the lock, and wipes what was read and made. */
void vmail_edit_end(struct vmail_edit *edit);

/** What was read, and what a commit would write; they live until EDIT is changed or ended. */
struct vmail_piece vmail_edit_before(const struct vmail_edit *edit);
struct vmail_piece vmail_edit_after(const struct vmail_edit *edit);

/** Whether a commit would write: the text is another one, or the file new. */
bool vmail_edit_would_write(const struct vmail_edit *edit);

/**
 * Finds the line of NAME (folded where vmail.conf says so) in a file of KIND of DOMAIN, the very
 * one that a look-up would answer from, in the text as it is now. Results as
 * vmail_table_find_name; OFFSET becomes where the line starts.
 */
enum vmail_result vmail_edit_find(const struct vmail_edit *edit, const struct vmail_config *config,
                                  enum vmail_kind kind, const char *domain, const char *name,
                                  size_t *offset, struct vmail_error *error);

/**
 * Goes through the lines of the text as it is now. OFFSET is where the line starts, and becomes
 * where the next does; LINE is without its ending. Returns false at the end.
 */
bool vmail_edit_next_line(const struct vmail_edit *edit, size_t *offset, struct vmail_piece *line);

/** Puts the COUNT bytes at NEW in place of the REMOVED bytes at OFFSET. VMAIL_OK or
 * VMAIL_NO_MEMORY. */
enum vmail_result vmail_edit_splice(struct vmail_edit *edit, size_t offset, size_t removed,
                                    const char *new, size_t count);

/**
 * Replaces the line that starts at OFFSET by LINE, which has no ending: that of the old one stays.
 * A LINE with a line break in it is refused: VMAIL_UNAVAILABLE.
 */
enum vmail_result vmail_edit_replace_line(struct vmail_edit *edit, size_t offset, const char *line,
                                          struct vmail_error *error);

/** Adds LINE at the end, as above, with an ending like that of the first line in the file. */
enum vmail_result vmail_edit_append_line(struct vmail_edit *edit, const char *line,
                                         struct vmail_error *error);

/** Removes the line that starts at OFFSET, with its ending. */
enum vmail_result vmail_edit_delete_line(struct vmail_edit *edit, size_t offset);

/**
 * Writes, where there is something to write. A file that is not there is made with the mode and
 * group of MAKE; where that is NULL, the result is VMAIL_NOT_FOUND. Else as vmail_replace: in
 * particular VMAIL_NOT_FOUND with the code EAGAIN where the file has changed since it was read. The
 * index is the caller's business.
 */
enum vmail_result vmail_edit_commit(const struct vmail_edit *edit,
                                    const struct vmail_new_file *make, unsigned seconds,
                                    struct vmail_error *error);

/** Makes the changes in EDIT. May be called several times, each time with the file as it is. */
typedef enum vmail_result vmail_edit_function(struct vmail_edit *edit, void *context,
                                              struct vmail_error *error);

/** Is shown what was written, or, on a dry run, would have been: at most once, where there is
 * anything. */
typedef void vmail_edit_show(const struct vmail_edit *edit, void *context);

/** What a file is of that has an index. */
struct vmail_edit_index {
    const struct vmail_config *config;
    enum vmail_kind kind;
    const char *domain;
};

struct vmail_edit_request {
    const char *name; /* the file's, see vmail_file_name and vmail_aliases_file_name */
    const struct vmail_new_file *make;    /* a missing file is made so; NULL: VMAIL_NOT_FOUND */
    const struct vmail_edit_index *index; /* renewed after the change if small; NULL for none */
    vmail_edit_function *function;
    vmail_edit_show *show; /* may be NULL */
    void *context;         /* of both */
    unsigned seconds;      /* how long to wait for the lock beside the file, see vmail_replace */
    bool dry_run;          /* write nothing */
};

enum { VMAIL_EDIT_TRIES = 5 }; /* how often somebody without the lock may get in between */

/** Whether RESULT and ERROR say that somebody got in between, and that another try may help. */
bool vmail_edit_overtaken(enum vmail_result result, const struct vmail_error *error);

/**
 * Opens, changes and commits as REQUEST says, and again where somebody got in between, a bounded
 * number of times. What the function returns other than VMAIL_OK is the result, and nothing is
 * written. VMAIL_OK with a text in ERROR: written, but the directory could not be synced; else the
 * text is "".
 */
enum vmail_result vmail_edit_file(const struct vmail_paths *paths,
                                  const struct vmail_edit_request *request,
                                  struct vmail_error *error);

#endif
