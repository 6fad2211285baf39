/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "who.h"

#include <sys/auxv.h>

#include "system_account.h"

enum vmail_result who_config(struct who *who)
{
    return vmail_config_cache_get(&who->config, &who->shared);
}

void who_end(struct who *who)
{
    vmail_config_cache_release(who->shared);
    who->shared = NULL;
}

static bool is_system_name(const char *name, enum who_kind kind)
{
    return kind == WHO_USER ? vmail_is_system_user(&vmail_system_paths, name)
                            : vmail_is_system_group(&vmail_system_paths, name);
}

static bool find_connection(struct vmail_context *context)
{
    context->has_address =
        getauxval(AT_SECURE) == 0 && vmail_address_of_socket(0, &context->address);
    return context->has_address;
}

enum vmail_result who_is(struct who *who, const char *name, enum who_kind kind)
{
    struct vmail_context context = { .domain = NULL };
    const bool plain = !vmail_name_may_have_separator(name);
    if (plain && !find_connection(&context))
        return VMAIL_NOT_FOUND;

    enum vmail_result result = who_config(who);
    /* A plain name may well be a system account's, which must go on working. */
    if (result == VMAIL_UNAVAILABLE && plain)
        return VMAIL_NOT_FOUND;
    if (result != VMAIL_OK)
        return result;
    result = vmail_resolve(&vmail_system_paths, who->config, name, &context, &who->identity);
    /* What might have been a separator is none here. */
    if (result == VMAIL_NOT_FOUND && !plain && who->identity.form == VMAIL_NAME_PLAIN &&
        who->identity.user_valid && find_connection(&context))
        result = vmail_resolve(&vmail_system_paths, who->config, name, &context, &who->identity);
    if (result == VMAIL_OK &&
        (!who->identity.user_valid ||
         (who->identity.form == VMAIL_NAME_PLAIN && is_system_name(who->identity.user, kind))))
        result = VMAIL_NOT_FOUND;
    if (result != VMAIL_OK)
        who_end(who);
    return result;
}

enum vmail_result who_find(const struct who *who, struct vmail_found *found)
{
    const struct vmail_file_state *seen =
        who->identity.passwd.inode != 0 ? &who->identity.passwd : NULL;
    return vmail_find_name(&vmail_system_paths, who->config, VMAIL_PASSWD, who->identity.domain,
                           who->identity.user, seen, found);
}
