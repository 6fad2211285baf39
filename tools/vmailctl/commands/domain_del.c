/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "argument.h"
#include "change_log.h"
#include "change_config.h"
#include "domain_purge.h"
#include "index_build.h"
#include "message.h"
#include "prompt.h"
#include "replace.h"
#include "retired_ids.h"
#include "records.h"

struct options {
    bool purge, force;
};

static const struct command_option del_options[] = {
    { "force", NULL, "Delete the domain even if it has users",
      .at = offsetof(struct options, force) },
    { "purge", NULL, "Also remove the homes and mailboxes", .at = offsetof(struct options, purge) },
    { 0 },
};

/**
 * Counts the users in the passwd file, and the users that an earlier run still had to purge.
 * EXIT_REFUSED, with a message, if there are some and no --force.
 */
static enum exit_code check_users(const struct context *context, const struct options *options,
                                  const char *domain, unsigned long *count)
{
    unsigned long users;
    enum exit_code code = domain_purge_count(context, domain, count);
    if (code != EXIT_DONE)
        return code;
    code = records_count(context, VMAIL_PASSWD, domain, &users);
    if (code != EXIT_DONE)
        return code;
    *count += users;
    if (*count == 0 || options->force)
        return EXIT_DONE;
    message_error(context, "%s has %lu user%s; delete them first, or use --force", domain, *count,
                  *count == 1 ? "" : "s");
    return EXIT_REFUSED;
}

static enum exit_code remove_file(struct change *change, const char *name)
{
    const struct context *context = change->context;
    struct vmail_error error = { 0 };
    char *path;
    if (context->dry_run) {
        if (asprintf(&path, "%s/%s", context->paths->directory, name) < 0)
            return message_no_memory(context);
        if (access(path, F_OK) == 0)
            change_would(change, "remove %s", path);
        free(path);
        return EXIT_DONE;
    }
    enum vmail_result result = vmail_remove(context->paths, name, VMAIL_LOCK_SECONDS_ADMIN, &error);
    return result == VMAIL_NOT_FOUND ? EXIT_DONE : message_result(context, result, &error);
}

static enum exit_code remove_files(struct change *change)
{
    static const enum vmail_kind kinds[] = { VMAIL_PASSWD, VMAIL_SHADOW, VMAIL_GROUP };
    char name[VMAIL_FILE_NAME_MAX + 1];
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        vmail_file_name(name, kinds[i], change->domain);
        const enum exit_code code = remove_file(change, name);
        if (code != EXIT_DONE)
            return code;
        if (!change->context->dry_run)
            vmail_index_remove(change->context->paths, kinds[i], change->domain);
    }
    vmail_aliases_file_name(name, change->domain);
    return remove_file(change, name);
}

/** Removes everything but the retired ids. SECTION: the change that removes it, or NULL. */
static enum exit_code remove_all(struct change *change, bool purge,
                                 const struct vmail_config_change *section, enum exit_code *left)
{
    enum exit_code code = purge ? domain_purge_begin(change, left) : EXIT_DONE;
    if (code != EXIT_DONE)
        return code;
    code = remove_files(change);
    if (code != EXIT_DONE)
        return code;
    code = purge ? domain_purge(change, left) : domain_purge_forget(change);
    if (code != EXIT_DONE || section == NULL)
        return code;
    return change_config(change, section, 1);
}

/**
 * The order is safe wherever it is interrupted: first the ids of all users and groups are retired,
 * so that nobody else gets them; then the passwd file removes all users at once, so that none is
 * ever visible without a password; then their homes, if requested. While the section exists, its
 * addresses and aliases still mean this domain only, and its ids stay reserved. The same command
 * again finishes the work.
 */
static enum exit_code delete_domain(struct change *change, const struct options *options)
{
    const struct context *context = change->context;
    const struct vmail_config_change section = { VMAIL_CONFIG_REMOVE_SECTION, "domain",
                                                 change->domain, NULL, NULL };
    const bool has_section = vmail_config_has_domain(context->config, change->domain);
    enum exit_code left = EXIT_DONE;
    enum exit_code code = has_section ? change_config_check(context, &section, 1) : EXIT_DONE;
    if (code != EXIT_DONE)
        return code;
    code = retired_ids_add(change, VMAIL_PASSWD, NULL);
    if (code != EXIT_DONE)
        return code;
    code = retired_ids_add(change, VMAIL_GROUP, NULL);
    if (code != EXIT_DONE)
        return code;
    change_release_ids(change);
    code = remove_all(change, options->purge, has_section ? &section : NULL, &left);
    if (code != EXIT_DONE) {
        message_error(context, "the deletion of %s is not finished; run the same command again",
                      change->domain);
        return code;
    }
    change_log(context, "domain del %s%s", change->domain,
               options->purge ? " with homes and mailboxes" : "");
    return left;
}

static enum exit_code delete_domain_locked(struct change *change, struct context *context,
                                           const struct options *options)
{
    unsigned long users;
    enum exit_code code = context_reread_config(context);
    if (code != EXIT_DONE)
        return code;
    /* Again: somebody may have added one during the question. */
    code = check_users(context, options, change->domain, &users);
    return code != EXIT_DONE ? code : delete_domain(change, options);
}

/** The domain whose own name is TEXT, even if its deletion was interrupted. */
static enum exit_code read_domain(const struct context *context, const char *text,
                                  char domain[VMAIL_DOMAIN_MAX + 1])
{
    char given[VMAIL_DOMAIN_MAX + 1];
    enum exit_code code = argument_new_domain(context, text, given);
    if (code != EXIT_DONE)
        return code;
    if (domain_purge_has_begun(context, given)) {
        memcpy(domain, given, sizeof given);
        return EXIT_DONE;
    }
    code = argument_domain(context, text, domain);
    if (code != EXIT_DONE || strcmp(given, domain) == 0)
        return code;
    message_error(context, "%s is an alias of %s; give the domain itself, or use domain alias del",
                  given, domain);
    return EXIT_REFUSED;
}

static enum exit_code run_domain_del(struct context *context, const struct call *call)
{
    const struct options *options = call->options;
    char domain[VMAIL_DOMAIN_MAX + 1];
    unsigned long users;
    struct change change;
    enum exit_code code = read_domain(context, call->argument[0], domain);
    if (code != EXIT_DONE)
        return code;
    code = check_users(context, options, domain, &users);
    if (code != EXIT_DONE)
        return code;
    code = prompt_yes_no(context, "Delete the domain %s with %lu user%s%s", domain, users,
                         users == 1 ? "" : "s",
                         options->purge ? " and all their mail" : "; keep homes and mail");
    if (code != EXIT_DONE)
        return code;
    code = change_begin(&change, context, domain, true);
    if (code == EXIT_DONE)
        code = delete_domain_locked(&change, context, options);
    return change_end(&change, code);
}

const struct command domain_del_command = {
    .path = "domain del",
    .summary = "Delete a domain; keep mail unless --purge",
    .arguments = "DOMAIN",
    .help = "Asks first. Removes the domain's passwd, shadow, group and aliases files, and then "
            "its section in vmail.conf. With --purge, also removes what its users own in their "
            "homes and mailboxes.",
    .options = del_options,
    .options_size = sizeof(struct options),
    .run = run_domain_del,
};
