/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Checks a user's password.
 */
#ifndef PAM_VMAIL_VERIFY_H
#define PAM_VMAIL_VERIFY_H

#include <security/pam_modules.h>

#include "options.h"
#include "user.h"
#include "who.h"

/**
 * Checks PASSWORD against USER. The check takes the same time for a missing user. Returns
 * PAM_SUCCESS, PAM_AUTH_ERR, PAM_USER_UNKNOWN, or PAM_AUTHINFO_UNAVAIL if no file has the user's
 * hash.
 */
int verify(const pam_handle_t *pamh, const struct options *options, const struct who *who,
           const struct user *user, const char *password);

/**
 * Asks libpam to report a failure about two seconds later, unless OPTIONS has `nodelay`. Each
 * caller that checks a password calls this; see pam_fail_delay(3).
 */
void delay_failure(pam_handle_t *pamh, const struct options *options);

#endif
