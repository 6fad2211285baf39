/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "new_name.h"

#include "authority.h"
#include "message.h"
#include "name.h"
#include "shell_word.h"
#include "system_account.h"

enum exit_code new_name_check(const struct context *context, const char *name)
{
    const char oddity = vmail_shell_oddity(name);
    if (oddity == '\0')
        return EXIT_DONE;
    if (context->restricted)
        return authority_refuse(context,
                                "the name %s contains %c, a special character of the shell; "
                                "co-administrators may not use it",
                                name, oddity);
    message_warning(
        context,
        "the name %s contains %c, a special character of the shell: always quote it in commands",
        name, oddity);
    return EXIT_DONE;
}

bool new_name_is_systems(const struct context *context, enum vmail_kind kind, const char *user,
                         const char *domain)
{
    char name[VMAIL_CANONICAL_MAX + 1];
    vmail_name_join(name, user, domain);
    return vmail_system_has_name(context->paths, kind, name) == VMAIL_OK;
}

enum exit_code new_name_check_system(const struct context *context, enum vmail_kind kind,
                                     const char *user, const char *domain)
{
    const bool group = kind == VMAIL_GROUP;
    if (!new_name_is_systems(context, kind, user, domain))
        return EXIT_DONE;
    message_error(context, "%s already has the %s %s@%s; first remove it with %s",
                  group ? context->paths->system_group : context->paths->system_passwd,
                  group ? "group" : "user", user, domain, group ? "groupdel" : "userdel");
    return EXIT_EXISTS;
}

static void warn_of_system_name(const struct context *context,
                                const struct vmail_identity *identity)
{
    const char *user = identity->user;
    if (vmail_system_find_name(context->paths, VMAIL_PASSWD, user) == VMAIL_OK)
        message_warning(context,
                        "a system account is also called '%s': a log-in as plain '%s' always means "
                        "the system account; this user must always write %s@%s",
                        user, user, user, identity->domain);
    else if (vmail_system_has_name(context->paths, VMAIL_PASSWD, user) == VMAIL_OK)
        message_warning(context,
                        "a system user is also called '%s': a log-in as plain '%s' means this user "
                        "only at an address of %s; %s@%s works everywhere",
                        user, user, identity->domain, user, identity->domain);
}

enum exit_code new_name_check_user(const struct context *context,
                                   const struct vmail_identity *identity)
{
    enum exit_code code = new_name_check(context, identity->user);
    if (code != EXIT_DONE)
        return code;
    code = new_name_check_system(context, VMAIL_PASSWD, identity->user, identity->domain);
    if (code == EXIT_DONE)
        warn_of_system_name(context, identity);
    return code;
}
