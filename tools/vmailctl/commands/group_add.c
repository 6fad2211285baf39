/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include "account.h"
#include "argument.h"
#include "change_log.h"
#include "group_facts.h"
#include "id_choice.h"
#include "message.h"
#include "new_name.h"
#include "output.h"
#include "user_policy.h"
#include "records.h"

struct options {
    const char *gid;
};

static const struct command_option add_options[] = {
    { "gid", "GID", "Use this gid instead of the next free one",
      .at = offsetof(struct options, gid) },
    { 0 },
};

static enum exit_code add_group_locked(struct change *change, const struct id_wish *wish,
                                       struct vmail_record *record)
{
    const struct context *context = change->context;
    const char *name = record->group.name, *domain = change->domain;
    enum exit_code code = records_name_free(context, VMAIL_GROUP, domain, name);
    if (code != EXIT_DONE)
        return code;
    /* The user's private group has that name. */
    code = records_name_free(context, VMAIL_PASSWD, domain, name);
    if (code != EXIT_DONE)
        return code;
    code = id_choose(change, wish, &record->group.gid);
    if (code != EXIT_DONE)
        return code;
    code = account_add(change, record);
    if (code == EXIT_DONE)
        change_log(context, "group add %s@%s (gid %lu)", name, domain,
                   (unsigned long)record->group.gid);
    return code;
}

static enum exit_code run_group_add(struct context *context, const struct call *call)
{
    static const struct output_column fields[] = {
        { "group", "Group" },
        { "gid", "Gid" },
        { NULL, NULL },
    };
    const struct options *options = call->options;
    struct vmail_identity identity;
    struct id_wish wish = { 0 };
    struct change change;
    enum exit_code code = argument_user(context, call->argument[0], &identity);
    if (code != EXIT_DONE)
        return code;
    code = options->gid == NULL ? EXIT_DONE : user_policy_id(context, options->gid, &wish.id);
    if (code != EXIT_DONE)
        return code;
    if (identity.user[0] == '#') {
        message_error(context, "a name cannot start with '#', which starts a comment");
        return EXIT_USAGE;
    }
    code = new_name_check(context, identity.user);
    if (code != EXIT_DONE)
        return code;
    code = new_name_check_system(context, VMAIL_GROUP, identity.user, identity.domain);
    if (code != EXIT_DONE)
        return code;
    struct vmail_record record = { .kind = VMAIL_GROUP,
                                   .group = { .name = identity.user, .members = "" } };
    code = id_choice_begin(&change, context, identity.domain);
    if (code == EXIT_DONE)
        code = add_group_locked(&change, &wish, &record);
    code = change_end(&change, code);
    if (code != EXIT_DONE || context->dry_run)
        return code;
    return output_object(context, group_row(identity.domain, &record.group), fields);
}

const struct command group_add_command = {
    .path = "group add",
    .summary = "Add a group",
    .arguments = "GROUP@DOMAIN",
    .options = add_options,
    .options_size = sizeof(struct options),
    .run = run_group_add,
    .needs = NEEDS_DOMAIN_ADMIN,
};
