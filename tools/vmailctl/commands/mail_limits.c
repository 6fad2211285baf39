/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include "argument.h"
#include "domain_rows.h"
#include "mailbox_use.h"

static enum exit_code enforce(const struct context *context, const char *domain)
{
    return context->dry_run ? EXIT_DONE : mailbox_use_enforce(context, domain, NULL, false);
}

static enum exit_code enforce_all(const struct context *context)
{
    struct vmail_domain_list list;
    enum exit_code code = domain_rows_names(context, &list);
    if (code != EXIT_DONE)
        return code;
    for (size_t i = 0; i < list.count; i++) {
        const enum exit_code one = enforce(context, list.name[i]);
        code = one != EXIT_DONE ? one : code;
    }
    vmail_domains_free(&list);
    return code;
}

static enum exit_code run(struct context *context, const struct call *call)
{
    char domain[VMAIL_DOMAIN_MAX + 1];
    enum exit_code code = call->count == 0 ? enforce_all(context) : EXIT_DONE;
    for (size_t i = 0; i < call->count; i++) {
        enum exit_code one = argument_domain(context, call->argument[i], domain);
        if (one == EXIT_DONE)
            one = enforce(context, domain);
        code = one != EXIT_DONE ? one : code;
    }
    return code;
}

const struct command mail_limits_command = {
    .path = "mail limits",
    .summary = "Set the file-system quotas to the limits",
    .arguments = "[DOMAIN...]",
    .help = "Run this after you edit limits by hand; the other commands do it for the users that "
            "they change. It does nothing on a file system without quotas, and for users without "
            "a limit.",
    .run = run,
};
