/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * How each service function begins and ends: options and user before its work, log and clean-up
 * after it.
 */
#ifndef PAM_VMAIL_SERVICE_H
#define PAM_VMAIL_SERVICE_H

#include <security/pam_modules.h>

#include "options.h"
#include "who.h"

/** One call of a service function; the caller sets the first four members. */
struct service {
    pam_handle_t *pamh;
    int flags;        /* of the call */
    const char *name; /* for the log */
    bool anew;        /* the same as for who_is */
    struct options options;
    struct who who;
};

/**
 * Reads the options, and finds out which user PAM_USER names. Returns PAM_SUCCESS if SERVICE has
 * work to do, for service->who; PAM_IGNORE if PAM_USER is not a virtual user's name; or another
 * result of options_parse or who_is. The caller ends SERVICE in every case.
 */
int service_begin(struct service *service, int argc, const char **argv);

/** Ends SERVICE. Returns what the service function returns, if RESULT is that of its work. */
int service_end(struct service *service, int result);

#endif
