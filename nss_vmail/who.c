/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "who.h"

#include <sys/auxv.h>

#include "system_account.h"

static enum vmail_result load_config(struct who *who)
{
    return vmail_config_cache_get(&who->config, &who->shared);
}

enum vmail_result who_config(struct who *who, enum vmail_kind kind, uint32_t id)
{
    const enum vmail_result result = load_config(who);
    if (result == VMAIL_OK)
        return VMAIL_OK;
    const bool systems = vmail_system_find_id(&vmail_system_paths, kind, id) == VMAIL_OK;
    return systems ? VMAIL_NOT_FOUND : result;
}

void who_end(struct who *who)
{
    vmail_config_cache_release(who->shared);
    who->shared = NULL;
}

static bool find_connection(struct vmail_context *context)
{
    context->has_address =
        getauxval(AT_SECURE) == 0 && vmail_address_of_socket(0, &context->address);
    return context->has_address;
}

enum vmail_result who_is(struct who *who, const char *name, enum vmail_kind kind)
{
    struct vmail_context context = { .group = kind == VMAIL_GROUP };
    const bool plain = !vmail_name_may_have_separator(name);
    if (plain && !find_connection(&context))
        return VMAIL_NOT_FOUND;

    enum vmail_result result = load_config(who);
    if (result != VMAIL_OK)
        return vmail_resolve_without_config(&vmail_system_paths, name, &context, &who->identity);
    result = vmail_resolve(&vmail_system_paths, who->config, name, &context, &who->identity);
    /* The character that may be a separator is not one here. */
    if (result == VMAIL_NOT_FOUND && !plain && who->identity.form == VMAIL_NAME_PLAIN &&
        who->identity.user_valid && find_connection(&context))
        result = vmail_resolve(&vmail_system_paths, who->config, name, &context, &who->identity);
    if (result == VMAIL_OK && !who->identity.user_valid)
        result = VMAIL_NOT_FOUND;
    if (result != VMAIL_OK)
        who_end(who);
    return result;
}

struct vmail_file who_file(const struct who *who, enum vmail_kind kind)
{
    return (struct vmail_file){ &vmail_system_paths, &who->config->rules, kind,
                                who->identity.domain };
}

enum vmail_result who_find(const struct who *who, struct vmail_found *found)
{
    const struct vmail_file_state *seen =
        who->identity.passwd.inode != 0 ? &who->identity.passwd : NULL;
    return vmail_find_name(who_file(who, VMAIL_PASSWD), who->identity.user, seen, found);
}
