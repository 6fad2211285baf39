/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "account.h"
#include "argument.h"
#include "change_log.h"
#include "group_facts.h"
#include "id_choice.h"
#include "message.h"
#include "new_name.h"
#include "record_format.h"
#include "retired_ids.h"
#include "user_policy.h"
#include "records.h"

struct options {
    const char *gid, *name;
};

static const struct command_option set_options[] = {
    { "gid", "GID", "New gid; files keep the old one", .at = offsetof(struct options, gid) },
    { "name", "NAME", "New name", .at = offsetof(struct options, name) },
    { 0 },
};

/** Checks the options; GID stays 0, NAME empty where there is none. */
static enum exit_code check_group_options(const struct context *context,
                                          const struct options *options, uint32_t *gid,
                                          char name[VMAIL_USER_MAX + 1])
{
    name[0] = '\0';
    if (options->gid == NULL && options->name == NULL) {
        message_error(context, "nothing to change: give --gid or --name");
        return EXIT_USAGE;
    }
    if (options->name != NULL) {
        size_t length = strlen(options->name);
        if (!vmail_user_valid(options->name, length) || options->name[0] == '#') {
            message_error(context, "'%s' is not a valid group name", options->name);
            return EXIT_USAGE;
        }
        enum exit_code code = new_name_check(context, options->name);
        if (code != EXIT_DONE)
            return code;
        memcpy(name, options->name, length + 1);
        if (context->config->rules.fold_case)
            vmail_fold_copy(name, options->name, length);
    }
    return options->gid == NULL ? EXIT_DONE : user_policy_id(context, options->gid, gid);
}

/** Changes IDENTITY, given as TEXT: the gid if WISH has one, the name unless NAME is empty. */
static enum exit_code set_group_locked(struct change *change, const char *text,
                                       struct vmail_identity *identity, const struct id_wish *wish,
                                       const char *name)
{
    const struct context *context = change->context;
    struct records found;
    struct vmail_field fields[2];
    char number[16];
    size_t count = 0;
    uint32_t gid;
    enum exit_code code = argument_existing(context, VMAIL_GROUP, text, identity, &found);
    if (code != EXIT_DONE)
        return code;
    const uint32_t old_gid = found.record.group.gid;
    records_end(&found);
    if (wish->id != 0) {
        code = group_unused(context, identity->domain, old_gid);
        if (code != EXIT_DONE)
            return code;
        code = id_choose(change, wish, &gid);
        if (code != EXIT_DONE)
            return code;
        code = retired_ids_add(change, VMAIL_GROUP, identity->user);
        if (code != EXIT_DONE)
            return code;
        snprintf(number, sizeof number, "%lu", (unsigned long)gid);
        fields[count++] = (struct vmail_field){ VMAIL_FIELD_GROUP_GID, number };
    }
    if (name[0] != '\0') {
        code = records_name_free(context, VMAIL_GROUP, identity->domain, name);
        if (code != EXIT_DONE)
            return code;
        code = records_name_free(context, VMAIL_PASSWD, identity->domain, name);
        if (code != EXIT_DONE)
            return code;
        fields[count++] = (struct vmail_field){ VMAIL_FIELD_NAME, name };
    }
    code = account_set(change, VMAIL_GROUP, identity->user, fields, count);
    if (code == EXIT_NO_SUCH)
        message_error(context, "%s no longer has a group %s", identity->domain, identity->user);
    if (code == EXIT_DONE)
        change_log(context, "group set %s@%s", identity->user, identity->domain);
    return code;
}

static enum exit_code run_group_set(struct context *context, const struct call *call)
{
    struct vmail_identity identity;
    struct change change;
    struct id_wish wish = { 0 };
    char name[VMAIL_USER_MAX + 1];
    enum exit_code code = check_group_options(context, call->options, &wish.id, name);
    if (code != EXIT_DONE)
        return code;
    code = argument_user(context, call->argument[0], &identity);
    if (code != EXIT_DONE)
        return code;
    code = name[0] == '\0' ? EXIT_DONE
                           : new_name_check_system(context, VMAIL_GROUP, name, identity.domain);
    if (code != EXIT_DONE)
        return code;
    code = change_begin(&change, context, identity.domain, true);
    if (code == EXIT_DONE)
        code = set_group_locked(&change, call->argument[0], &identity, &wish, name);
    return change_end(&change, code);
}

const struct command group_set_command = {
    .path = "group set",
    .summary = "Change the gid or the name of a group",
    .arguments = "GROUP@DOMAIN",
    .options = set_options,
    .options_size = sizeof(struct options),
    .run = run_group_set,
    .needs = NEEDS_DOMAIN_ADMIN,
};
