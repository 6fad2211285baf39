/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The service type account: pam_acct_mgmt(3). */
#include <security/pam_ext.h>
#include <syslog.h>

#include "ageing.h"
#include "entry_points.h"
#include "nss_agrees.h"
#include "options.h"
#include "service.h"
#include "user.h"
#include "who.h"

static void tell(pam_handle_t *pamh, const struct options *options, int style, const char *text)
{
    if (!options->silent)
        pam_prompt(pamh, style, NULL, "%s", text);
}

static void warn(pam_handle_t *pamh, const struct options *options, long days)
{
    if (options->silent)
        return;
    pam_info(pamh, "Warning: your password expires in %ld %s.", days, days == 1 ? "day" : "days");
}

/* The answers are those of pam_unix(8). */
static int check_ageing(pam_handle_t *pamh, const struct options *options, const struct who *who,
                        const struct user *user)
{
    long days = 0;
    switch (vmail_ageing_check(&user->shadow, vmail_ageing_today(), &days)) {
    case VMAIL_AGEING_ACCOUNT_EXPIRED:
        pam_syslog(pamh, LOG_NOTICE, "account %s has expired", who->canonical);
        tell(pamh, options, PAM_ERROR_MSG,
             "Your account has expired; please contact your mail administrator.");
        return PAM_ACCT_EXPIRED;
    case VMAIL_AGEING_INACTIVE:
        pam_syslog(pamh, LOG_NOTICE, "account %s: password expired, and not changed in time",
                   who->canonical);
        tell(pamh, options, PAM_ERROR_MSG,
             "Your password expired too long ago; please contact your mail administrator.");
        return PAM_AUTHTOK_EXPIRED;
    case VMAIL_AGEING_CHANGE_FORCED:
        pam_syslog(pamh, LOG_NOTICE, "account %s: the administrator wants a new password",
                   who->canonical);
        tell(pamh, options, PAM_ERROR_MSG,
             "You must change your password now (the administrator asks for it).");
        return PAM_NEW_AUTHTOK_REQD;
    case VMAIL_AGEING_PASSWORD_EXPIRED:
        pam_syslog(pamh, LOG_NOTICE, "account %s: the password has expired", who->canonical);
        tell(pamh, options, PAM_ERROR_MSG, "You must change your password now (it has expired).");
        return PAM_NEW_AUTHTOK_REQD;
    case VMAIL_AGEING_WARN:
        warn(pamh, options, days);
        return PAM_SUCCESS;
    case VMAIL_AGEING_FUTURE:
        pam_syslog(pamh, LOG_WARNING, "account %s: the password was changed in the future",
                   who->canonical);
        return PAM_SUCCESS;
    case VMAIL_AGEING_VALID:
        break;
    }
    return PAM_SUCCESS;
}

static int check_account(pam_handle_t *pamh, int flags, const struct options *options,
                         struct who *who)
{
    (void)flags;
    struct user user;
    int result = user_load(pamh, who, &user);
    if (result == PAM_SUCCESS && !user.exists)
        result = PAM_USER_UNKNOWN;
    if (result == PAM_SUCCESS && !user.hash_known)
        result = PAM_AUTHINFO_UNAVAIL;
    if (result == PAM_SUCCESS)
        result = nss_agrees(pamh, who, &user);
    if (result == PAM_SUCCESS)
        result = check_ageing(pamh, options, who, &user);
    user_end(&user);
    if (result == PAM_SUCCESS || result == PAM_NEW_AUTHTOK_REQD) {
        int settled = who_settle(pamh, options, who);
        if (settled != PAM_SUCCESS)
            return settled;
    }
    return result;
}

int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    return service_run(pamh, flags, argc, argv, "account", false, check_account);
}
