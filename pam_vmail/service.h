/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The steps that all entry points share: options before the work, log and clean-up after it.
 */
#ifndef PAM_VMAIL_SERVICE_H
#define PAM_VMAIL_SERVICE_H

#include <security/pam_modules.h>

#include "options.h"
#include "who.h"

/**
 * The work of one entry point for the user that WHO names. FLAGS are those of the call. Returns a
 * PAM code.
 */
typedef int service_function(pam_handle_t *pamh, int flags, const struct options *options,
                             struct who *who);

/**
 * Reads the options, resolves PAM_USER and calls WORK if PAM_USER is a virtual user's name.
 * Returns the result of the first of these three steps that fails, or PAM_SUCCESS. NAME is for the
 * log. ANEW is the same as for who_is.
 */
int service_run(pam_handle_t *pamh, int flags, int argc, const char **argv, const char *name,
                bool anew, service_function *work);

#endif
