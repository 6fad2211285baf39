/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "argument.h"
#include "change_log.h"
#include "change_text.h"
#include "home.h"
#include "index_build.h"
#include "message.h"
#include "prompt.h"
#include "replace.h"
#include "safe_path.h"
#include "store.h"
#include "user_files.h"

enum { KEY_PURGE = 0x300, KEY_FORCE };

struct options {
    bool purge, force;
};

static const struct argp_option del_options[] = {
    { "force", KEY_FORCE, NULL, 0, "Even where the domain has users", 0 },
    { "purge", KEY_PURGE, NULL, 0, "Remove the homes and mailboxes, too", 0 },
    { NULL, 0, NULL, 0, NULL, 0 },
};

static error_t parse(int key, const char *value, void *options, struct argp_state *state)
{
    struct options *own = options;
    (void)value;
    (void)state;
    if (key == KEY_PURGE)
        own->purge = true;
    else if (key == KEY_FORCE)
        own->force = true;
    else
        return ARGP_ERR_UNKNOWN;
    return 0;
}

/** The users, counted in TABLE, which is open afterwards where there is a file. */
static enum exit_code open_users(const struct context *context, const char *domain,
                                 struct vmail_table *table, bool *open, unsigned long *count)
{
    struct vmail_record record;
    struct vmail_error error = { 0 };
    *count = 0;
    enum vmail_result result =
        vmail_table_open(table, context->paths, context->config, VMAIL_PASSWD, domain, &error);
    *open = result == VMAIL_OK;
    if (result == VMAIL_NOT_FOUND)
        return EXIT_DONE;
    if (result != VMAIL_OK)
        return message_result(context, result, &error);
    while ((result = vmail_table_next(table, &record)) == VMAIL_OK)
        ++*count;
    if (result == VMAIL_NOT_FOUND)
        return EXIT_DONE;
    return message_read_failed(context, VMAIL_PASSWD, domain);
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
    enum vmail_result result = vmail_remove(context->paths, name, VMAIL_LOCK_SECONDS, &error);
    if (result == VMAIL_NOT_FOUND)
        return EXIT_DONE;
    if (result == VMAIL_OK && error.text[0] != '\0')
        message_warning(context, "%s", error.text);
    return message_result(context, result, &error);
}

static enum exit_code remove_files(struct change *change)
{
    static const enum vmail_kind kinds[] = { VMAIL_PASSWD, VMAIL_SHADOW, VMAIL_GROUP };
    char name[VMAIL_FILE_NAME_MAX + 1];
    enum exit_code code = EXIT_DONE;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && code == EXIT_DONE; i++) {
        vmail_file_name(name, kinds[i], change->domain);
        code = remove_file(change, name);
        if (code == EXIT_DONE && !change->context->dry_run)
            vmail_index_remove(change->context->paths, kinds[i], change->domain);
    }
    if (code == EXIT_DONE) {
        vmail_aliases_file_name(name, change->domain);
        code = remove_file(change, name);
    }
    return code;
}

static enum exit_code purge_user(struct change *change, struct vmail_passwd user)
{
    const struct context *context = change->context;
    struct vmail_found other;
    char home[VMAIL_HOME_MAX + 1];
    if (user.home[0] == '\0')
        user.home = vmail_default_home(home, user.name, change->domain, context->config->fold_case);
    if (!context->dry_run &&
        vmail_store_find_uid(context->paths, context->config, user.uid, &other) == VMAIL_OK) {
        message_error(context, "%s@%s has the uid %lu of %s, too: the files of both stay",
                      other.record.passwd.name, other.domain, (unsigned long)user.uid, user.name);
        vmail_found_end(&other);
        return EXIT_REFUSED;
    }
    return user_files_remove(change, &user);
}

/** Removes the directory in which PATH lies, where it is empty and safe to go to. */
static void remove_parent(const char *path)
{
    char name[NAME_MAX + 1], *parent = strdup(path);
    if (parent == NULL)
        return;
    *strrchr(parent, '/') = '\0';
    int fd = safe_path_open_parent(parent, NULL, name, NULL);
    if (fd >= 0) {
        unlinkat(fd, name, AT_REMOVEDIR);
        close(fd);
    }
    free(parent);
}

/** TABLE is passwd.DOMAIN, open since before it was removed. */
static enum exit_code purge(struct change *change, struct vmail_table *table)
{
    struct vmail_record record;
    char home[VMAIL_HOME_MAX + 1];
    enum exit_code code = EXIT_DONE;
    vmail_lines_rewind(&table->lines, 0);
    while (vmail_table_next(table, &record) == VMAIL_OK) {
        enum exit_code one = purge_user(change, record.passwd);
        code = code == EXIT_DONE ? one : code;
    }
    if (!change->context->dry_run)
        remove_parent(vmail_default_home(home, "x", change->domain, false));
    return code;
}

/**
 * In an order that leaves nothing half believed wherever it is interrupted: without a passwd file
 * there are no users, and while the section stands, its addresses and aliases still mean this
 * domain and nobody else. The same command again finishes the work.
 */
static enum exit_code delete_domain(struct change *change, const struct options *options,
                                    struct vmail_table *table, bool open)
{
    const struct context *context = change->context;
    const struct vmail_config_change section = { VMAIL_CONFIG_REMOVE_SECTION, "domain",
                                                 change->domain, NULL, NULL };
    bool has_section = vmail_config_has_domain(context->config, change->domain);
    enum exit_code code = EXIT_DONE, purged = EXIT_DONE;
    if (has_section)
        code = change_config_check(context, &section, 1);
    if (code == EXIT_DONE)
        code = remove_files(change);
    if (code == EXIT_DONE && options->purge && open)
        purged = purge(change, table);
    if (code == EXIT_DONE && has_section)
        code = change_config(change, &section, 1);
    if (code == EXIT_DONE)
        change_log(context, "domain del %s%s", change->domain,
                   options->purge ? " with homes and mailboxes" : "");
    return code == EXIT_DONE ? purged : code;
}

static enum exit_code check_users(const struct context *context, const struct options *options,
                                  const char *domain, unsigned long users)
{
    if (users == 0 || options->force)
        return EXIT_DONE;
    message_error(context, "%s has %lu user%s; delete them first, or say --force", domain, users,
                  users == 1 ? "" : "s");
    return EXIT_REFUSED;
}

static enum exit_code locked_run(struct context *context, const struct options *options,
                                 const char *domain)
{
    struct change change;
    struct vmail_table table;
    unsigned long users = 0;
    bool open = false;
    enum exit_code code = change_begin(&change, context, domain, false);
    if (code == EXIT_DONE)
        code = context_reread_config(context);
    if (code == EXIT_DONE)
        code = open_users(context, domain, &table, &open, &users);
    if (code == EXIT_DONE) /* somebody may have added one while we asked */
        code = check_users(context, options, domain, users);
    if (code == EXIT_DONE)
        code = delete_domain(&change, options, &table, open);
    if (open)
        vmail_table_close(&table);
    return change_end(&change, code);
}

static enum exit_code run(struct context *context, const struct call *call)
{
    const struct options *options = call->options;
    char domain[VMAIL_DOMAIN_MAX + 1], given[VMAIL_DOMAIN_MAX + 1];
    struct vmail_table table;
    unsigned long users;
    bool open;
    enum exit_code code = argument_domain(context, call->argument[0], domain);
    if (code == EXIT_DONE)
        code = argument_new_domain(context, call->argument[0], given);
    if (code != EXIT_DONE)
        return code;
    if (strcmp(given, domain) != 0) {
        message_error(context, "%s is an alias of %s: say which you mean, see domain alias del",
                      given, domain);
        return EXIT_REFUSED;
    }
    code = open_users(context, domain, &table, &open, &users);
    if (open)
        vmail_table_close(&table);
    if (code == EXIT_DONE)
        code = check_users(context, options, domain, users);
    if (code == EXIT_DONE && !context->dry_run)
        code = prompt_yes_no(context, "Delete the domain %s with %lu user%s%s", domain, users,
                             users == 1 ? "" : "s",
                             options->purge ? " and all of their mail" : "; homes and mail stay");
    return code == EXIT_DONE ? locked_run(context, options, domain) : code;
}

const struct command domain_del_command = {
    .path = "domain del",
    .summary = "Delete a domain; mail stays unless --purge",
    .arguments = "DOMAIN",
    .help =
        "Asks first. Removes the domain's files passwd, shadow, group and aliases, and then its "
        "section in vmail.conf. With --purge also removes what its users own in their homes and "
        "mailboxes.",
    .options = del_options,
    .parse = parse,
    .options_size = sizeof(struct options),
    .run = run,
};
