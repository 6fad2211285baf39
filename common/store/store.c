/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store.h"

#include <string.h>

#include "domains.h"

/* Looks for an id in one domain. On VMAIL_OK the caller ends the result. */
typedef enum vmail_result find_in_domain(const struct vmail_paths *paths,
                                         const struct vmail_config *config, const char *domain,
                                         uint32_t id, void *result);

/* One search for an id, in all domains. */
struct search {
    const struct vmail_paths *paths;
    const struct vmail_config *config;
    enum vmail_kind kind;
    uint32_t id;
    find_in_domain *find;
    void *found;
};

/* An untrusted domain does not hide the others, but turns "not found" into "cannot tell". */
static enum vmail_result find_in_each(const struct search *search)
{
    struct vmail_domain_list list;
    enum vmail_result answer = VMAIL_NOT_FOUND;
    enum vmail_result result = vmail_domains_list(search->paths, &list, NULL);
    if (result != VMAIL_OK)
        return result;
    for (size_t i = 0; i < list.count; i++) {
        result =
            search->find(search->paths, search->config, list.name[i], search->id, search->found);
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

static enum vmail_result find_in_all(const struct search *search)
{
    if (!vmail_config_id_allowed(search->config, search->id))
        return VMAIL_NOT_FOUND;
    const char *owner = vmail_config_block(search->config, search->id);
    return owner == NULL
               ? find_in_each(search)
               : search->find(search->paths, search->config, owner, search->id, search->found);
}

static enum vmail_result find_user(const struct vmail_paths *paths,
                                   const struct vmail_config *config, const char *domain,
                                   uint32_t uid, void *found)
{
    return vmail_find_id(paths, config, VMAIL_PASSWD, domain, uid, found);
}

enum vmail_result vmail_store_find_uid(const struct vmail_paths *paths,
                                       const struct vmail_config *config, uint32_t uid,
                                       struct vmail_found *found)
{
    const struct search search = { paths, config, VMAIL_PASSWD, uid, find_user, found };
    return find_in_all(&search);
}

static enum vmail_result has_group(const struct vmail_paths *paths,
                                   const struct vmail_config *config, const char *domain,
                                   uint32_t gid)
{
    struct vmail_found found;
    enum vmail_result result = vmail_find_id(paths, config, VMAIL_GROUP, domain, gid, &found);
    if (result == VMAIL_OK)
        vmail_found_end(&found);
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

static void take_group(struct vmail_store_group *group)
{
    const struct vmail_group *record = &group->found.record.group;
    group->name = record->name;
    group->gid = record->gid;
    group->members = record->members;
}

/* Makes the private group of the found user the answer, if they have one. */
static enum vmail_result take_private_group(const struct vmail_paths *paths,
                                            const struct vmail_config *config,
                                            struct vmail_store_group *group)
{
    const struct vmail_passwd *user = &group->found.record.passwd;
    enum vmail_result result = vmail_store_private_group(paths, config, group->found.domain, user);
    group->name = user->name;
    group->gid = user->gid;
    group->members = "";
    if (result != VMAIL_OK)
        vmail_found_end(&group->found);
    return result;
}

enum vmail_result vmail_store_find_group(const struct vmail_paths *paths,
                                         const struct vmail_config *config, const char *domain,
                                         const char *name, struct vmail_store_group *group)
{
    struct vmail_found *found = &group->found;
    enum vmail_result result =
        vmail_find_name(paths, config, VMAIL_GROUP, domain, name, NULL, found);
    if (result == VMAIL_OK)
        take_group(group);
    if (result != VMAIL_NOT_FOUND)
        return result;
    result = vmail_find_name(paths, config, VMAIL_PASSWD, domain, name, NULL, found);
    return result != VMAIL_OK ? result : take_private_group(paths, config, group);
}

static enum vmail_result find_group(const struct vmail_paths *paths,
                                    const struct vmail_config *config, const char *domain,
                                    uint32_t gid, void *result_of_search)
{
    struct vmail_store_group *group = result_of_search;
    struct vmail_found *found = &group->found;
    enum vmail_result result = vmail_find_id(paths, config, VMAIL_GROUP, domain, gid, found);
    if (result == VMAIL_OK)
        take_group(group);
    if (result != VMAIL_NOT_FOUND)
        return result;
    result = vmail_find_id(paths, config, VMAIL_PASSWD, domain, gid, found);
    return result != VMAIL_OK ? result : take_private_group(paths, config, group);
}

enum vmail_result vmail_store_find_gid(const struct vmail_paths *paths,
                                       const struct vmail_config *config, uint32_t gid,
                                       struct vmail_store_group *group)
{
    const struct search search = { paths, config, VMAIL_GROUP, gid, find_group, group };
    return find_in_all(&search);
}
