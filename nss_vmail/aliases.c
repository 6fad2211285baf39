/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The aliases database: getaliasbyname(3), getaliasent(3).
 *
 * Programs, files and the lists of `:include:` are left out: a program that trusts this database
 * must never run a command or write to a file because an alias names it.
 *
 * Each look-up of a name that is ours parses vmail.conf: the copy that the process keeps may come
 * from an image, which does not have `alias_files` and `admins`. That is slower than in the other
 * databases, but this one is asked rarely.
 */
#include <aliases.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "alias_set.h"
#include "answer.h"
#include "config_file.h"
#include "domains.h"
#include "entry_points.h"
#include "name.h"
#include "who.h"

/* An enumeration: all entries of the first file of the first domain, and so on. */
static struct {
    pthread_mutex_t lock;
    bool started;
    struct vmail_config *config;
    struct vmail_domain_list domains;
    size_t next_domain;
    struct vmail_alias_set set; /* of the domain before that */
    size_t file, entry;         /* the next */
} listing = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Whether a user or an alias of DOMAIN is a member by their full name. Other mailers give a meaning
 * to characters that a name may have here, such as the backslash and the quotation mark. */
static bool has_address(const char *user, const char *domain)
{
    char address[VMAIL_CANONICAL_MAX + 1];
    vmail_name_join(address, user, domain);
    return vmail_alias_kind(address) == VMAIL_ALIAS_ADDRESS;
}

/* Returns the kind of TARGET if it is a member of the entry, else VMAIL_ALIAS_WRONG. */
static enum vmail_alias_kind member_kind(const char *target, const char *domain)
{
    const enum vmail_alias_kind kind = vmail_alias_kind(target);
    return kind == VMAIL_ALIAS_ADDRESS || (kind == VMAIL_ALIAS_LOCAL && has_address(target, domain))
               ? kind
               : VMAIL_ALIAS_WRONG;
}

static size_t count_members(const struct vmail_alias *alias, const char *domain)
{
    size_t count = 0;
    for (size_t i = 0; i < alias->target_count; i++)
        count += member_kind(alias->target[i].text, domain) != VMAIL_ALIAS_WRONG;
    return count;
}

static void put_members(struct aliasent *result, const struct vmail_alias *alias,
                        const char *domain, bool fold, struct answer *answer)
{
    size_t count = 0;
    for (size_t i = 0; i < alias->target_count; i++) {
        const char *target = alias->target[i].text;
        switch (member_kind(target, domain)) {
        case VMAIL_ALIAS_LOCAL:
            result->alias_members[count++] =
                answer_put_name(answer, target, strlen(target), domain, fold);
            break;
        case VMAIL_ALIAS_ADDRESS:
            result->alias_members[count++] = answer_put_string(answer, target);
            break;
        default:
            break;
        }
    }
}

/* VMAIL_NOT_FOUND: nothing is left of the entry. */
static enum vmail_result fill_alias(struct aliasent *result, const struct vmail_alias *alias,
                                    const char *domain, bool fold, struct answer *answer)
{
    const size_t count = count_members(alias, domain);
    if (count == 0)
        return VMAIL_NOT_FOUND;
    result->alias_local = 1; /* as files has it: the entry is from a file of this machine */
    result->alias_name = answer_put_name(answer, alias->name, strlen(alias->name), domain, true);
    result->alias_members_len = count;
    result->alias_members = answer_put_pointers(answer, count);
    if (result->alias_members != NULL)
        put_members(result, alias, domain, fold, answer);
    return VMAIL_OK;
}

static enum vmail_result find_in_file(const char *path, const struct vmail_config *config,
                                      const struct vmail_identity *identity,
                                      struct aliasent *result, struct answer *answer, bool *found)
{
    struct vmail_alias_file file;
    enum vmail_result status =
        vmail_alias_file_read(&vmail_system_paths, config, path, &file, NULL);
    if (status == VMAIL_OK) {
        const struct vmail_alias *alias = vmail_alias_file_find(&file, identity->user);
        *found = alias != NULL;
        if (*found)
            status = fill_alias(result, alias, identity->domain, config->rules.fold_case, answer);
    }
    vmail_alias_file_end(&file);
    return status;
}

/* The first file that has the name decides, whatever the files after it are like. */
static enum vmail_result find_in_files(const struct vmail_config *config,
                                       const struct vmail_identity *identity,
                                       struct aliasent *result, struct answer *answer)
{
    enum vmail_result status = VMAIL_OK;
    bool found = false;
    for (size_t i = 0; status == VMAIL_OK && !found; i++) {
        char *path;
        status = vmail_alias_set_path(&vmail_system_paths, config, identity->domain, i, &path);
        if (status == VMAIL_OK) {
            status = find_in_file(path, config, identity, result, answer, &found);
            free(path);
        }
    }
    return status;
}

enum nss_status _nss_vmail_getaliasbyname_r(const char *name, struct aliasent *result, char *buffer,
                                            size_t length, int *errnop)
{
    struct who who;
    struct vmail_config *config;
    struct answer answer = answer_start(buffer, length);

    enum vmail_result status = name == NULL ? VMAIL_NOT_FOUND : who_is(&who, name, VMAIL_PASSWD);
    if (status != VMAIL_OK)
        return answer_status(status, &answer, errnop);
    status = vmail_config_load(&vmail_system_paths, &config, NULL, NULL, NULL);
    if (status == VMAIL_OK) {
        status = find_in_files(config, &who.identity, result, &answer);
        vmail_config_free(config);
    }
    who_end(&who);
    return answer_status(status, &answer, errnop);
}

static void clear(void)
{
    vmail_alias_set_end(&listing.set);
    vmail_domains_free(&listing.domains);
    vmail_config_free(listing.config);
    listing.config = NULL;
    listing.started = false;
    listing.next_domain = listing.file = listing.entry = 0;
}

enum nss_status _nss_vmail_setaliasent(void)
{
    const struct answer answer = answer_start(NULL, 0);
    pthread_mutex_lock(&listing.lock);
    clear();
    pthread_mutex_unlock(&listing.lock);
    return answer_status(VMAIL_OK, &answer, NULL);
}

enum nss_status _nss_vmail_endaliasent(void)
{
    return _nss_vmail_setaliasent();
}

static enum vmail_result start_listing(void)
{
    enum vmail_result status =
        vmail_config_load(&vmail_system_paths, &listing.config, NULL, NULL, NULL);
    if (status != VMAIL_OK)
        return status;
    if (listing.config->enumerate)
        status = vmail_domains_list(&vmail_system_paths, &listing.domains, NULL);
    if (status != VMAIL_OK)
        clear();
    listing.started = status == VMAIL_OK;
    return status;
}

/* Of a domain, the files before one that is unreadable or not trusted are still listed. */
static enum vmail_result open_next_domain(void)
{
    vmail_alias_set_end(&listing.set);
    listing.file = listing.entry = 0;
    if (listing.next_domain == listing.domains.count)
        return VMAIL_NOT_FOUND;
    const enum vmail_result status =
        vmail_alias_set_read(&vmail_system_paths, listing.config,
                             listing.domains.name[listing.next_domain], &listing.set, NULL);
    if (status == VMAIL_NO_MEMORY) {
        vmail_alias_set_end(&listing.set);
        return status;
    }
    listing.next_domain++;
    return VMAIL_OK;
}

/* Returns the next entry of the domain, or NULL. */
static const struct vmail_alias *next_of_domain(void)
{
    for (; listing.file < listing.set.count; listing.file++, listing.entry = 0) {
        const struct vmail_alias_file *file = &listing.set.file[listing.file];
        if (listing.entry < file->used_count)
            return file->used[listing.entry];
    }
    return NULL;
}

/* Whether a look-up of its name finds ALIAS. */
static bool is_found(const struct vmail_alias *alias)
{
    return vmail_user_valid(alias->name, strlen(alias->name)) &&
           vmail_alias_set_find(&listing.set, alias->name, NULL) == alias;
}

static enum vmail_result next(struct aliasent *result, struct answer *answer)
{
    enum vmail_result status = listing.started ? VMAIL_OK : start_listing();
    while (status == VMAIL_OK) {
        const struct vmail_alias *alias = next_of_domain();
        if (alias == NULL) {
            status = open_next_domain();
            continue;
        }
        const char *domain = listing.domains.name[listing.next_domain - 1];
        const bool filled =
            is_found(alias) &&
            fill_alias(result, alias, domain, listing.config->rules.fold_case, answer) == VMAIL_OK;
        if (!answer->full)
            listing.entry++;
        if (filled)
            break;
    }
    return status;
}

enum nss_status _nss_vmail_getaliasent_r(struct aliasent *result, char *buffer, size_t length,
                                         int *errnop)
{
    struct answer answer = answer_start(buffer, length);
    pthread_mutex_lock(&listing.lock);
    const enum vmail_result status = next(result, &answer);
    pthread_mutex_unlock(&listing.lock);
    return answer_status_of_list(status, &answer, errnop);
}
