/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "alias_left.h"
#include "argument.h"
#include "change_log.h"
#include "home.h"
#include "managed.h"
#include "message.h"
#include "prompt.h"
#include "retired_ids.h"
#include "store.h"
#include "user_files.h"

enum { KEY_PURGE = 0x300, KEY_KEEP_GROUPS };

struct options {
    bool purge, keep_groups;
};

static const struct argp_option del_options[] = {
    { "purge", KEY_PURGE, NULL, 0, "Remove the home and the mailbox, too", 0 },
    { "keep-groups", KEY_KEEP_GROUPS, NULL, 0, "Leave the name in the domain's groups", 0 },
    { NULL, 0, NULL, 0, NULL, 0 },
};

static error_t parse(int key, const char *value, void *options, struct argp_state *state)
{
    struct options *own = options;
    (void)value;
    (void)state;
    if (key == KEY_PURGE)
        own->purge = true;
    else if (key == KEY_KEEP_GROUPS)
        own->keep_groups = true;
    else
        return ARGP_ERR_UNKNOWN;
    return 0;
}

static enum exit_code purge(struct change *change, const struct vmail_passwd *user)
{
    const struct context *context = change->context;
    struct vmail_found other;
    if (!context->dry_run &&
        vmail_store_find_uid(context->paths, context->config, user->uid, &other) == VMAIL_OK) {
        const unsigned long uid = user->uid;
        if (managed_domain(context, other.domain))
            message_error(context, "%s@%s has the uid %lu, too: home and mailbox stay",
                          other.record.passwd.name, other.domain, uid);
        else
            message_error(context, "another user has the uid %lu, too: home and mailbox stay", uid);
        vmail_found_end(&other);
        return EXIT_REFUSED;
    }
    return user_files_remove(change, user);
}

/** Passwd before shadow: nobody ever sees a user without his password. */
static enum exit_code delete_locked(struct change *change, const struct options *options,
                                    const struct vmail_passwd *user)
{
    const struct context *context = change->context;
    const char *domain = change->domain;
    enum exit_code code = retired_ids_add(change, VMAIL_PASSWD, user->name);
    change_release_ids(change);
    if (code == EXIT_DONE)
        code = account_remove(change, VMAIL_PASSWD, user->name);
    if (code == EXIT_DONE)
        change_log(context, "user del %s@%s (uid %lu)%s", user->name, domain,
                   (unsigned long)user->uid, options->purge ? " with home and mailbox" : "");
    if (code == EXIT_DONE)
        code = account_remove(change, VMAIL_SHADOW, user->name);
    if (code == EXIT_DONE && !options->keep_groups)
        code = account_member(change, NULL, user->name, NULL, NULL);
    if (code == EXIT_DONE && options->purge)
        code = purge(change, user);
    return code;
}

/** NAME is what was given for IDENTITY, whose uid and home are read under the lock: the question
 * may have waited for its answer, and they be others. */
static enum exit_code delete_user(const struct context *context, const struct options *options,
                                  const char *name, struct vmail_identity *identity)
{
    struct change change;
    struct vmail_table table;
    struct vmail_record record;
    char home[VMAIL_HOME_MAX + 1];
    enum exit_code code = change_begin(&change, context, identity->domain, true);
    if (code == EXIT_DONE)
        code = argument_existing(context, VMAIL_PASSWD, name, identity, &table, &record);
    if (code != EXIT_DONE)
        return change_end(&change, code);
    struct vmail_passwd user = record.passwd;
    user.name = identity->user;
    if (user.home[0] == '\0')
        user.home =
            vmail_default_home(home, user.name, identity->domain, context->config->fold_case);
    code = delete_locked(&change, options, &user);
    vmail_table_close(&table);
    return change_end(&change, code);
}

static enum exit_code run(struct context *context, const struct call *call)
{
    const struct options *options = call->options;
    struct vmail_identity identity;
    struct vmail_table table;
    struct vmail_record record;
    enum exit_code code =
        argument_existing(context, VMAIL_PASSWD, call->argument[0], &identity, &table, &record);
    if (code != EXIT_DONE)
        return code;
    vmail_table_close(&table);
    if (!context->dry_run)
        code = prompt_yes_no(context, "Delete %s@%s%s", identity.user, identity.domain,
                             options->purge ? " with all of the mail" : "; home and mail stay");
    if (code == EXIT_DONE)
        code = delete_user(context, options, call->argument[0], &identity);
    if (code == EXIT_DONE)
        alias_left_warn(context, &identity);
    return code;
}

const struct command user_del_command = {
    .path = "user del",
    .summary = "Delete a user; the mail stays unless --purge",
    .arguments = "USER@DOMAIN",
    .help = "Asks first. With --purge removes what the user owns in the home and the mailbox; "
            "other people's files there, links to elsewhere and other file systems are left alone.",
    .options = del_options,
    .parse = parse,
    .options_size = sizeof(struct options),
    .run = run,
    .needs = NEEDS_DOMAIN_ADMIN,
};
