/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The shadow database: getspnam(3), getspent(3). The kernel's check of the file's mode decides who
 * gets an answer. */
#include <errno.h>
#include <shadow.h>
#include <string.h>

#include "answer.h"
#include "cursor.h"
#include "entry_points.h"
#include "who.h"

static struct cursor cursor = CURSOR_INITIALIZER(VMAIL_SHADOW);

static void fill(struct spwd *result, const struct vmail_table *table,
                 const struct vmail_shadow *shadow, struct answer *answer)
{
    result->sp_namp = answer_put_name(answer, shadow->name, strlen(shadow->name), table->domain,
                                      table->config->fold_case);
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
    int saved = errno;
    struct who who;
    struct vmail_table table;
    struct vmail_record record;
    struct answer answer = answer_start(buffer, length);

    enum vmail_result status = who_is(&who, name, WHO_USER);
    if (status != VMAIL_OK)
        return answer_status(status, NULL, saved, errnop);
    status = vmail_table_open(&table, &vmail_system_paths, who.config, VMAIL_SHADOW,
                              who.identity.domain, NULL);
    if (status == VMAIL_OK) {
        status = vmail_table_find_name(&table, who.identity.user, &record, NULL);
        if (status == VMAIL_OK)
            fill(result, &table, &record.shadow, &answer);
        vmail_table_close(&table);
    }
    who_end(&who);
    return answer_status(status, &answer, saved, errnop);
}

enum nss_status _nss_vmail_setspent(int stay_open)
{
    (void)stay_open;
    cursor_reset(&cursor);
    return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_vmail_endspent(void)
{
    cursor_reset(&cursor);
    return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_vmail_getspent_r(struct spwd *result, char *buffer, size_t length, int *errnop)
{
    int saved = errno;
    struct answer answer = answer_start(buffer, length);
    enum vmail_result status = cursor_next(&cursor);
    if (status == VMAIL_OK)
        fill(result, &cursor.table, &cursor.record.shadow, &answer);
    cursor_done(&cursor, answer.full);
    return answer_status(status, &answer, saved, errnop);
}
