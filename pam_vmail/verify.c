/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verify.h"

#include <security/pam_ext.h>
#include <syslog.h>

#include "hash.h"

enum { DELAY_MICROSECONDS = 2000000 };

void delay_failure(pam_handle_t *pamh, const struct options *options)
{
    if (!options->nodelay)
        (void)pam_fail_delay(pamh, DELAY_MICROSECONDS);
}

/* Takes as long as a check, for users without a hash to check. */
static int refuse_slowly(const struct user *user, const char *password, int result)
{
    if (user->stand_in != NULL)
        (void)vmail_hash_verify(user->stand_in, password);
    return result;
}

int verify(const pam_handle_t *pamh, const struct options *options, const struct who *who,
           const struct user *user, const char *password)
{
    const char *setting = NULL;
    if (!user->exists)
        return refuse_slowly(user, password, PAM_USER_UNKNOWN);
    if (!user->hash_known)
        return refuse_slowly(user, password, PAM_AUTHINFO_UNAVAIL);

    switch (vmail_hash_classify(user->hash, &setting)) {
    case VMAIL_HASH_USABLE:
        return vmail_hash_verify(setting, password) ? PAM_SUCCESS : PAM_AUTH_ERR;
    case VMAIL_HASH_EMPTY:
        if (options->nullok && *password == '\0')
            return PAM_SUCCESS;
        break;
    case VMAIL_HASH_LOCKED:
        pam_syslog(pamh, LOG_NOTICE, "%s: the password is locked", who->canonical);
        break;
    case VMAIL_HASH_TOO_COSTLY:
        pam_syslog(pamh, LOG_ERR,
                   "%s: refused, because the hash takes too long to check; set a new password",
                   who->canonical);
        break;
    case VMAIL_HASH_UNSUPPORTED:
        pam_syslog(pamh, LOG_ERR,
                   "%s: refused, because crypt(3) on this machine does not support the hash; set a "
                   "new password",
                   who->canonical);
        break;
    }
    return refuse_slowly(user, password, PAM_AUTH_ERR);
}
