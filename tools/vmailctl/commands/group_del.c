/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include "account.h"
#include "change_log.h"
#include "argument.h"
#include "group_facts.h"
#include "message.h"
#include "prompt.h"
#include "retired_ids.h"

static enum exit_code run(struct context *context, const struct call *call)
{
    struct vmail_identity identity;
    struct records found;
    struct change change;
    enum exit_code code = argument_exists(context, VMAIL_GROUP, call->argument[0], &identity);
    if (code == EXIT_DONE)
        code = prompt_yes_no(context, "Delete the group %s@%s", identity.user, identity.domain);
    if (code != EXIT_DONE)
        return code;
    code = change_begin(&change, context, identity.domain, true);
    if (code == EXIT_DONE) /* again: the gid may have changed during the question */
        code = argument_existing(context, VMAIL_GROUP, call->argument[0], &identity, &found);
    if (code != EXIT_DONE)
        return change_end(&change, code);
    const uint32_t gid = found.record.group.gid;
    records_end(&found);
    code = group_unused(context, identity.domain, gid);
    if (code == EXIT_DONE)
        code = retired_ids_add(&change, VMAIL_GROUP, identity.user);
    if (code == EXIT_DONE)
        code = account_remove(&change, VMAIL_GROUP, identity.user);
    if (code == EXIT_DONE)
        change_log(context, "group del %s@%s (gid %lu)", identity.user, identity.domain,
                   (unsigned long)gid);
    return change_end(&change, code);
}

const struct command group_del_command = {
    .path = "group del",
    .summary = "Delete a group, unless it is a primary group",
    .arguments = "GROUP@DOMAIN",
    .help = "Asks first.",
    .run = run,
    .needs = NEEDS_DOMAIN_ADMIN,
};
