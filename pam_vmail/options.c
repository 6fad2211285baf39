/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options.h"

#include <security/pam_ext.h>
#include <stddef.h>
#include <syslog.h>

int options_parse(const pam_handle_t *pamh, int flags, int argc, const char **argv,
                  struct options *options)
{
    *options = (struct options){ .silent = ((unsigned)flags & PAM_SILENT) != 0 };
    for (int i = 0; i < argc; i++) {
        const char *wrong = options_take(options, argv[i]);
        if (wrong != NULL) {
            pam_syslog(pamh, LOG_ERR, "option %s: %s", argv[i], wrong);
            return PAM_SERVICE_ERR;
        }
    }
    if (((unsigned)flags & PAM_DISALLOW_NULL_AUTHTOK) != 0)
        options->nullok = false;
    return PAM_SUCCESS;
}
