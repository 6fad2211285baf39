/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The group database: getgrnam(3), getgrgid(3), getgrent(3). */
#include <grp.h>
#include <string.h>

#include "answer.h"
#include "cursor.h"
#include "entry_points.h"
#include "gid_set.h"
#include "store.h"
#include "system_account.h"
#include "who.h"

/* An enumeration returns the lines of the group files first, then the private groups, which come
 * from the passwd files. */
static struct cursor cursor = CURSOR_INITIALIZER(VMAIL_GROUP);
static struct cursor private_cursor = CURSOR_INITIALIZER(VMAIL_PASSWD);

/* The gids of the current domain that are not private groups. private_cursor.lock protects it. */
static struct {
    struct gid_set gids;
    size_t domain; /* private_cursor.next_domain at the time of reading; 0: not read */
} taken;

static size_t count_members(const char *members)
{
    const char *member;
    size_t length, count = 0;
    while (vmail_group_next_member(&members, &member, &length))
        count++;
    return count;
}

static char **put_members(struct answer *answer, const char *members, const char *domain, bool fold)
{
    char **list = answer_put_pointers(answer, count_members(members) + 1);
    const char *member;
    size_t length, i = 0;
    if (list == NULL)
        return NULL;
    while (vmail_group_next_member(&members, &member, &length))
        list[i++] = answer_put_name(answer, member, length, domain, fold);
    list[i] = NULL;
    return list;
}

static void fill_group(struct group *result, const char *domain, bool fold, const char *name,
                       gid_t gid, const char *members, struct answer *answer)
{
    result->gr_name = answer_put_name(answer, name, strlen(name), domain, fold);
    result->gr_passwd = answer_put_string(answer, "x");
    result->gr_gid = gid;
    result->gr_mem = put_members(answer, members, domain, fold);
}

static void fill_found(struct group *result, const struct who *who, struct vmail_store_group *group,
                       struct answer *answer)
{
    fill_group(result, group->found.domain, who->config->rules.fold_case, group->name, group->gid,
               group->members, answer);
    vmail_found_end(&group->found);
}

enum nss_status _nss_vmail_getgrnam_r(const char *name, struct group *result, char *buffer,
                                      size_t length, int *errnop)
{
    struct who who;
    struct vmail_store_group group;
    struct answer answer = answer_start(buffer, length);

    enum vmail_result status = who_is(&who, name, VMAIL_GROUP);
    if (status != VMAIL_OK)
        return answer_status(status, &answer, errnop);
    status = vmail_store_find_group(who_file(&who, VMAIL_GROUP), who.identity.user, &group);
    if (status == VMAIL_OK)
        fill_found(result, &who, &group, &answer);
    who_end(&who);
    return answer_status(status, &answer, errnop);
}

enum nss_status _nss_vmail_getgrgid_r(gid_t gid, struct group *result, char *buffer, size_t length,
                                      int *errnop)
{
    struct who who;
    struct vmail_store_group group;
    struct answer answer = answer_start(buffer, length);

    if (vmail_id_is_system(gid))
        return answer_status(VMAIL_NOT_FOUND, &answer, NULL);
    enum vmail_result status = who_config(&who, VMAIL_GROUP, gid);
    if (status != VMAIL_OK)
        return answer_status(status, &answer, errnop);
    status = vmail_store_find_gid(&vmail_system_paths, who.config, gid, &group);
    if (status == VMAIL_OK)
        fill_found(result, &who, &group, &answer);
    who_end(&who);
    return answer_status(status, &answer, errnop);
}

enum nss_status _nss_vmail_setgrent(int stay_open)
{
    const struct answer answer = answer_start(NULL, 0);
    (void)stay_open;
    cursor_reset(&cursor);
    cursor_reset(&private_cursor);
    pthread_mutex_lock(&private_cursor.lock);
    gid_set_clear(&taken.gids);
    taken.domain = 0;
    pthread_mutex_unlock(&private_cursor.lock);
    return answer_status(VMAIL_OK, &answer, NULL);
}

enum nss_status _nss_vmail_endgrent(void)
{
    return _nss_vmail_setgrent(0);
}

static enum vmail_result next_line(struct group *result, struct answer *answer)
{
    enum vmail_result status = cursor_next(&cursor);
    const struct vmail_group *group = &cursor.record.group;
    if (status == VMAIL_OK)
        fill_group(result, cursor.table.domain, cursor.config->rules.fold_case, group->name,
                   group->gid, group->members, answer);
    cursor_done(&cursor, answer->full);
    return status;
}

static enum vmail_result has_private_group(void)
{
    const struct vmail_table *table = &private_cursor.table;
    const struct vmail_passwd *user = &private_cursor.record.passwd;
    if (user->uid != user->gid)
        return VMAIL_NOT_FOUND;
    if (taken.domain != private_cursor.next_domain) {
        gid_set_clear(&taken.gids);
        taken.domain = 0;
        enum vmail_result status = gid_set_read(&taken.gids, table);
        if (status != VMAIL_OK)
            return status;
        taken.domain = private_cursor.next_domain;
    }
    return gid_set_has(&taken.gids, user->gid) ? VMAIL_NOT_FOUND : VMAIL_OK;
}

static enum vmail_result next_private(struct group *result, struct answer *answer)
{
    enum vmail_result status;
    for (;;) {
        status = cursor_next(&private_cursor);
        if (status != VMAIL_OK)
            break;
        const struct vmail_passwd *user = &private_cursor.record.passwd;
        status = has_private_group();
        if (status == VMAIL_OK) {
            fill_group(result, private_cursor.table.domain, private_cursor.config->rules.fold_case,
                       user->name, user->gid, "", answer);
            break;
        }
        cursor_done(&private_cursor, false);
    }
    cursor_done(&private_cursor, answer->full);
    return status;
}

enum nss_status _nss_vmail_getgrent_r(struct group *result, char *buffer, size_t length,
                                      int *errnop)
{
    struct answer answer = answer_start(buffer, length);
    enum vmail_result status = next_line(result, &answer);
    if (status == VMAIL_NOT_FOUND)
        status = next_private(result, &answer);
    return answer_status_of_list(status, &answer, errnop);
}
