/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The service type password: pam_chauthtok(3), called once to check and once to change. */
#include <errno.h>
#include <security/pam_ext.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "ageing.h"
#include "entry_points.h"
#include "hash.h"
#include "lock.h"
#include "log.h"
#include "nss_agrees.h"
#include "options.h"
#include "service.h"
#include "store_hash.h"
#include "user.h"
#include "verify.h"
#include "who.h"

struct change {
    pam_handle_t *pamh;
    const struct options *options;
    const struct who *who;
    struct user user;
    bool by_root; /* no old password is needed, the minimum age is ignored */
};

static void tell_user(const struct change *change, const char *text)
{
    if (!change->options->silent)
        pam_error(change->pamh, "%s", text);
}

/* A log-in program that enforces a change runs as root, but acts for the user. */
static bool is_by_root(int flags)
{
    return getuid() == 0 && ((unsigned)flags & PAM_CHANGE_EXPIRED_AUTHTOK) == 0;
}

static bool is_demanded(const struct user *user)
{
    long days;
    enum vmail_ageing state = vmail_ageing_check(&user->shadow, vmail_ageing_today(), &days);
    return state == VMAIL_AGEING_CHANGE_FORCED || state == VMAIL_AGEING_PASSWORD_EXPIRED;
}

static int check_old(struct change *change, const char **old)
{
    int result = pam_get_authtok(change->pamh, PAM_OLDAUTHTOK, old, NULL);
    if (result != PAM_SUCCESS)
        return result;
    if (*old == NULL)
        return PAM_AUTHTOK_RECOVERY_ERR;
    delay_failure(change->pamh, change->options);
    result = verify(change->pamh, change->options, change->who, &change->user, *old);
    if (result != PAM_SUCCESS)
        pam_syslog(change->pamh, LOG_NOTICE, "%s: password not changed: the old one is wrong",
                   change->who->canonical);
    return result;
}

static int check_minimum_age(const struct change *change)
{
    long days;
    if (change->by_root ||
        !vmail_ageing_too_soon(&change->user.shadow, vmail_ageing_today(), &days))
        return PAM_SUCCESS;
    if (!change->options->silent)
        pam_error(change->pamh, "You must wait %ld more %s to change your password.", days,
                  days == 1 ? "day" : "days");
    return PAM_AUTHTOK_ERR;
}

/* PAM_PRELIM_CHECK: may the caller change the password? */
static int check_first(struct change *change, const char **old)
{
    int result = nss_agrees(change->pamh, change->who, &change->user);
    if (result == PAM_SUCCESS && !change->by_root)
        result = check_old(change, old);
    return result == PAM_SUCCESS ? check_minimum_age(change) : result;
}

static int store(const struct change *change, const char *password)
{
    struct vmail_error error = { 0 };
    char *hash = vmail_hash_new(password, change->options->crypt, change->options->rounds, &error);
    if (hash == NULL) {
        log_error(change->pamh, &error);
        tell_user(change, "This password cannot be used; it may be too long.");
        return PAM_AUTHTOK_ERR;
    }
    const struct vmail_new_password new = {
        .domain = change->who->identity.domain,
        .user = change->who->identity.user,
        .hash = hash,
        /* The hash in the file must still be the one that the old password matched: an
         * administrator may have locked the account while the user was typing. */
        .instead = change->by_root ? NULL : change->user.hash,
        .seconds = VMAIL_LOCK_SECONDS,
        .last_change = vmail_ageing_today(),
    };
    enum vmail_result result = store_hash(change->who->config, &new, &error);
    explicit_bzero(hash, strlen(hash));
    free(hash);
    if (result == VMAIL_UNFINISHED)
        log_error(change->pamh, &error);
    if (vmail_is_done(result)) {
        pam_syslog(change->pamh, LOG_NOTICE, "password changed for %s", change->who->canonical);
        return PAM_SUCCESS;
    }
    if (result == VMAIL_NOT_FOUND) {
        pam_syslog(change->pamh, LOG_NOTICE,
                   "%s: password not changed: somebody else changed it at the same time",
                   change->who->canonical);
        tell_user(change, "Somebody else has just changed or locked your password.");
        return PAM_AUTHTOK_ERR;
    }
    log_result(change->pamh, result, &error);
    tell_user(change, "The password could not be saved; the old one is still valid.");
    return error.code == ETIMEDOUT ? PAM_AUTHTOK_LOCK_BUSY : PAM_AUTHTOK_ERR;
}

/* PAM_UPDATE_AUTHTOK. The checks of the first call are repeated: between the two calls, other
 * modules may have waited for the user's input for a long time. */
static int update(struct change *change)
{
    const char *old = NULL, *new = NULL;
    int result = check_first(change, &old);
    if (result == PAM_SUCCESS)
        result = pam_get_authtok(change->pamh, PAM_AUTHTOK, &new, NULL);
    if (result != PAM_SUCCESS)
        return result;
    if (new == NULL || *new == '\0') {
        tell_user(change, "You did not enter a password; the old one is still valid.");
        return PAM_AUTHTOK_ERR;
    }
    if (old != NULL && vmail_hash_equal(old, new)) {
        tell_user(change, "The new password is the same as the old one; choose another.");
        return PAM_AUTHTOK_ERR;
    }
    return store(change, new);
}

static int check_or_update(struct change *change, int flags)
{
    const char *old = NULL;
    if (!change->user.exists)
        return PAM_USER_UNKNOWN;
    if (((unsigned)flags & PAM_CHANGE_EXPIRED_AUTHTOK) != 0 && !is_demanded(&change->user))
        return PAM_SUCCESS;
    return ((unsigned)flags & PAM_PRELIM_CHECK) != 0 ? check_first(change, &old) : update(change);
}

static int change_password(struct service *service)
{
    struct change change = { .pamh = service->pamh,
                             .options = &service->options,
                             .who = &service->who,
                             .by_root = is_by_root(service->flags) };
    /* A change by root needs no hash to compare with, and may create the shadow file. */
    int result =
        user_load(change.pamh, change.who, change.by_root ? USER_PUBLIC : USER_CHECK, &change.user);
    if (result == PAM_SUCCESS)
        result = check_or_update(&change, service->flags);
    /* PAM_USER is canonical after the check: pam_pwhistory, which may run before us in the second
     * call, then keeps one history for each user, not for each spelling. */
    if (result == PAM_SUCCESS)
        result = who_settle(change.pamh, change.options, change.who);
    user_end(&change.user);
    return result;
}

int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct service service = { .pamh = pamh, .flags = flags, .name = "password" };
    int result = service_begin(&service, argc, argv);
    if (result == PAM_SUCCESS)
        result = change_password(&service);
    return service_end(&service, result);
}
