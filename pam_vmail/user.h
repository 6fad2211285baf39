/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A user's records, as a log-in needs them.
 */
#ifndef PAM_VMAIL_USER_H
#define PAM_VMAIL_USER_H

#include <security/pam_modules.h>
#include <stdbool.h>
#include <sys/types.h>

#include "record.h"
#include "who.h"

struct user {
    bool exists;
    uid_t uid;
    gid_t gid;
    char *home;                 /* NULL where he does not exist */
    bool hash_known;            /* false: `x` in the passwd file and no line in the shadow file */
    char *hash;                 /* wiped by user_end; NULL where not known */
    struct vmail_shadow shadow; /* its numbers; all empty where there is no shadow line */
    char *stand_in;             /* some other user's usable hash, see user_load */
};

/**
 * Reads the user that WHO names. A user who is not there is no error; exists then says so.
 *
 * stand_in is the setting of a usable hash from the same file, or one of the system's default
 * method: what to compute with where the user has none, so that he cannot be told by the time it
 * takes from one who has.
 *
 * Returns PAM_SUCCESS, or PAM_AUTHINFO_UNAVAIL (logged) where a file that is needed is missing,
 * unreadable or not to be believed, or PAM_BUF_ERR. The caller ends USER with user_end, whatever
 * is returned.
 */
int user_load(const pam_handle_t *pamh, const struct who *who, struct user *user);

/** As user_load, without any secret: the shadow file is not opened, hash and stand_in are NULL. */
int user_load_public(const pam_handle_t *pamh, const struct who *who, struct user *user);

void user_end(struct user *user);

#endif
