/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Replaces and removes files, whole and durably. Nothing else in this project writes to /etc/vmail.
 */
#ifndef VMAIL_REPLACE_H
#define VMAIL_REPLACE_H

#include "domain_file.h"
#include "error.h"
#include "file_state.h"
#include "lock.h"
#include "new_file.h"
#include "text_buffer.h"
#include "trust.h"

/**
 * Replaces the file at PLACE by TEXT: writes a new file in the same directory, syncs it to disk,
 * renames it over the old one (put_in_place.h), and syncs the directory. The new file keeps the
 * owner, group, mode, ACL and other extended attributes of the old one. If PLACE has no file yet,
 * it is made as MAKE says; else MAKE may be NULL.
 *
 * The caller holds the domain's lock. Domains may share a file through links, each under its own
 * lock, so this function also takes a lock beside the file; it waits up to SECONDS. After any
 * failure or crash, the file has either the old or the new content, complete.
 *
 * Returns VMAIL_OK; VMAIL_UNFINISHED if only removing the old file or syncing the directory failed;
 * VMAIL_CHANGED if somebody without the lock changed or replaced the file at PLACE since it was
 * opened: read it and try again; VMAIL_UNAVAILABLE.
 */
enum vmail_result vmail_replace(const struct vmail_place *place, struct vmail_piece text,
                                const struct vmail_new_file *make, unsigned seconds,
                                struct vmail_error *error);

/**
 * Takes the lock beside the file at PLACE, waiting up to SECONDS, before the file is opened and
 * read: then only an editor can change it meanwhile. Returns VMAIL_OK, and the caller releases
 * LOCK; else VMAIL_UNAVAILABLE with ERROR.
 */
enum vmail_result vmail_replace_lock(const struct vmail_place *place, unsigned seconds,
                                     struct vmail_lock *lock, struct vmail_error *error);

/** As vmail_replace, for a caller that holds that lock. */
enum vmail_result vmail_replace_locked(const struct vmail_place *place, struct vmail_piece text,
                                       const struct vmail_new_file *make,
                                       struct vmail_error *error);

/**
 * Removes NAME from the directory, durably; if NAME is a link, removes only the link. The caller
 * holds the domain's lock. The function takes the lock beside the file as above, so that no change
 * through a link brings the file back. The caller removes the index. Returns VMAIL_OK;
 * VMAIL_UNFINISHED if only syncing the directory failed; VMAIL_NOT_FOUND if there is no such file;
 * VMAIL_UNAVAILABLE.
 */
enum vmail_result vmail_remove(const struct vmail_paths *paths, const char *name, unsigned seconds,
                               struct vmail_error *error);

/**
 * Sets KIND.DOMAIN aside, durably: renames it to .KIND.DOMAIN.gone by one rename(2); if the name is
 * a link, renames only the link. Look-ups ignore the file; an interrupted deletion of a domain
 * still finds its user list in it. A file that was set aside before is lost. The caller holds the
 * domain's lock. The function takes the lock beside the file, and returns, as vmail_remove does.
 */
enum vmail_result vmail_set_aside(const struct vmail_paths *paths, enum vmail_kind kind,
                                  const char *domain, unsigned seconds, struct vmail_error *error);

/** Removes the file that was set aside; otherwise as above. */
enum vmail_result vmail_set_aside_remove(const struct vmail_paths *paths, enum vmail_kind kind,
                                         const char *domain, unsigned seconds,
                                         struct vmail_error *error);

/**
 * Removes TEMPORARY from DIRECTORY: ".NAME.new", new content of NAME left by a killed process.
 * Waits up to SECONDS for the lock of vmail_replace. Returns VMAIL_OK, also if the file is already
 * gone; VMAIL_UNAVAILABLE with ERROR, also if the name has another form.
 */
enum vmail_result vmail_remove_unfinished(int directory, const char *temporary, unsigned seconds,
                                          struct vmail_error *error);

#endif
