/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The passwd database: getpwnam(3), getpwuid(3), getpwent(3). */
#include <pwd.h>
#include <string.h>

#include "entry_points.h"
#include "home.h"
#include "lookup.h"

static struct cursor cursor = CURSOR_INITIALIZER(VMAIL_PASSWD);

static char *put_default_home(struct answer *answer, const char *user, const char *domain,
                              bool fold)
{
    char home[VMAIL_HOME_MAX + 1];
    return answer_put_string(answer, vmail_default_home(home, user, domain, fold));
}

static void fill_passwd(void *entry, const char *domain, bool fold,
                        const struct vmail_record *record, struct answer *answer)
{
    struct passwd *result = entry;
    const struct vmail_passwd *user = &record->passwd;
    result->pw_name = answer_put_name(answer, user->name, strlen(user->name), domain, fold);
    result->pw_passwd = answer_put_string(answer, user->hash);
    result->pw_uid = user->uid;
    result->pw_gid = user->gid;
    const size_t length = (size_t)(user->shell - user->gecos) + strlen(user->shell);
    result->pw_gecos = answer_put(answer, user->gecos, length);
    if (result->pw_gecos == NULL)
        return;
    result->pw_dir = result->pw_gecos + (user->home - user->gecos);
    result->pw_shell = result->pw_gecos + (user->shell - user->gecos);
    if (*user->home == '\0')
        result->pw_dir = put_default_home(answer, user->name, domain, fold);
}

enum nss_status _nss_vmail_getpwnam_r(const char *name, struct passwd *result, char *buffer,
                                      size_t length, int *errnop)
{
    const struct request request = { fill_passwd, result, buffer, length, errnop };
    return lookup_passwd(name, &request);
}

enum nss_status _nss_vmail_getpwuid_r(uid_t uid, struct passwd *result, char *buffer, size_t length,
                                      int *errnop)
{
    const struct request request = { fill_passwd, result, buffer, length, errnop };
    return lookup_uid(uid, &request);
}

enum nss_status _nss_vmail_setpwent(int stay_open)
{
    (void)stay_open;
    return lookup_restart(&cursor);
}

enum nss_status _nss_vmail_endpwent(void)
{
    return lookup_restart(&cursor);
}

enum nss_status _nss_vmail_getpwent_r(struct passwd *result, char *buffer, size_t length,
                                      int *errnop)
{
    const struct request request = { fill_passwd, result, buffer, length, errnop };
    return lookup_next(&cursor, &request);
}
