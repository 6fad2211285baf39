/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The records of a user that a log-in needs.
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
    char *home;                 /* NULL if the user does not exist */
    bool hash_known;            /* false: `x` in the passwd file and no line in the shadow file */
    char *hash;                 /* wiped by user_end; NULL if not known */
    struct vmail_shadow shadow; /* only its numbers; all empty without a shadow line */
    char *stand_in;             /* a usable hash of another user, see user_load */
};

/** How much user_load reads; each includes the ones before. */
enum user_extent {
    USER_PUBLIC,  /* no secrets: no shadow file is read, and hash is NULL */
    USER_ACCOUNT, /* hash and shadow */
    USER_CHECK,   /* stand_in */
};

/**
 * Reads the user that WHO names. A missing user is not an error: exists is then false.
 *
 * stand_in is the setting of a usable hash from the same file, or a setting of the system's default
 * method. A check uses it for a user without a usable hash, so timing does not reveal such users.
 *
 * Returns PAM_SUCCESS; PAM_AUTHINFO_UNAVAIL (logged) if a required file is missing, unreadable or
 * not trusted; or PAM_BUF_ERR. The caller always ends USER with user_end, even after an error.
 */
int user_load(const pam_handle_t *pamh, const struct who *who, enum user_extent extent,
              struct user *user);

void user_end(struct user *user);

#endif
