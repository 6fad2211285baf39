/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* alias set, alias add and alias del. */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alias_edit.h"
#include "aliases.h"
#include "argument.h"
#include "authority.h"
#include "change_log.h"
#include "change.h"
#include "idn.h"
#include "managed.h"
#include "message.h"
#include "new_name.h"
#include "walk.h"

/** Converts an international domain in an address to ASCII; leaves everything else unchanged. */
static char *copy_target(const char *text)
{
    char domain[VMAIL_DOMAIN_MAX + 1], *target = NULL;
    const char *at = strrchr(text, VMAIL_SEPARATOR);
    if (at == NULL || strchr("/|:", text[0]) != NULL || !idn_to_ascii(at + 1, domain))
        return strdup(text);
    return asprintf(&target, "%.*s@%s", (int)(at - text), text, domain) < 0 ? NULL : target;
}

static enum exit_code check_target(const struct context *context,
                                   const struct vmail_identity *alias, const char *target)
{
    const char *domain = alias->domain;
    const bool allowed =
        vmail_alias_is_plain(target) || vmail_config_alias_programs(context->config, domain);
    if (vmail_alias_kind(target) == VMAIL_ALIAS_WRONG) {
        message_error(context,
                      "'%s' is not a valid target: write a user, user@domain, /file, |command or "
                      ":include:/file",
                      target);
        return EXIT_USAGE;
    }
    if (!allowed && context->restricted) /* it would run, or write, with rights they lack */
        return authority_refuse(context,
                                "alias %s@%s: co-administrators may not set the target '%s'; root "
                                "can allow it with vmailctl domain set %s alias_programs yes",
                                alias->user, domain, target, domain);
    if (!allowed)
        message_warning(context,
                        "the target '%s' is ignored, because co-administrators may edit "
                        "aliases.%s; to allow it, run vmailctl domain set %s alias_programs yes",
                        target, domain, domain);
    return EXIT_DONE;
}

static enum vmail_result edit_aliases(struct vmail_edit *file, void *context,
                                      struct vmail_error *error)
{
    const struct vmail_alias_change *change = context;
    const struct vmail_piece before = vmail_edit_before(file);
    struct vmail_text_buffer text = { 0 };
    enum vmail_result result = vmail_alias_edit(before.text, before.length, change, &text, error);
    bool changed = result == VMAIL_OK && (text.length != before.length ||
                                          memcmp(text.bytes, before.text, before.length) != 0);
    if (changed)
        result = vmail_edit_splice(file, 0, before.length, text.bytes, text.length);
    vmail_text_end(&text);
    return result;
}

static void log_change(const struct context *context, const char *command,
                       const struct vmail_identity *alias, const struct vmail_alias_change *change)
{
    struct vmail_text_buffer targets = { 0 };
    for (size_t i = 0; i < change->count; i++) {
        vmail_text_splice(&targets, targets.length, 0, " ", 1);
        vmail_text_splice(&targets, targets.length, 0, change->target[i],
                          strlen(change->target[i]));
    }
    change_log(context, "%s %s@%s%s", command, alias->user, alias->domain,
               targets.bytes == NULL ? "" : targets.bytes);
    vmail_text_end(&targets);
}

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

/**
 * Warns if a target of ALIAS is in a local domain and is neither a user nor an alias there, or if
 * mail to ALIAS comes back to it (walk.h). For co-administrators, not about targets in domains of
 * others.
 */
static void warn_of_targets(const struct context *context, const struct vmail_identity *alias)
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
    if (result != VMAIL_OK && result != VMAIL_NOT_FOUND)
        message_warning(context, "%s: %s", address, message_reason(result, &error));
}

static enum exit_code make_change(const struct context *context, const char *command,
                                  const struct vmail_identity *alias,
                                  struct vmail_alias_change *wanted)
{
    struct change change;
    bool make = wanted->action == VMAIL_ALIAS_SET || wanted->action == VMAIL_ALIAS_ADD;
    enum exit_code code = change_begin(&change, context, alias->domain, false);
    if (code != EXIT_DONE)
        return change_end(&change, code);
    code = change_aliases(&change, make, edit_aliases, wanted);
    if (code == EXIT_NO_SUCH && !make)
        message_error(context, "no such alias: %s@%s%s", alias->user, alias->domain,
                      wanted->count > 0 ? " with this target" : "");
    if (code == EXIT_DONE)
        log_change(context, command, alias, wanted);
    code = change_end(&change, code);
    if (code == EXIT_DONE && make) /* without the lock: this may take a while */
        warn_of_targets(context, alias);
    return code;
}

static enum exit_code change_alias(struct context *context, const struct call *call)
{
    struct vmail_identity alias;
    enum vmail_alias_action action = (enum vmail_alias_action)call->command->variant;
    const bool make = action == VMAIL_ALIAS_SET || action == VMAIL_ALIAS_ADD;
    enum exit_code code = argument_user(context, call->argument[0], &alias);
    if (code != EXIT_DONE)
        return code;
    code = make ? new_name_check(context, alias.user) : EXIT_DONE;
    if (code != EXIT_DONE)
        return code;
    vmail_fold_copy(alias.user, alias.user, strlen(alias.user));
    size_t count = call->count - 1;
    if (action == VMAIL_ALIAS_REMOVE && count == 0)
        action = VMAIL_ALIAS_DELETE;
    char **targets = calloc(count + 1, sizeof *targets);
    if (targets == NULL)
        return message_no_memory(context);
    for (size_t i = 0; i < count && code == EXIT_DONE; i++) {
        targets[i] = copy_target(call->argument[i + 1]);
        if (targets[i] == NULL)
            code = message_no_memory(context);
        else if (make)
            code = check_target(context, &alias, targets[i]);
    }
    struct vmail_alias_change change = { action, alias.user, (const char *const *)targets, count };
    if (code == EXIT_DONE)
        code = make_change(context, call->command->path, &alias, &change);
    for (size_t i = 0; i < count; i++)
        free(targets[i]);
    free(targets);
    return code;
}

#define TARGETS                                                                                    \
    "A TARGET is a user or alias of the domain, user@domain, /file, |command or "                  \
    ":include:/file; co-administrators may use the first two."

const struct command alias_set_command = {
    .path = "alias set",
    .summary = "Set the targets of an alias",
    .arguments = "ALIAS@DOMAIN TARGET...",
    .help = "Adds the alias, or replaces its targets. " TARGETS,
    .run = change_alias,
    .variant = VMAIL_ALIAS_SET,
    .needs = NEEDS_DOMAIN_ADMIN,
};

const struct command alias_add_command = {
    .path = "alias add",
    .summary = "Add targets to an alias",
    .arguments = "ALIAS@DOMAIN TARGET...",
    .help = "Adds the alias if it does not exist. " TARGETS,
    .run = change_alias,
    .variant = VMAIL_ALIAS_ADD,
    .needs = NEEDS_DOMAIN_ADMIN,
};

const struct command alias_del_command = {
    .path = "alias del",
    .summary = "Delete an alias, or some of its targets",
    .arguments = "ALIAS@DOMAIN [TARGET...]",
    .help = "With targets, deletes only these; the last one cannot be deleted.",
    .run = change_alias,
    .variant = VMAIL_ALIAS_REMOVE,
    .needs = NEEDS_DOMAIN_ADMIN,
};
