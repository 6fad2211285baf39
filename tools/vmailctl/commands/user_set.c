/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <stdio.h>

#include "account.h"
#include "argument.h"
#include "change_log.h"
#include "message.h"
#include "record_format.h"
#include "user_policy.h"

struct options {
    const char *gid, *comment, *home, *shell;
};

static const struct command_option set_options[] = {
    { "comment", "TEXT", "For example, the full name", .at = offsetof(struct options, comment) },
    { "gid", "GROUP", "Primary group: a gid, or a group of the domain",
      .at = offsetof(struct options, gid) },
    { "group", "GROUP", .at = offsetof(struct options, gid) },
    { "home", "PATH", "The home; files are not moved", .at = offsetof(struct options, home) },
    { "shell", "PATH", "The shell", .at = offsetof(struct options, shell) },
    { 0 },
};

struct fields {
    struct vmail_field field[4];
    size_t count;
    char gid[16];
};

static void add(struct fields *fields, int number, const char *value)
{
    fields->field[fields->count++] = (struct vmail_field){ number, value };
}

static enum exit_code make_fields(const struct context *context, const struct options *options,
                                  const struct vmail_identity *identity, uint32_t uid,
                                  struct fields *fields)
{
    enum exit_code code = EXIT_DONE;
    uint32_t gid;
    if (options->gid != NULL) {
        code = user_policy_group(context, identity->domain, uid, options->gid, &gid);
        if (code != EXIT_DONE)
            return code;
        snprintf(fields->gid, sizeof fields->gid, "%lu", (unsigned long)gid);
        add(fields, VMAIL_FIELD_PASSWD_GID, fields->gid);
    }
    if (options->comment != NULL) {
        code = user_policy_comment(context, options->comment);
        add(fields, VMAIL_FIELD_GECOS, options->comment);
    }
    if (code == EXIT_DONE && options->home != NULL) {
        code = user_policy_home(context, identity, options->home);
        add(fields, VMAIL_FIELD_HOME, options->home);
    }
    if (code == EXIT_DONE && options->shell != NULL) {
        code = user_policy_shell(context, options->shell);
        add(fields, VMAIL_FIELD_SHELL, options->shell);
    }
    if (code != EXIT_DONE || fields->count > 0)
        return code;
    message_error(context, "nothing to change: give --comment, --gid, --home or --shell");
    return EXIT_USAGE;
}

static enum exit_code run(struct context *context, const struct call *call)
{
    struct vmail_identity identity;
    struct records found;
    struct fields fields = { 0 };
    struct change change;
    enum exit_code code = argument_user(context, call->argument[0], &identity);
    if (code != EXIT_DONE)
        return code;
    code = change_begin(&change, context, identity.domain, false);
    if (code == EXIT_DONE)
        code = argument_existing(context, VMAIL_PASSWD, call->argument[0], &identity, &found);
    if (code != EXIT_DONE)
        return change_end(&change, code);
    uint32_t uid = found.record.passwd.uid;
    records_end(&found);
    code = make_fields(context, call->options, &identity, uid, &fields);
    if (code == EXIT_DONE)
        code = account_set(&change, VMAIL_PASSWD, identity.user, fields.field, fields.count);
    if (code == EXIT_NO_SUCH)
        message_error(context, "%s no longer has a user %s", identity.domain, identity.user);
    if (code == EXIT_DONE)
        change_log(context, "user set %s@%s", identity.user, identity.domain);
    return change_end(&change, code);
}

const struct command user_set_command = {
    .path = "user set",
    .summary = "Change the comment, home, shell or primary group",
    .arguments = "USER@DOMAIN",
    .options = set_options,
    .options_size = sizeof(struct options),
    .run = run,
    .needs = NEEDS_DOMAIN_ADMIN,
};
