/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The service type session: pam_open_session(3), pam_close_session(3). */
#include <security/pam_ext.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "entry_points.h"
#include "mailbox.h"
#include "nss_agrees.h"
#include "options.h"
#include "service.h"
#include "user.h"
#include "who.h"

static int put_variable(pam_handle_t *pamh, const char *name, const char *value)
{
    char *text;
    if (asprintf(&text, "%s=%s", name, value) < 0)
        return PAM_BUF_ERR;
    int result = pam_putenv(pamh, text);
    free(text);
    return result;
}

static int put_mail(pam_handle_t *pamh, const struct who *who, const struct user *user)
{
    char *path =
        vmail_mailbox_path(who_mailbox(who), who->identity.user, who->identity.domain, user->home);
    if (path == NULL)
        return PAM_BUF_ERR;
    int result = put_variable(pamh, "MAIL", path);
    free(path);
    return result;
}

static int put_environment(pam_handle_t *pamh, const struct who *who, const struct user *user)
{
    int result = put_variable(pamh, "VMAIL_USER", who->identity.user);
    if (result == PAM_SUCCESS)
        result = put_variable(pamh, "VMAIL_DOMAIN", who->identity.domain);
    return result == PAM_SUCCESS ? put_mail(pamh, who, user) : result;
}

static int open_session(struct service *service)
{
    pam_handle_t *pamh = service->pamh;
    const struct who *who = &service->who;
    struct user user;
    int result = user_load(pamh, who, USER_PUBLIC, &user);
    if (result == PAM_SUCCESS && !user.exists)
        result = PAM_USER_UNKNOWN;
    if (result == PAM_SUCCESS)
        result = nss_agrees(pamh, who, &user);
    if (result == PAM_SUCCESS)
        result = put_environment(pamh, who, &user);
    if (result == PAM_SUCCESS)
        result = who_settle(pamh, &service->options, who);
    if (result == PAM_SUCCESS)
        pam_syslog(pamh, LOG_INFO, "session opened for user %s(uid=%lu) by (uid=%lu)",
                   who->canonical, (unsigned long)user.uid, (unsigned long)getuid());
    user_end(&user);
    return result;
}

static int close_session(struct service *service)
{
    pam_syslog(service->pamh, LOG_INFO, "session closed for user %s", service->who.canonical);
    return PAM_SUCCESS;
}

int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct service service = { .pamh = pamh, .flags = flags, .name = "open session" };
    int result = service_begin(&service, argc, argv);
    if (result == PAM_SUCCESS)
        result = open_session(&service);
    return service_end(&service, result);
}

int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct service service = { .pamh = pamh, .flags = flags, .name = "close session" };
    int result = service_begin(&service, argc, argv);
    if (result == PAM_SUCCESS)
        result = close_session(&service);
    return service_end(&service, result);
}
