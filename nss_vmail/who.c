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

enum vmail_result who_is(struct who *who, const char *name, enum who_kind kind)
{
    struct vmail_context context = { .domain = NULL };
    context.has_address = getauxval(AT_SECURE) == 0 && vmail_address_of_socket(0, &context.address);
    if (!context.has_address && !vmail_name_may_have_separator(name))
        return VMAIL_NOT_FOUND;

    enum vmail_result result = who_config(who);
    /* A plain name may well be a system account's, which must go on working. */
    if (result == VMAIL_UNAVAILABLE && !vmail_name_may_have_separator(name))
        return VMAIL_NOT_FOUND;
    if (result != VMAIL_OK)
        return result;
    result = vmail_resolve(&vmail_system_paths, who->config, name, &context, &who->identity);
    if (result == VMAIL_OK &&
        (!who->identity.user_valid ||
         (who->identity.form == VMAIL_NAME_PLAIN && is_system_name(who->identity.user, kind))))
        result = VMAIL_NOT_FOUND;
    if (result != VMAIL_OK)
        who_end(who);
    return result;
}
