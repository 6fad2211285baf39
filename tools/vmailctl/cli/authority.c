/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "authority.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "actor.h"
#include "argument.h"
#include "change_log.h"
#include "managed.h"
#include "message.h"
#include "synopsis.h"

enum exit_code authority_refuse(const struct context *context, const char *format, ...)
{
    char *what = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&what, format, arguments);
    va_end(arguments);
    message_error(context, "refused: %s", length < 0 ? "out of memory" : what);
    change_log_refusal("%s", length < 0 ? "out of memory" : what);
    if (length >= 0)
        free(what);
    return EXIT_REFUSED;
}

/** The domain in argument NUMBER of COMMAND; "" if it is another kind of argument. */
static enum exit_code domain_of(const struct context *context, const struct command *command,
                                const struct call *call, size_t number,
                                char domain[VMAIL_DOMAIN_MAX + 1])
{
    struct vmail_identity identity;
    char word[SYNOPSIS_WORD_MAX + 1];
    domain[0] = '\0';
    synopsis_word(command->arguments, number, word);
    if (strcmp(word, "DOMAIN") == 0)
        return argument_domain(context, call->argument[number], domain);
    if (strstr(word, "@DOMAIN") == NULL)
        return EXIT_DONE;
    const enum exit_code code = argument_user(context, call->argument[number], &identity);
    if (code != EXIT_DONE)
        return code;
    memcpy(domain, identity.domain, sizeof identity.domain);
    return EXIT_DONE;
}

/** Whether `admins` contains the actor in every named domain, and at least one is named. */
static enum exit_code check_domains(const struct context *context, const struct command *command,
                                    const struct call *call)
{
    size_t domains = 0;
    for (size_t i = 0; i < call->count; i++) {
        char domain[VMAIL_DOMAIN_MAX + 1];
        enum exit_code code = domain_of(context, command, call, i, domain);
        if (code != EXIT_DONE)
            return code;
        if (domain[0] != '\0' && !managed_domain(context, domain))
            return authority_refuse(
                context,
                "%s: `admins' of %s does not contain %s; root can run sudo vmailctl %s, or add the "
                "name to `admins', see sudo vmailctl domain show %s",
                command->path, domain, context->administrator, command->path, domain);
        domains += domain[0] != '\0';
    }
    if (domains > 0)
        return EXIT_DONE;
    if (strstr(command->arguments == NULL ? "" : command->arguments, "DOMAIN") == NULL)
        return authority_refuse(context, "%s: only root may do that; run sudo vmailctl %s",
                                command->path, command->path);
    return authority_refuse(context,
                            "%s: co-administrators must name one of their own domains; for all "
                            "domains run sudo vmailctl %s",
                            command->path, command->path);
}

/** For users of vmailctl other than root. */
static enum exit_code check_ordinary_user(const struct context *context,
                                          const struct command *command)
{
    if (command->needs == NEEDS_DOMAIN_READER)
        return EXIT_DONE;
    message_error(context, "refused: only root may do that; run sudo vmailctl %s%s%s",
                  command->path,
                  command->needs == NEEDS_ROOT ? ""
                                               : ", or, as a co-administrator, "
                                                 "sudo vmail-admin ",
                  command->needs == NEEDS_ROOT ? "" : command->path);
    return EXIT_REFUSED;
}

/** For users of vmail-admin. */
static enum exit_code check_co_administrator(const struct context *context,
                                             const struct command *command, const struct call *call,
                                             const struct actor *actor)
{
    if (geteuid() != 0) {
        message_error(context, "refused: vmail-admin needs sudo; run sudo vmail-admin %s",
                      command->path);
        return EXIT_REFUSED;
    }
    if (!actor->by_sudo)
        return authority_refuse(context,
                                "%s: vmail-admin is for co-administrators and was not started by "
                                "sudo (SUDO_UID is missing or not a uid); root runs vmailctl %s",
                                command->path, command->path);
    if (actor->name[0] == '\0')
        return authority_refuse(context,
                                "%s: the uid %lu in SUDO_UID has no user name to look for in "
                                "`admins'; root can run sudo vmailctl %s",
                                command->path, (unsigned long)actor->uid, command->path);
    if (command->needs == NEEDS_ROOT || context->config == NULL)
        return authority_refuse(context, "%s: only root may do that; run sudo vmailctl %s",
                                command->path, command->path);
    return check_domains(context, command, call);
}

enum exit_code authority_check(struct context *context, const struct command *command,
                               const struct call *call)
{
    struct actor actor;
    actor_find(&actor);
    if (actor.by_sudo || geteuid() != 0)
        memcpy(context->administrator, actor.name, sizeof context->administrator);
    if (command->needs == NEEDS_NOTHING)
        return EXIT_DONE;
    if (context->restricted)
        return check_co_administrator(context, command, call, &actor);
    return geteuid() == 0 ? EXIT_DONE : check_ordinary_user(context, command);
}
