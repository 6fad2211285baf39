/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The service type auth: pam_authenticate(3), pam_setcred(3). */
#include <security/pam_ext.h>

#include "entry_points.h"
#include "log.h"
#include "nss_agrees.h"
#include "options.h"
#include "rehash.h"
#include "service.h"
#include "user.h"
#include "verify.h"
#include "who.h"

/* NSS outranks the password: if a daemon would switch to another user, no password is enough. */
static int check_user(const pam_handle_t *pamh, const struct options *options,
                      const struct who *who, const char *password)
{
    struct user user;
    int result = user_load(pamh, who, USER_CHECK, &user);
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

static int authenticate(struct service *service)
{
    pam_handle_t *pamh = service->pamh;
    const struct options *options = &service->options;
    const struct who *who = &service->who;
    const char *password = NULL;
    if (options->resolve_only)
        return who->identity.user_valid ? who_settle(pamh, options, who) : PAM_USER_UNKNOWN;
    int result = pam_get_authtok(pamh, PAM_AUTHTOK, &password, NULL);
    if (result != PAM_SUCCESS || password == NULL)
        return result != PAM_SUCCESS ? result : PAM_AUTH_ERR;
    delay_failure(pamh, options);
    result = check_user(pamh, options, who, password);
    if (result != PAM_SUCCESS) {
        log_refusal(pamh, *who->canonical != '\0' ? who->canonical : who->given, result);
        return result;
    }
    return who_settle(pamh, options, who);
}

int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct service service = { .pamh = pamh, .flags = flags, .name = "auth", .anew = true };
    int result = service_begin(&service, argc, argv);
    if (result == PAM_SUCCESS)
        result = authenticate(&service);
    return service_end(&service, result);
}

/* There are no credentials to set; PAM_SUCCESS lets a stack with this module continue. */
int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct service service = { .pamh = pamh, .flags = flags, .name = "setcred" };
    int result = service_begin(&service, argc, argv);
    return service_end(&service, result);
}
