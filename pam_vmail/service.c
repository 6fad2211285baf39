/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service.h"

#include <security/pam_ext.h>
#include <syslog.h>

int service_begin(struct service *service, int argc, const char **argv)
{
    int result = options_parse(service->pamh, service->flags, argc, argv, &service->options);
    if (result == PAM_SUCCESS)
        result = who_is(service->pamh, &service->options, service->anew, &service->who);
    if (result == PAM_IGNORE && who_remember_ignored(service->pamh, &service->who) != PAM_SUCCESS)
        result = PAM_BUF_ERR;
    return result;
}

int service_end(struct service *service, int result)
{
    if (result == PAM_CONV_AGAIN)
        result = PAM_INCOMPLETE;
    if (service->options.debug)
        pam_syslog(service->pamh, LOG_DEBUG, "%s: %s", service->name,
                   pam_strerror(service->pamh, result));
    who_end(&service->who);
    return result;
}
