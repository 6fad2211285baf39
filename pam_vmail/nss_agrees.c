/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "nss_agrees.h"

#include <errno.h>
#include <pwd.h>
#include <security/pam_ext.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "log.h"

enum { BUFFER_FIRST = 1024, BUFFER_LAST = 1024 * 1024 };

/* getpwnam_r(3) with a buffer that grows as needed. FOUND is NULL if no user has the name. The
 * caller frees BUFFER. */
static int look_up(const char *name, struct passwd *entry, struct passwd **found, char **buffer)
{
    for (size_t size = BUFFER_FIRST; size <= BUFFER_LAST; size *= 4) {
        free(*buffer);
        *buffer = malloc(size);
        *found = NULL;
        if (*buffer == NULL)
            return ENOMEM;
        int code = getpwnam_r(name, entry, *buffer, size, found);
        if (code != ERANGE)
            return code;
    }
    return ERANGE;
}

/* The values that getpwnam_r(3) may return for "no such name", according to its manual page. */
static bool means_not_found(int code)
{
    return code == 0 || code == ENOENT || code == ESRCH || code == EBADF || code == EPERM;
}

static int check_name_in_nss(const pam_handle_t *pamh, const struct who *who,
                             const struct user *user, const char *name)
{
    struct passwd entry, *found = NULL;
    char *buffer = NULL;
    char shown[LOG_NAME_MAX + 1];
    int result = PAM_SUCCESS;

    int code = look_up(name, &entry, &found, &buffer);
    if (user->exists && found == NULL && !means_not_found(code)) {
        pam_syslog(pamh, LOG_ERR, "NSS cannot look up %s: error %d", log_name(shown, name), code);
        result = PAM_AUTHINFO_UNAVAIL;
    }
    if (user->exists && found != NULL &&
        (found->pw_uid != user->uid || found->pw_gid != user->gid)) {
        pam_syslog(pamh, LOG_ALERT,
                   "refused: NSS gives the name %s to uid %lu gid %lu (%s), but %s has uid %lu "
                   "gid %lu; see pam_vmail(8)",
                   log_name(shown, name), (unsigned long)found->pw_uid,
                   (unsigned long)found->pw_gid, found->pw_name, who->canonical,
                   (unsigned long)user->uid, (unsigned long)user->gid);
        result = PAM_PERM_DENIED;
    }
    free(buffer);
    return result;
}

int nss_agrees(const pam_handle_t *pamh, const struct who *who, const struct user *user)
{
    const char *const names[] = { who->original, who->given, who->canonical };
    int result = PAM_SUCCESS;
    for (size_t i = 0; i < sizeof names / sizeof *names && result == PAM_SUCCESS; i++)
        if (i == 0 || strcmp(names[i], names[i - 1]) != 0)
            result = check_name_in_nss(pamh, who, user, names[i]);
    return result;
}
