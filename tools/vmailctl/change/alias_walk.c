/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "alias_walk.h"

#include "managed.h"
#include "message.h"
#include "walk.h"

struct warning {
    const struct context *context;
    const char *alias;
};

static bool may_enter(void *context, const char *domain)
{
    return managed_domain(((const struct warning *)context)->context, domain);
}

static void judge_step(void *context, const struct vmail_walk_step *step)
{
    const struct warning *warning = context;
    if (step->depth == 1 && step->kind == VMAIL_WALK_ADDRESS &&
        step->route->kind == VMAIL_ROUTE_NOBODY)
        message_warning(warning->context, "%s: the target %s is neither a user nor an alias",
                        warning->alias, step->text);
}

void alias_walk_warn(const struct context *context, const struct vmail_identity *alias)
{
    char address[VMAIL_CANONICAL_MAX + 1];
    struct warning warning = { context, address };
    struct vmail_error error = { 0 };
    struct vmail_mail mail;
    /* Co-administrators do not read with root's rights what an alias of theirs names. */
    const struct vmail_walker walker = { .mail = &mail,
                                         .visit = judge_step,
                                         .enter = may_enter,
                                         .context = &warning,
                                         .no_lists = context->restricted };
    vmail_name_join(address, alias->user, alias->domain);
    vmail_mail_begin(&mail, context->paths, context->config);
    enum vmail_result result = vmail_mail_question(&mail, &error);
    if (result == VMAIL_OK)
        result = vmail_walk(&walker, address, &error);
    vmail_mail_end(&mail);
    if (result != VMAIL_OK && result != VMAIL_NOT_FOUND && error.text[0] != '\0')
        message_warning(context, "%s: %s", address, error.text);
}
