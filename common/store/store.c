/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store.h"

#include <string.h>

#include "domains.h"

/* Looks for an id in one domain. On VMAIL_OK the caller ends the result. */
typedef enum vmail_result find_in_domain(struct vmail_file file, uint32_t id, void *result);

/* One search for an id, in all domains. */
struct search {
    const struct vmail_config *config;
    struct vmail_file file; /* of no domain yet */
    uint32_t id;
    find_in_domain *find;
    void *found;
    bool all; /* also the users of a domain with ranges whose ids are in none */
};

static enum vmail_result find_in(const struct search *search, const char *domain)
{
    struct vmail_file file = search->file;
    file.domain = domain;
    return search->find(file, search->id, search->found);
}

/* An id in no range is that of a domain without ranges. An untrusted domain does not hide the
 * others, but turns "not found" into "cannot tell". */
static enum vmail_result find_in_each(const struct search *search)
{
    struct vmail_domain_list list;
    enum vmail_result answer = VMAIL_NOT_FOUND;
    enum vmail_result result = vmail_domains_list(search->file.paths, &list, NULL);
    if (result != VMAIL_OK)
        return result;
    for (size_t i = 0; i < list.count; i++) {
        if (!search->all && vmail_config_has_block(search->config, list.name[i]))
            continue;
        result = find_in(search, list.name[i]);
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
    if (!vmail_rules_allow_id(&search->config->rules, search->id))
        return VMAIL_NOT_FOUND;
    const char *owner = vmail_config_block(search->config, search->id);
    return owner == NULL ? find_in_each(search) : find_in(search, owner);
}

static enum vmail_result find_user(struct vmail_file file, uint32_t uid, void *found)
{
    return vmail_find_id(file, uid, found);
}

static enum vmail_result find_uid(const struct vmail_paths *paths,
                                  const struct vmail_config *config, uint32_t uid, bool all,
                                  struct vmail_found *found)
{
    const struct search search = {
        .config = config,
        .file = { .paths = paths, .rules = &config->rules, .kind = VMAIL_PASSWD },
        .id = uid,
        .find = find_user,
        .found = found,
        .all = all
    };
    return find_in_all(&search);
}

enum vmail_result vmail_store_find_uid(const struct vmail_paths *paths,
                                       const struct vmail_config *config, uint32_t uid,
                                       struct vmail_found *found)
{
    return find_uid(paths, config, uid, false, found);
}

enum vmail_result vmail_store_find_uid_anywhere(const struct vmail_paths *paths,
                                                const struct vmail_config *config, uint32_t uid,
                                                struct vmail_found *found)
{
    return find_uid(paths, config, uid, true, found);
}

static enum vmail_result has_group(struct vmail_file file, uint32_t gid)
{
    struct vmail_found found;
    enum vmail_result result = vmail_find_id(file, gid, &found);
    if (result == VMAIL_OK)
        vmail_found_end(&found);
    return result;
}

/* The same domain's file of another kind. */
static struct vmail_file of_kind(struct vmail_file file, enum vmail_kind kind)
{
    file.kind = kind;
    return file;
}

enum vmail_result vmail_store_private_group(struct vmail_file passwd,
                                            const struct vmail_passwd *user)
{
    if (user->uid != user->gid)
        return VMAIL_NOT_FOUND;
    enum vmail_result result = has_group(of_kind(passwd, VMAIL_GROUP), user->gid);
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

/* Makes the private group of the user that was found in PASSWD the answer, if they have one. */
static enum vmail_result take_private_group(struct vmail_file passwd,
                                            struct vmail_store_group *group)
{
    const struct vmail_passwd *user = &group->found.record.passwd;
    enum vmail_result result = vmail_store_private_group(passwd, user);
    group->name = user->name;
    group->gid = user->gid;
    group->members = "";
    if (result != VMAIL_OK)
        vmail_found_end(&group->found);
    return result;
}

enum vmail_result vmail_store_find_group(struct vmail_file file, const char *name,
                                         struct vmail_store_group *group)
{
    const struct vmail_file passwd = of_kind(file, VMAIL_PASSWD);
    enum vmail_result result = vmail_find_name(file, name, NULL, &group->found);
    if (result == VMAIL_OK)
        take_group(group);
    if (result != VMAIL_NOT_FOUND)
        return result;
    result = vmail_find_name(passwd, name, NULL, &group->found);
    return result != VMAIL_OK ? result : take_private_group(passwd, group);
}

static enum vmail_result find_group(struct vmail_file file, uint32_t gid, void *found)
{
    struct vmail_store_group *group = found;
    const struct vmail_file passwd = of_kind(file, VMAIL_PASSWD);
    enum vmail_result result = vmail_find_id(file, gid, &group->found);
    if (result == VMAIL_OK)
        take_group(group);
    if (result != VMAIL_NOT_FOUND)
        return result;
    result = vmail_find_id(passwd, gid, &group->found);
    return result != VMAIL_OK ? result : take_private_group(passwd, group);
}

enum vmail_result vmail_store_find_gid(const struct vmail_paths *paths,
                                       const struct vmail_config *config, uint32_t gid,
                                       struct vmail_store_group *group)
{
    const struct search search = {
        .config = config,
        .file = { .paths = paths, .rules = &config->rules, .kind = VMAIL_GROUP },
        .id = gid,
        .find = find_group,
        .found = group
    };
    return find_in_all(&search);
}
