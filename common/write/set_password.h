/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Stores a new hash for one user.
 */
#ifndef VMAIL_SET_PASSWORD_H
#define VMAIL_SET_PASSWORD_H

#include "config.h"
#include "error.h"
#include "new_file.h"
#include "paths.h"

struct vmail_new_password {
    const char *domain;  /* the domain's own name */
    const char *user;    /* folded if vmail.conf says so */
    const char *hash;    /* the new one */
    const char *instead; /* store only if the hash is still this one; NULL for any */
    unsigned seconds;    /* how long to wait for the lock */
    long last_change;    /* the day to store with it; -1 leaves that field as it is */
};

/**
 * Stores NEW in shadow.DOMAIN; adds a missing line and creates a missing file (0640 root:shadow).
 * If passwd.DOMAIN, which everybody may read, holds the user's hash, the function then replaces it
 * by "x". Until then, the old hash is valid. Every other byte of the files stays. Takes the
 * domain's lock.
 *
 * Returns VMAIL_OK; VMAIL_UNFINISHED if the hash is stored but a last step failed; VMAIL_NOT_FOUND
 * if there is no such user, or the hash is not the one to replace any more. With any other result
 * the hash is unchanged.
 */
enum vmail_result vmail_set_password(const struct vmail_paths *paths,
                                     const struct vmail_config *config,
                                     const struct vmail_new_password *new,
                                     struct vmail_error *error);

/**
 * As vmail_set_password, for a caller that holds the domain's lock, so that it can check under the
 * lock whether the change is allowed. MAKE is the result of vmail_new_file_shadow(), called before
 * the lock.
 */
enum vmail_result vmail_set_password_locked(const struct vmail_paths *paths,
                                            const struct vmail_config *config,
                                            const struct vmail_new_password *new,
                                            const struct vmail_new_file *make,
                                            struct vmail_error *error);

#endif
