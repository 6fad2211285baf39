/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The shadow database: getspnam(3), getspent(3). The kernel's check of the file's mode decides
 * which callers get an answer. */
#include <shadow.h>
#include <string.h>

#include "entry_points.h"
#include "lookup.h"

static struct cursor cursor = CURSOR_INITIALIZER(VMAIL_SHADOW);

static void fill_shadow(void *entry, const char *domain, bool fold,
                        const struct vmail_record *record, struct answer *answer)
{
    struct spwd *result = entry;
    const struct vmail_shadow *shadow = &record->shadow;
    result->sp_namp = answer_put_name(answer, shadow->name, strlen(shadow->name), domain, fold);
    result->sp_pwdp = answer_put_string(answer, shadow->hash);
    result->sp_lstchg = shadow->last_change;
    result->sp_min = shadow->minimum;
    result->sp_max = shadow->maximum;
    result->sp_warn = shadow->warning;
    result->sp_inact = shadow->inactive;
    result->sp_expire = shadow->expire;
    result->sp_flag = shadow->flag;
}

enum nss_status _nss_vmail_getspnam_r(const char *name, struct spwd *result, char *buffer,
                                      size_t length, int *errnop)
{
    const struct request request = { fill_shadow, result, buffer, length, errnop };
    return lookup_shadow(name, &request);
}

enum nss_status _nss_vmail_setspent(int stay_open)
{
    (void)stay_open;
    return lookup_restart(&cursor);
}

enum nss_status _nss_vmail_endspent(void)
{
    return lookup_restart(&cursor);
}

enum nss_status _nss_vmail_getspent_r(struct spwd *result, char *buffer, size_t length, int *errnop)
{
    const struct request request = { fill_shadow, result, buffer, length, errnop };
    return lookup_next(&cursor, &request);
}
