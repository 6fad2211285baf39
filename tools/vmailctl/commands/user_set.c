/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>

#include "account.h"
#include "argument.h"
#include "change_log.h"
#include "limit.h"
#include "mailbox_use.h"
#include "message.h"
#include "record_format.h"
#include "user_policy.h"

struct options {
    const char *gid, *comment, *home, *shell, *limit;
};

static const struct command_option set_options[] = {
    { "comment", "TEXT", "For example, the full name", .at = offsetof(struct options, comment) },
    { "mailbox-limit", "SIZE", "Own limit of the mailbox; none; default: that of the domain",
      .at = offsetof(struct options, limit) },
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
    char *gecos; /* in memory of its own */
};

static void add_field(struct fields *fields, int number, const char *value)
{
    fields->field[fields->count++] = (struct vmail_field){ number, value };
}

/** The comment and the limit, both of which are in the field GECOS; the one not given stays. */
static enum exit_code make_gecos(const struct context *context, const struct options *options,
                                 const char *domain, const char *gecos, struct fields *fields)
{
    const char *size = NULL;
    if (options->comment == NULL && options->limit == NULL)
        return EXIT_DONE;
    enum exit_code code =
        options->comment == NULL ? EXIT_DONE : user_policy_comment(context, options->comment);
    if (code != EXIT_DONE)
        return code;
    code = options->limit == NULL ? EXIT_DONE
                                  : user_policy_limit(context, domain, options->limit, &size);
    if (code != EXIT_DONE)
        return code;
    fields->gecos =
        options->limit == NULL
            ? vmail_limit_keep(gecos, options->comment)
            : vmail_limit_put(options->comment != NULL ? options->comment : gecos, size);
    if (fields->gecos == NULL)
        return message_no_memory(context);
    add_field(fields, VMAIL_FIELD_GECOS, fields->gecos);
    return EXIT_DONE;
}

static enum exit_code make_fields(const struct context *context, const struct options *options,
                                  const struct vmail_identity *identity,
                                  const struct vmail_passwd *user, struct fields *fields)
{
    enum exit_code code;
    uint32_t gid;
    if (options->gid != NULL) {
        code = user_policy_group(context, identity->domain, user->uid, options->gid, &gid);
        if (code != EXIT_DONE)
            return code;
        snprintf(fields->gid, sizeof fields->gid, "%lu", (unsigned long)gid);
        add_field(fields, VMAIL_FIELD_PASSWD_GID, fields->gid);
    }
    code = make_gecos(context, options, identity->domain, user->gecos, fields);
    if (code != EXIT_DONE)
        return code;
    if (options->home != NULL) {
        code = user_policy_home(context, identity, options->home);
        if (code != EXIT_DONE)
            return code;
        add_field(fields, VMAIL_FIELD_HOME, options->home);
    }
    if (options->shell != NULL) {
        code = user_policy_shell(context, options->shell);
        if (code != EXIT_DONE)
            return code;
        add_field(fields, VMAIL_FIELD_SHELL, options->shell);
    }
    if (fields->count > 0)
        return EXIT_DONE;
    message_error(context, "nothing to change: give --comment, --mailbox-limit, --gid, --home or "
                           "--shell");
    return EXIT_USAGE;
}

static enum exit_code set_user_locked(struct change *change, const struct call *call,
                                      struct vmail_identity *identity, struct fields *fields)
{
    const struct context *context = change->context;
    const struct options *options = call->options;
    struct records found;
    enum exit_code code =
        argument_existing(context, VMAIL_PASSWD, call->argument[0], identity, &found);
    if (code != EXIT_DONE)
        return code;
    code = make_fields(context, options, identity, &found.record.passwd, fields);
    records_end(&found);
    if (code != EXIT_DONE)
        return code;
    code = account_set(change, VMAIL_PASSWD, identity->user, fields->field, fields->count);
    if (code == EXIT_NO_SUCH)
        message_error(context, "%s no longer has a user %s", identity->domain, identity->user);
    if (code != EXIT_DONE)
        return code;
    change_log(context, "user set %s@%s", identity->user, identity->domain);
    if (options->limit == NULL || context->dry_run)
        return EXIT_DONE;
    return mailbox_use_enforce(context, identity->domain, identity->user, true);
}

static enum exit_code run_user_set(struct context *context, const struct call *call)
{
    struct vmail_identity identity;
    struct fields fields = { 0 };
    struct change change;
    enum exit_code code = argument_user(context, call->argument[0], &identity);
    if (code != EXIT_DONE)
        return code;
    code = change_begin(&change, context, identity.domain, false);
    if (code == EXIT_DONE)
        code = set_user_locked(&change, call, &identity, &fields);
    free(fields.gecos);
    return change_end(&change, code);
}

const struct command user_set_command = {
    .path = "user set",
    .summary = "Change the comment, limit, home, shell or group",
    .arguments = "USER@DOMAIN",
    .options = set_options,
    .options_size = sizeof(struct options),
    .run = run_user_set,
    .needs = NEEDS_DOMAIN_ADMIN,
};
