/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include "account.h"
#include "change_log.h"
#include "argument.h"
#include "group_facts.h"
#include "prompt.h"
#include "retired_ids.h"

/** Deletes IDENTITY, given as NAME. */
static enum exit_code delete_group_locked(struct change *change, const char *name,
                                          struct vmail_identity *identity)
{
    const struct context *context = change->context;
    struct records found;
    /* Again: the gid may have changed during the question. */
    enum exit_code code = argument_existing(context, VMAIL_GROUP, name, identity, &found);
    if (code != EXIT_DONE)
        return code;
    const uint32_t gid = found.record.group.gid;
    records_end(&found);
    code = group_unused(context, identity->domain, gid);
    if (code != EXIT_DONE)
        return code;
    code = retired_ids_add(change, VMAIL_GROUP, identity->user);
    if (code != EXIT_DONE)
        return code;
    code = account_remove(change, VMAIL_GROUP, identity->user);
    if (code == EXIT_DONE)
        change_log(context, "group del %s@%s (gid %lu)", identity->user, identity->domain,
                   (unsigned long)gid);
    return code;
}

static enum exit_code run_group_del(struct context *context, const struct call *call)
{
    const char *name = call->argument[0];
    struct vmail_identity identity;
    struct change change;
    enum exit_code code = argument_exists(context, VMAIL_GROUP, name, &identity);
    if (code != EXIT_DONE)
        return code;
    code = prompt_yes_no(context, "Delete the group %s@%s", identity.user, identity.domain);
    if (code != EXIT_DONE)
        return code;
    code = change_begin(&change, context, identity.domain, true);
    if (code == EXIT_DONE)
        code = delete_group_locked(&change, name, &identity);
    return change_end(&change, code);
}

const struct command group_del_command = {
    .path = "group del",
    .summary = "Delete a group, unless it is a primary group",
    .arguments = "GROUP@DOMAIN",
    .help = "Asks first.",
    .run = run_group_del,
    .needs = NEEDS_DOMAIN_ADMIN,
};
