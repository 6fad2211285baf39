/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What every entry point does around its own work: options before, log and clean-up after.
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
 * Reads the options, finds out whom PAM_USER means, and, where that is a virtual user's name, calls
 * WORK. Returns what the first of the three that does not say PAM_SUCCESS says. NAME is for the
 * log; ANEW as for who_is.
 */
int service_run(pam_handle_t *pamh, int flags, int argc, const char **argv, const char *name,
                bool anew, service_function *work);

#endif
