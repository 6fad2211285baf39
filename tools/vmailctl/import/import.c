/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <string.h>

#include "argument.h"
#include "id_owners.h"
#include "import/steps.h"
#include "import/readers.h"
#include "message.h"
#include "suggest.h"

struct import_options {
    const char *domain, *shadow, *group, *scheme, *lowest;
    bool default_homes, all;
};

static bool is_id(const char *value, const void *at, struct vmail_error *error)
{
    (void)at;
    if (source_id(value) < 0)
        vmail_error_set(error, 0, "--lowest-uid must be a number");
    return source_id(value) >= 0;
}

static const struct command_option option_list[] = {
    { "domain", "DOMAIN", "Domain for names without one", .letter = 'd',
      .at = offsetof(struct import_options, domain) },
    { "scheme", "crypt|plain",
      "Format of passwords without {SCHEME}: crypt (default), or plain (will be hashed)",
      .at = offsetof(struct import_options, scheme) },
    { "shadow", "FILE", "host: the shadow file (default: next to passwd)",
      .at = offsetof(struct import_options, shadow) },
    { "group", "FILE", "host: the group file (default: next to passwd)",
      .at = offsetof(struct import_options, group) },
    { "lowest-uid", "UID", "host, virtuald: lower uids are system accounts (1000, 500)",
      .accept = is_id, .at = offsetof(struct import_options, lowest) },
    { "default-homes", NULL, "Set all homes to /vhome/DOMAIN/USER",
      .at = offsetof(struct import_options, default_homes) },
    { "all", NULL, "Also report users that are imported unchanged",
      .at = offsetof(struct import_options, all) },
    { 0 },
};

/** A format that can be imported. */
struct format {
    const char *name;
    import_reader *read;
    bool needs_domain; /* --domain must be given */
};

static const struct format *find_format(const struct context *context, const char *name)
{
    static const struct format formats[] = {
        { "dovecot", read_dovecot, false },     { "vpopmail", read_vpopmail, false },
        { "mailutils", read_mailutils, false }, { "htpasswd", read_htpasswd, false },
        { "virtuald", read_virtuald, false },   { "host", read_host, true },
        { "legacy", read_legacy, false },       { "json", read_json, false },
    };
    struct suggestion suggestion = { .word = name };
    char hint[SUGGEST_TEXT_MAX + 1];
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
        suggest_consider(&suggestion, formats[i].name);
    }
    message_error(context, "unknown format: '%s'%s", name, suggest_text(&suggestion, hint));
    return NULL;
}

static void forget_homes(struct import_plan *plan)
{
    for (size_t i = 0; i < plan->user_count; i++)
        plan->users[i].home = NULL;
}

static enum exit_code decide_and_write(const struct context *context, struct import_plan *plan)
{
    enum exit_code code = import_decide(context, plan);
    if (code != EXIT_DONE || context->dry_run)
        return code;
    code = import_make_hashes(context, plan);
    if (code != EXIT_DONE)
        return code;
    return import_write(context, plan);
}

static enum exit_code import(struct context *context, import_reader *read,
                             const struct import_input *input, struct import_plan *plan, bool all)
{
    struct vmail_lock lock = { .fd = -1 };
    enum exit_code code = read(context, input, plan);
    if (code != EXIT_DONE)
        return code;
    if (plan->no_memory)
        return message_no_memory(context);
    if (input->without_homes)
        forget_homes(plan);
    if (!context->dry_run)
        code = id_owners_lock(context, &lock); /* no other process can choose ids */
    if (code != EXIT_DONE)
        return code;
    code = decide_and_write(context, plan);
    vmail_lock_release(&lock);
    if (code != EXIT_DONE)
        return code;
    return import_report(context, plan, all);
}

static enum exit_code run_import(struct context *context, const struct call *call)
{
    const struct import_options *options = call->options;
    char domain[VMAIL_DOMAIN_MAX + 1];
    struct import_plan plan = { 0 };
    enum exit_code code = EXIT_DONE;
    const char *scheme = options->scheme;
    const struct format *format = find_format(context, call->argument[0]);
    if (format == NULL)
        return EXIT_USAGE;
    if (format->needs_domain && options->domain == NULL) {
        message_error(context, "%s needs --domain", format->name);
        return EXIT_USAGE;
    }
    if (options->domain != NULL)
        code = argument_new_domain(context, options->domain, domain);
    if (code != EXIT_DONE)
        return code;
    const struct import_input input = {
        .path = call->argument[1],
        .domain = options->domain == NULL ? NULL : domain,
        .scheme = scheme == NULL                 ? NULL
                  : strcmp(scheme, "plain") == 0 ? "PLAIN"
                                                 : "CRYPT",
        .shadow = options->shadow,
        .group = options->group,
        .lowest_uid = source_id(options->lowest),
        .without_homes = options->default_homes,
    };
    code = import(context, format->read, &input, &plan, options->all);
    import_plan_free(&plan);
    return code;
}

const struct command import_command = {
    .path = "import",
    .summary = "Import users and domains from another system",
    .arguments = "FORMAT PATH",
    .help =
        "FORMAT is dovecot (passwd-file), vpopmail (vpasswd file or domains directory), mailutils "
        "(passwd-dir), htpasswd (also for pam_pwdfile), virtuald (tree or configuration), host "
        "(/etc/passwd of another host), legacy (a directory like /etc/vmail) or json (from "
        "`vmailctl export json'). With --dry-run, only the report is shown. Files of users are not "
        "moved and keep their owners: the report shows the old and the new ids.",
    .options = option_list,
    .options_size = sizeof(struct import_options),
    .run = run_import,
};
