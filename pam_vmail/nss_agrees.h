/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Checks that the C library and this module take a name for the same user. After a log-in, a
 * daemon gets the uid to switch to from the C library.
 */
#ifndef PAM_VMAIL_NSS_AGREES_H
#define PAM_VMAIL_NSS_AGREES_H

#include <security/pam_modules.h>

#include "user.h"
#include "who.h"

/**
 * Looks up three names in NSS: the original, the current and the canonical one. Returns
 * PAM_SUCCESS if each name has USER's uid and gid or does not exist; PAM_PERM_DENIED (logged, with
 * the other user) if a name belongs to another user; PAM_AUTHINFO_UNAVAIL if the look-up fails.
 * Unknown users are looked up too, so timing reveals nothing; the result is then PAM_SUCCESS.
 */
int nss_agrees(const pam_handle_t *pamh, const struct who *who, const struct user *user);

#endif
