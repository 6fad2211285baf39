/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Whether the C library would take a name for the same user as we do. A daemon asks it whom to
 * become once we have said yes.
 */
#ifndef PAM_VMAIL_NSS_AGREES_H
#define PAM_VMAIL_NSS_AGREES_H

#include <security/pam_modules.h>

#include "user.h"
#include "who.h"

/**
 * Asks NSS for the name as it was first given, as it is now, and in canonical form. Returns
 * PAM_SUCCESS where each is either USER's, with his uid and gid, or nobody's; PAM_PERM_DENIED
 * (logged, with whom it is instead) where it is somebody else's; PAM_AUTHINFO_UNAVAIL where NSS
 * cannot tell. A user who is not there is asked for as well, for the time it takes, with the result
 * PAM_SUCCESS.
 */
int nss_agrees(const pam_handle_t *pamh, const struct who *who, const struct user *user);

#endif
