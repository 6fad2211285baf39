/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include "domain_table.h"
#include "mailbox_use.h"

static enum exit_code enforce_limits(const struct context *context, const char *domain,
                                     struct output_rows *rows)
{
    (void)rows;
    return context->dry_run ? EXIT_DONE : mailbox_use_enforce(context, domain, NULL, false);
}

static enum exit_code run_mail_limits(struct context *context, const struct call *call)
{
    return domain_each(context, call, enforce_limits, NULL);
}

const struct command mail_limits_command = {
    .path = "mail limits",
    .summary = "Set the file-system quotas to the limits",
    .arguments = "[DOMAIN...]",
    .help = "Run this after you edit limits by hand; the other commands do it for the users that "
            "they change. It does nothing on a file system without quotas, and for users without "
            "a limit.",
    .run = run_mail_limits,
};
