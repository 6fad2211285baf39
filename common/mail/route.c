/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filled.h"
#include "find.h"
#include "home.h"

enum { LOCAL_MAX = 255 };

/* One question about the local part of an address. */
struct search {
    struct vmail_mail *mail;
    const struct vmail_domain_config *section; /* of the domain; may be NULL */
    struct vmail_file_state passwd;            /* of its file, if known; else all 0 */
    bool aliases;
    struct vmail_route *route;
    struct vmail_error *error;
};

static enum vmail_result find_alias(const struct search *search, const char *name)
{
    struct vmail_route *route = search->route;
    const struct vmail_mail *mail = search->mail;
    const struct vmail_mail_file *file;
    enum vmail_result result;
    char *path;
    for (size_t i = 0; (result = vmail_alias_set_path(mail->paths, mail->config, route->domain, i,
                                                      &path)) == VMAIL_OK;
         i++) {
        result = vmail_mail_read(search->mail, path, VMAIL_MAIL_ALIASES, &file, search->error);
        free(path);
        if (result != VMAIL_OK)
            return result;
        route->file = &file->aliases;
        route->alias = vmail_alias_file_find(route->file, name);
        if (route->alias != NULL)
            break;
    }
    if (result == VMAIL_OK)
        route->kind = VMAIL_ROUTE_ALIAS;
    return result;
}

static void copy_user(char *out, const struct vmail_config *config, const char *name)
{
    if (config->rules.fold_case)
        vmail_fold_copy(out, name, strlen(name));
    else
        memcpy(out, name, strlen(name) + 1);
}

static void take_user(struct vmail_route *route, const struct vmail_config *config,
                      const struct vmail_passwd *user)
{
    char home[VMAIL_HOME_MAX + 1];
    route->kind = VMAIL_ROUTE_USER;
    route->uid = user->uid;
    route->gid = user->gid;
    copy_user(route->user, config, user->name);
    snprintf(route->home, sizeof route->home, "%s",
             user->home[0] != '\0'
                 ? user->home
                 : vmail_default_home(home, route->user, route->domain, config->rules.fold_case));
}

static enum vmail_result find_user(const struct search *search, const char *name)
{
    const struct vmail_config *config = search->mail->config;
    const struct vmail_file passwd = { search->mail->paths, &config->rules, VMAIL_PASSWD,
                                       search->route->domain };
    char folded[VMAIL_USER_MAX + 1];
    struct vmail_found found;
    if (!vmail_user_valid(name, strlen(name)))
        return VMAIL_NOT_FOUND;
    copy_user(folded, config, name);
    const enum vmail_result result = vmail_find_line(
        passwd, folded, search->passwd.inode != 0 ? &search->passwd : NULL, &found, search->error);
    if (result == VMAIL_OK) {
        take_user(search->route, config, &found.record.passwd);
        vmail_found_end(&found);
    }
    return result == VMAIL_BROKEN ? VMAIL_UNAVAILABLE : result;
}

static enum vmail_result find_exact(const struct search *search, const char *name)
{
    enum vmail_result result = search->aliases ? find_alias(search, name) : VMAIL_NOT_FOUND;
    return result == VMAIL_NOT_FOUND ? find_user(search, name) : result;
}

/* The one user who has this full name. */
static enum vmail_result find_full_name(const struct search *search, const char *local)
{
    const struct vmail_mail *mail = search->mail;
    const struct vmail_mail_file *file;
    char path[VMAIL_PATH_MAX];
    if (!vmail_file_path(path, mail->paths, VMAIL_PASSWD, search->route->domain))
        return VMAIL_NO_MEMORY;
    enum vmail_result result =
        vmail_mail_read(search->mail, path, VMAIL_MAIL_FULL_NAMES, &file, search->error);
    if (result != VMAIL_OK)
        return result;
    const char *user = vmail_full_names_find(&file->full_names, local);
    result = user == NULL ? VMAIL_NOT_FOUND : find_user(search, user);
    search->route->full_name = result == VMAIL_OK;
    return result;
}

/* A full name means what the user's own name means, which may be an alias. */
static enum vmail_result find_alias_of_user(const struct search *search)
{
    struct vmail_route *route = search->route;
    enum vmail_result result = find_alias(search, route->user);
    if (result == VMAIL_OK)
        route->full_name = false;
    return result == VMAIL_NOT_FOUND ? VMAIL_OK : result;
}

/* LOCAL has room for its NUL only; it is cut at the tag. */
static enum vmail_result find_local(const struct search *search, char *local, const char *address)
{
    struct vmail_route *route = search->route;
    const char *delimiter = search->mail->config->recipient_delimiter;
    enum vmail_result result = find_exact(search, local);
    const size_t length = strlen(local), base = strcspn(local, delimiter);
    if (result == VMAIL_NOT_FOUND && base > 0 && base < length) {
        local[base] = '\0';
        result = find_exact(search, local);
        if (result == VMAIL_OK)
            route->tag = address + base;
        local[base] = address[base];
    }
    if (result == VMAIL_NOT_FOUND && search->section != NULL && search->section->match_full_name)
        result = find_full_name(search, local);
    if (result == VMAIL_OK && route->full_name && search->aliases)
        result = find_alias_of_user(search);
    return result;
}

static enum vmail_result find_route(struct vmail_mail *mail, const char *address, bool aliases,
                                    struct vmail_route *route, struct vmail_error *error)
{
    const char *at = strrchr(address, '@');
    char local[LOCAL_MAX + 1];
    VMAIL_FILLED struct vmail_identity identity;
    struct search search = { .mail = mail, .aliases = aliases, .route = route, .error = error };
    memset(route, 0, sizeof *route);
    route->tag = "";
    if (at == NULL || at == address)
        return VMAIL_OK;
    const size_t length = (size_t)(at - address);
    enum vmail_result result = vmail_mail_domain(mail, at + 1, &identity, error);
    if (result == VMAIL_UNAVAILABLE)
        return result;
    if (result != VMAIL_OK) {
        const struct vmail_relay_config *relay = vmail_relay_find(mail->config, at + 1);
        if (relay != NULL) {
            route->kind = VMAIL_ROUTE_RELAY;
            memcpy(route->domain, relay->name, strlen(relay->name) + 1);
        }
        return VMAIL_OK;
    }
    memcpy(route->domain, identity.domain, strlen(identity.domain) + 1);
    search.passwd = identity.passwd;
    search.section = vmail_config_domain(mail->config, route->domain);
    route->kind = VMAIL_ROUTE_NOBODY;
    result = VMAIL_NOT_FOUND;
    if (length <= LOCAL_MAX) {
        memcpy(local, address, length);
        local[length] = '\0';
        result = find_local(&search, local, address);
    }
    if (result != VMAIL_NOT_FOUND)
        return result;
    if (aliases && vmail_config_has_fallback(mail->config, route->domain)) {
        route->kind = VMAIL_ROUTE_FALLBACK;
        route->fallback = search.section->fallback;
    }
    return VMAIL_OK;
}

enum vmail_result vmail_route_find(struct vmail_mail *mail, const char *address,
                                   struct vmail_route *route, struct vmail_error *error)
{
    return find_route(mail, address, true, route, error);
}

enum vmail_result vmail_route_find_user(struct vmail_mail *mail, const char *address,
                                        struct vmail_route *route, struct vmail_error *error)
{
    return find_route(mail, address, false, route, error);
}

char *vmail_route_address(const struct vmail_route *route, const char *address)
{
    const char *at = strrchr(address, '@'), *fallback = route->fallback;
    const int tag = (int)(*route->tag == '\0' ? 0 : at - route->tag);
    char *made = NULL;
    int length;
    if (route->kind == VMAIL_ROUTE_USER || route->kind == VMAIL_ROUTE_ALIAS)
        length = asprintf(&made, "%s%.*s@%s",
                          route->kind == VMAIL_ROUTE_USER ? route->user : route->alias->name, tag,
                          route->tag, route->domain);
    else if (route->kind != VMAIL_ROUTE_FALLBACK)
        return strdup(address);
    else if (fallback[0] == '@')
        length = asprintf(&made, "%.*s%s", (int)(at - address), address, fallback);
    else if (strchr(fallback, '@') != NULL)
        return strdup(fallback);
    else
        length = asprintf(&made, "%s@%s", fallback, route->domain);
    return length < 0 ? NULL : made;
}
