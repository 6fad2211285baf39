/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The service type auth: pam_authenticate(3), pam_setcred(3). */
#include <security/pam_ext.h>
#include <syslog.h>

#include "entry_points.h"
#include "log.h"
#include "nss_agrees.h"
#include "options.h"
#include "rehash.h"
#include "user.h"
#include "verify.h"
#include "who.h"

static void log_refusal(const pam_handle_t *pamh, const struct who *who, int result)
{
    const void *host = NULL;
    char from[LOG_NAME_MAX + 1], name[LOG_NAME_MAX + 1];
    if (pam_get_item(pamh, PAM_RHOST, &host) != PAM_SUCCESS || host == NULL)
        host = "";
    pam_syslog(pamh, LOG_NOTICE, "authentication failure; user=%s domain=%s rhost=%s: %s",
               log_name(name, who->given), who->identity.domain, log_name(from, host),
               pam_strerror((pam_handle_t *)(uintptr_t)pamh, result));
}

/* NSS outranks the password: where a daemon would become somebody else, no password helps. */
static int check_user(const pam_handle_t *pamh, const struct options *options,
                      const struct who *who, const char *password)
{
    struct user user;
    int result = user_load(pamh, who, &user);
    if (result == PAM_SUCCESS) {
        result = verify(pamh, options, who, &user, password);
        int agreed = nss_agrees(pamh, who, &user);
        if (agreed != PAM_SUCCESS)
            result = agreed;
    }
    if (result == PAM_SUCCESS && options->rehash)
        rehash(pamh, options, who, &user, password);
    user_end(&user);
    return result;
}

static int set_and_remember(pam_handle_t *pamh, const struct options *options,
                            const struct who *who)
{
    int result = who_remember(pamh, who);
    return result != PAM_SUCCESS ? result : who_set_user(pamh, options, who);
}

static int authenticate(pam_handle_t *pamh, const struct options *options, struct who *who)
{
    const char *password = NULL;
    int result = who_is(pamh, options, who);
    if (result == PAM_IGNORE && who_remember_ignored(pamh, who) != PAM_SUCCESS)
        return PAM_BUF_ERR;
    if (result != PAM_SUCCESS)
        return result;
    if (options->resolve_only)
        return who->identity.user_valid ? set_and_remember(pamh, options, who) : PAM_USER_UNKNOWN;
    result = pam_get_authtok(pamh, PAM_AUTHTOK, &password, NULL);
    if (result != PAM_SUCCESS || password == NULL)
        return result == PAM_CONV_AGAIN ? PAM_INCOMPLETE
               : result == PAM_SUCCESS  ? PAM_AUTH_ERR
                                        : result;
    delay_failure(pamh, options);
    result = check_user(pamh, options, who, password);
    if (result != PAM_SUCCESS) {
        log_refusal(pamh, who, result);
        return result;
    }
    return set_and_remember(pamh, options, who);
}

int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct options options;
    struct who who;
    int result = options_parse(pamh, flags, argc, argv, &options);
    if (result != PAM_SUCCESS)
        return result;
    result = authenticate(pamh, &options, &who);
    if (options.debug)
        pam_syslog(pamh, LOG_DEBUG, "auth: %s", pam_strerror(pamh, result));
    who_end(&who);
    return result;
}

/* There are no credentials to set; the answer keeps a stack going that names us. */
int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct options options;
    struct who who;
    int result = options_parse(pamh, flags, argc, argv, &options);
    if (result != PAM_SUCCESS)
        return result;
    result = who_is(pamh, &options, &who);
    who_end(&who);
    return result;
}
