/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Replaces and removes files, whole and durably. Nothing else in this project
 * writes to /etc/vmail, but set_aside, which renames and removes there.
 */
#ifndef VMAIL_REPLACE_H
#define VMAIL_REPLACE_H

#include <stddef.h>

#include "error.h"
#include "file_state.h"
#include "lock.h"
#include "text_buffer.h"
#include "trust.h"

/**
 * Gives the file at PLACE the content of the COUNT PIECES: a new file in the same directory,
 * synced to disk, renamed over the old one (put_in_place.h), the directory synced. Owner, group,
 * mode, ACL and other extended attributes are those of the old file. Where PLACE has no file yet,
 * MODE and GROUP are those of the new one, and its owner is that of the directory.
 *
 * The caller holds the domain's lock. Domains may share a file by links, each under its own lock,
 * so a lock beside the file is taken as well, waiting up to SECONDS. Whatever fails, and at
 * whatever point the machine stops, the old content or the new is there, whole.
 *
 * Returns VMAIL_OK, with a text in ERROR where only a last step failed: removing the old file, or
 * syncing the directory;
 * VMAIL_NOT_FOUND where the file at PLACE was changed or replaced by somebody without the lock
 * since it was opened: read it and try again; VMAIL_UNAVAILABLE with ERROR set.
 */
enum vmail_result vmail_replace(const struct vmail_place *place, const struct vmail_piece *pieces,
                                size_t count, mode_t mode, gid_t group, unsigned seconds,
                                struct vmail_error *error);

/**
 * Takes the lock beside the file at PLACE, waiting up to SECONDS, before the file is opened and
 * read: nobody but an editor can then get in between. VMAIL_OK, and the caller releases LOCK; else
 * VMAIL_UNAVAILABLE with ERROR.
 */
enum vmail_result vmail_replace_lock(const struct vmail_place *place, unsigned seconds,
                                     struct vmail_lock *lock, struct vmail_error *error);

/** As vmail_replace, for a caller who holds that lock. */
enum vmail_result vmail_replace_locked(const struct vmail_place *place,
                                       const struct vmail_piece *pieces, size_t count, mode_t mode,
                                       gid_t group, struct vmail_error *error);

/**
 * Removes NAME from the directory, durably: the name itself, where it is a link the link only. The
 * caller holds the domain's lock; the lock beside the file is taken as above, so that no change by
 * way of a link brings the file back. Its index is the caller's to remove. VMAIL_OK, with a text in
 * ERROR where only syncing the directory failed; VMAIL_NOT_FOUND where there is no such file;
 * VMAIL_UNAVAILABLE with ERROR.
 */
enum vmail_result vmail_remove(const struct vmail_paths *paths, const char *name, unsigned seconds,
                               struct vmail_error *error);

/**
 * Removes TEMPORARY from DIRECTORY, ".NAME.new", new contents of NAME that a process has left which
 * was killed: under the lock of vmail_replace, for which SECONDS are waited. VMAIL_OK, also where
 * it has gone meanwhile; VMAIL_UNAVAILABLE with ERROR, also where it is no such name.
 */
enum vmail_result vmail_remove_unfinished(int directory, const char *temporary, unsigned seconds,
                                          struct vmail_error *error);

#endif
