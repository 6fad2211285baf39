/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Whether a password is a user's.
 */
#ifndef PAM_VMAIL_VERIFY_H
#define PAM_VMAIL_VERIFY_H

#include <security/pam_modules.h>

#include "options.h"
#include "user.h"
#include "who.h"

/**
 * Checks PASSWORD against USER, in the same time whether or not there is such a user. Returns
 * PAM_SUCCESS, PAM_AUTH_ERR, PAM_USER_UNKNOWN, or PAM_AUTHINFO_UNAVAIL where the user's hash is
 * nowhere to be found.
 */
int verify(const pam_handle_t *pamh, const struct options *options, const struct who *who,
           const struct user *user, const char *password);

/**
 * Asks libpam to wait for about two seconds before it tells a failure, unless OPTIONS has
 * `nodelay`. For whoever checks a password; see pam_fail_delay(3).
 */
void delay_failure(pam_handle_t *pamh, const struct options *options);

#endif
