/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store.h"

#include <string.h>

#include "domains.h"

/* Looks for an id in one domain. On VMAIL_OK the result holds an open table. */
typedef enum vmail_result find_in_domain(const struct vmail_paths *paths,
                                         const struct vmail_config *config, const char *domain,
                                         uint32_t id, void *result);

/* The block's domain first: with blocks, an id costs one look-up however many domains there are.
 * A domain that cannot be believed does not hide the others, but turns "not found" into "cannot
 * tell". */
static enum vmail_result find_in_all(const struct vmail_paths *paths,
                                     const struct vmail_config *config, uint32_t id,
                                     find_in_domain *find, void *found)
{
    struct vmail_domain_list list;
    const char *first = vmail_config_block(config, id);
    enum vmail_result answer = VMAIL_NOT_FOUND;

    if (!vmail_config_id_allowed(config, id))
        return VMAIL_NOT_FOUND;
    if (first != NULL) {
        enum vmail_result result = find(paths, config, first, id, found);
        if (result != VMAIL_NOT_FOUND)
            return result;
    }
    enum vmail_result result = vmail_domains_list(paths, &list, NULL);
    if (result != VMAIL_OK)
        return result;
    for (size_t i = 0; i < list.count; i++) {
        if (first != NULL && strcmp(first, list.name[i]) == 0)
            continue;
        result = find(paths, config, list.name[i], id, found);
        if (result == VMAIL_OK || result == VMAIL_NO_MEMORY) {
            answer = result;
            break;
        }
        if (result == VMAIL_UNAVAILABLE)
            answer = VMAIL_UNAVAILABLE;
    }
    vmail_domains_free(&list);
    return answer;
}

struct user_result {
    struct vmail_table *table;
    struct vmail_record *record;
};

static enum vmail_result find_user(const struct vmail_paths *paths,
                                   const struct vmail_config *config, const char *domain,
                                   uint32_t uid, void *found)
{
    const struct user_result *user = found;
    enum vmail_result result =
        vmail_table_open(user->table, paths, config, VMAIL_PASSWD, domain, NULL);
    if (result != VMAIL_OK)
        return result;
    result = vmail_table_find_id(user->table, uid, user->record);
    if (result != VMAIL_OK)
        vmail_table_close(user->table);
    return result;
}

enum vmail_result vmail_store_find_uid(const struct vmail_paths *paths,
                                       const struct vmail_config *config, uint32_t uid,
                                       struct vmail_table *table, struct vmail_record *record)
{
    struct user_result user = { table, record };
    return find_in_all(paths, config, uid, find_user, &user);
}

static enum vmail_result has_group(const struct vmail_paths *paths,
                                   const struct vmail_config *config, const char *domain,
                                   uint32_t gid)
{
    struct vmail_table table;
    struct vmail_record record;
    enum vmail_result result = vmail_table_open(&table, paths, config, VMAIL_GROUP, domain, NULL);
    if (result != VMAIL_OK)
        return result;
    result = vmail_table_find_id(&table, gid, &record);
    vmail_table_close(&table);
    return result;
}

enum vmail_result vmail_store_private_group(const struct vmail_paths *paths,
                                            const struct vmail_config *config, const char *domain,
                                            const struct vmail_passwd *user)
{
    if (user->uid != user->gid)
        return VMAIL_NOT_FOUND;
    enum vmail_result result = has_group(paths, config, domain, user->gid);
    if (result == VMAIL_NOT_FOUND)
        return VMAIL_OK;
    return result == VMAIL_OK ? VMAIL_NOT_FOUND : result;
}

static void take_group(struct vmail_store_group *group, const struct vmail_group *record)
{
    group->name = record->name;
    group->gid = record->gid;
    group->members = record->members;
}

/* The user in RECORD was found in group->table; makes his private group the answer, if he has one,
 * and else closes the table. */
static enum vmail_result take_private_group(const struct vmail_paths *paths,
                                            const struct vmail_config *config, const char *domain,
                                            const struct vmail_record *record,
                                            struct vmail_store_group *group)
{
    enum vmail_result result = vmail_store_private_group(paths, config, domain, &record->passwd);
    if (result == VMAIL_OK) {
        group->name = record->passwd.name;
        group->gid = record->passwd.gid;
        group->members = "";
    } else {
        vmail_table_close(&group->table);
    }
    return result;
}

enum vmail_result vmail_store_find_group(const struct vmail_paths *paths,
                                         const struct vmail_config *config, const char *domain,
                                         const char *name, struct vmail_store_group *group)
{
    struct vmail_record record;
    enum vmail_result result =
        vmail_table_open(&group->table, paths, config, VMAIL_GROUP, domain, NULL);
    if (result == VMAIL_OK) {
        result = vmail_table_find_name(&group->table, name, &record, NULL);
        if (result == VMAIL_OK) {
            take_group(group, &record.group);
            return VMAIL_OK;
        }
        vmail_table_close(&group->table);
    }
    if (result != VMAIL_NOT_FOUND)
        return result;

    result = vmail_table_open(&group->table, paths, config, VMAIL_PASSWD, domain, NULL);
    if (result != VMAIL_OK)
        return result;
    result = vmail_table_find_name(&group->table, name, &record, NULL);
    if (result != VMAIL_OK) {
        vmail_table_close(&group->table);
        return result;
    }
    return take_private_group(paths, config, domain, &record, group);
}

static enum vmail_result find_group(const struct vmail_paths *paths,
                                    const struct vmail_config *config, const char *domain,
                                    uint32_t gid, void *found)
{
    struct vmail_store_group *group = found;
    struct vmail_record record;
    enum vmail_result result =
        vmail_table_open(&group->table, paths, config, VMAIL_GROUP, domain, NULL);
    if (result == VMAIL_OK) {
        result = vmail_table_find_id(&group->table, gid, &record);
        if (result == VMAIL_OK) {
            take_group(group, &record.group);
            return VMAIL_OK;
        }
        vmail_table_close(&group->table);
    }
    if (result != VMAIL_NOT_FOUND)
        return result;

    struct user_result user = { &group->table, &record };
    result = find_user(paths, config, domain, gid, &user);
    return result != VMAIL_OK ? result : take_private_group(paths, config, domain, &record, group);
}

enum vmail_result vmail_store_find_gid(const struct vmail_paths *paths,
                                       const struct vmail_config *config, uint32_t gid,
                                       struct vmail_store_group *group)
{
    return find_in_all(paths, config, gid, find_group, group);
}
