/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service.h"

#include <security/pam_ext.h>
#include <syslog.h>

int service_run(pam_handle_t *pamh, int flags, int argc, const char **argv, const char *name,
                bool anew, service_function *work)
{
    struct options options;
    struct who who;
    int result = options_parse(pamh, flags, argc, argv, &options);
    if (result != PAM_SUCCESS)
        return result;
    result = who_is(pamh, &options, anew, &who);
    if (result == PAM_SUCCESS)
        result = work(pamh, flags, &options, &who);
    else if (result == PAM_IGNORE && who_remember_ignored(pamh, &who) != PAM_SUCCESS)
        result = PAM_BUF_ERR;
    if (result == PAM_CONV_AGAIN)
        result = PAM_INCOMPLETE;
    if (options.debug)
        pam_syslog(pamh, LOG_DEBUG, "%s: %s", name, pam_strerror(pamh, result));
    who_end(&who);
    return result;
}
