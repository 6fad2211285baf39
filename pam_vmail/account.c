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

/* Logs WHY the log-in is refused, shows the user ADVICE and returns CODE. */
static int refuse(pam_handle_t *pamh, const struct options *options, const struct who *who,
                  int code, const char *why, const char *advice)
{
    pam_syslog(pamh, LOG_NOTICE, "account %s: %s", who->canonical, why);
    if (!options->silent)
        pam_error(pamh, "%s", advice);
    return code;
}

/* The results are the same as those of pam_unix(8). */
static int check_ageing(pam_handle_t *pamh, const struct options *options, const struct who *who,
                        const struct user *user)
{
    long days = 0;
    switch (vmail_ageing_check(&user->shadow, vmail_ageing_today(), &days)) {
    case VMAIL_AGEING_ACCOUNT_EXPIRED:
        return refuse(pamh, options, who, PAM_ACCT_EXPIRED, "has expired",
                      "Your account has expired; please contact your mail administrator.");
    case VMAIL_AGEING_INACTIVE:
        return refuse(pamh, options, who, PAM_AUTHTOK_EXPIRED,
                      "the password expired and was not changed in time",
                      "Your password expired too long ago; please contact your mail "
                      "administrator.");
    case VMAIL_AGEING_CHANGE_FORCED:
        return refuse(pamh, options, who, PAM_NEW_AUTHTOK_REQD,
                      "the administrator requires a new password",
                      "You must change your password now (required by the administrator).");
    case VMAIL_AGEING_PASSWORD_EXPIRED:
        return refuse(pamh, options, who, PAM_NEW_AUTHTOK_REQD, "the password has expired",
                      "You must change your password now (it has expired).");
    case VMAIL_AGEING_WARN:
        if (!options->silent)
            pam_info(pamh, "Warning: your password expires in %ld %s.", days,
                     days == 1 ? "day" : "days");
        return PAM_SUCCESS;
    case VMAIL_AGEING_FUTURE:
        pam_syslog(pamh, LOG_WARNING,
                   "account %s: the date of the last password change is in the future",
                   who->canonical);
        return PAM_SUCCESS;
    case VMAIL_AGEING_VALID:
        break;
    }
    return PAM_SUCCESS;
}

static int check_account(struct service *service)
{
    pam_handle_t *pamh = service->pamh;
    const struct who *who = &service->who;
    struct user user;
    int result = user_load(pamh, who, USER_ACCOUNT, &user);
    if (result == PAM_SUCCESS && !user.exists)
        result = PAM_USER_UNKNOWN;
    if (result == PAM_SUCCESS && !user.hash_known)
        result = PAM_AUTHINFO_UNAVAIL;
    if (result == PAM_SUCCESS)
        result = nss_agrees(pamh, who, &user);
    if (result == PAM_SUCCESS)
        result = check_ageing(pamh, &service->options, who, &user);
    user_end(&user);
    if (result == PAM_SUCCESS || result == PAM_NEW_AUTHTOK_REQD) {
        int settled = who_settle(pamh, &service->options, who);
        if (settled != PAM_SUCCESS)
            return settled;
    }
    return result;
}

int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct service service = { .pamh = pamh, .flags = flags, .name = "account" };
    int result = service_begin(&service, argc, argv);
    if (result == PAM_SUCCESS)
        result = check_account(&service);
    return service_end(&service, result);
}
