/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Replaces a weak hash while the password is known.
 */
#ifndef PAM_VMAIL_REHASH_H
#define PAM_VMAIL_REHASH_H

#include <security/pam_modules.h>

#include "options.h"
#include "user.h"
#include "who.h"

/**
 * Stores a new hash of PASSWORD, which a check has just accepted for USER, if the current hash is
 * of a legacy method or cheaper than its method's default. A failure is logged only: the log-in
 * still succeeds.
 */
void rehash(const pam_handle_t *pamh, const struct options *options, const struct who *who,
            const struct user *user, const char *password);

#endif
