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
    change_log_refusal(context, "%s", length < 0 ? "out of memory" : what);
    if (length >= 0)
        free(what);
    return EXIT_REFUSED;
}

/** The domain that argument NUMBER of COMMAND names; "" where it is of another kind. */
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
    enum exit_code code = argument_user(context, call->argument[number], &identity);
    if (code == EXIT_DONE)
        memcpy(domain, identity.domain, sizeof identity.domain);
    return code;
}

/** Whether he is a co-administrator of every domain that is named, and one is. */
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
            return authority_refuse(context, "%s: %s is no co-administrator of %s", command->path,
                                    context->administrator, domain);
        domains += domain[0] != '\0';
    }
    if (domains > 0)
        return EXIT_DONE;
    return authority_refuse(context, "%s: a co-administrator names a domain of his", command->path);
}

enum exit_code authority_check(struct context *context, const struct command *command,
                               const struct call *call)
{
    struct actor actor;
    const bool known = actor_find(&actor);
    context->restricted = !known || (actor.by_sudo && actor.uid != 0);
    memcpy(context->administrator, actor.name, sizeof context->administrator);
    if (command->needs == NEEDS_NOTHING)
        return EXIT_DONE;
    if (geteuid() != 0) {
        if (command->needs == NEEDS_DOMAIN_READER)
            return EXIT_DONE;
        message_error(context, "refused: only root may do that%s",
                      command->needs == NEEDS_ROOT ? "" : ", and a co-administrator by sudo");
        return EXIT_REFUSED;
    }
    if (!known)
        return authority_refuse(context, "%s: SUDO_UID makes no sense", command->path);
    if (!context->restricted)
        return EXIT_DONE;
    if (command->needs == NEEDS_ROOT || context->config == NULL || actor.name[0] == '\0')
        return authority_refuse(context, "%s: only root may do that, and %s came by sudo",
                                command->path,
                                actor.name[0] == '\0' ? "somebody unknown" : actor.name);
    return check_domains(context, command, call);
}
