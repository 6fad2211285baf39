/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "alias_left.h"
#include "argument.h"
#include "change_log.h"
#include "deleted_user.h"
#include "home.h"
#include "managed.h"
#include "message.h"
#include "prompt.h"
#include "retired_ids.h"
#include "store.h"
#include "user_files.h"

struct options {
    bool purge, keep_groups;
};

static const struct command_option del_options[] = {
    { "purge", NULL, "Also remove the home and the mailbox",
      .at = offsetof(struct options, purge) },
    { "keep-groups", NULL, "Keep the name in the groups of the domain",
      .at = offsetof(struct options, keep_groups) },
    { 0 },
};

static enum exit_code purge(struct change *change, const struct vmail_passwd *user)
{
    const struct context *context = change->context;
    struct vmail_found other;
    if (!context->dry_run && vmail_store_find_uid_anywhere(context->paths, context->config,
                                                           user->uid, &other) == VMAIL_OK) {
        const unsigned long uid = user->uid;
        if (managed_domain(context, other.domain))
            message_error(context, "%s@%s also has uid %lu: the home and mailbox were kept",
                          other.record.passwd.name, other.domain, uid);
        else
            message_error(context, "another user also has uid %lu: the home and mailbox were kept",
                          uid);
        vmail_found_end(&other);
        return EXIT_REFUSED;
    }
    return user_files_remove(change, user);
}

/**
 * Finishes after the user is deleted: the shadow line goes after the passwd line, so that no user
 * is ever visible without a password, and the comment in passwd.DOMAIN goes last.
 */
static enum exit_code finish(struct change *change, const struct options *options,
                             const struct vmail_passwd *user)
{
    const struct context *context = change->context;
    enum exit_code code = EXIT_DONE;
    if (!options->keep_groups)
        code = account_member(change, NULL, user->name, NULL, NULL);
    if (code == EXIT_DONE)
        code = account_remove(change, VMAIL_SHADOW, user->name);
    if (code == EXIT_DONE && options->purge)
        code = purge(change, user);
    const enum exit_code purged = code;
    if ((code == EXIT_DONE || code == EXIT_REFUSED) && !context->dry_run)
        code = deleted_user_forget(change, user->name);
    if (code != EXIT_DONE && code != EXIT_REFUSED)
        message_error(context,
                      "%s@%s was deleted, but not everything was removed (see above); run the same "
                      "command again",
                      user->name, change->domain);
    return code == EXIT_DONE ? purged : code;
}

static enum exit_code delete_locked(struct change *change, const struct options *options,
                                    const struct vmail_passwd *user)
{
    const struct context *context = change->context;
    enum exit_code code = retired_ids_add(change, VMAIL_PASSWD, user->name);
    change_release_ids(change);
    if (code == EXIT_DONE)
        code = options->purge && !context->dry_run
                   ? deleted_user_keep(change, user->name)
                   : account_remove(change, VMAIL_PASSWD, user->name);
    if (code != EXIT_DONE)
        return code;
    change_log(context, "user del %s@%s (uid %lu)%s", user->name, change->domain,
               (unsigned long)user->uid, options->purge ? " with home and mailbox" : "");
    return finish(change, options, user);
}

/**
 * Deletes IDENTITY, given as NAME. Uid and home are read under the lock, because they may have
 * changed during the question.
 */
static enum exit_code delete_user(const struct context *context, const struct options *options,
                                  const char *name, struct vmail_identity *identity)
{
    struct change change;
    struct records found;
    char home[VMAIL_HOME_MAX + 1];
    enum exit_code code = change_begin(&change, context, identity->domain, true);
    if (code == EXIT_DONE)
        code = argument_existing(context, VMAIL_PASSWD, name, identity, &found);
    if (code != EXIT_DONE)
        return change_end(&change, code);
    struct vmail_passwd user = found.record.passwd;
    user.name = identity->user;
    user.home = context_home(context, &user, identity->domain, home);
    code = delete_locked(&change, options, &user);
    records_end(&found);
    return change_end(&change, code);
}

/**
 * Continues an interrupted deletion. Without --purge now, files that were to be purged are kept.
 */
static enum exit_code finish_user(const struct context *context, const struct options *options,
                                  struct vmail_identity *identity)
{
    struct options own = *options;
    struct change change;
    struct deleted_user deleted;
    char home[VMAIL_HOME_MAX + 1];
    enum exit_code code = change_begin(&change, context, identity->domain, false);
    if (code != EXIT_DONE || !deleted_user_find(context, identity, !options->keep_groups, &deleted))
        return change_end(&change, code);
    struct vmail_passwd user = { .name = identity->user, .uid = deleted.uid, .home = deleted.home };
    user.home = context_home(context, &user, identity->domain, home);
    own.purge = options->purge && deleted.to_purge;
    code = finish(&change, &own, &user);
    if (code == EXIT_DONE)
        change_log(context, "user del %s@%s: finished", user.name, identity->domain);
    return change_end(&change, code);
}

static enum exit_code ask(const struct context *context, const struct options *options,
                          const struct vmail_identity *identity)
{
    return prompt_yes_no(context, "Delete %s@%s%s", identity->user, identity->domain,
                         options->purge ? " with all mail" : "; keep home and mail");
}

static enum exit_code run(struct context *context, const struct call *call)
{
    const struct options *options = call->options;
    const char *name = call->argument[0];
    struct vmail_identity identity;
    struct deleted_user deleted;
    enum exit_code code = argument_user(context, name, &identity);
    if (code != EXIT_DONE)
        return code;
    if (deleted_user_find(context, &identity, !options->keep_groups, &deleted)) {
        code = ask(context, options, &identity);
        return code == EXIT_DONE ? finish_user(context, options, &identity) : code;
    }
    code = argument_exists(context, VMAIL_PASSWD, name, &identity);
    if (code == EXIT_DONE)
        code = ask(context, options, &identity);
    if (code == EXIT_DONE)
        code = delete_user(context, options, name, &identity);
    if (code == EXIT_DONE)
        alias_left_warn(context, &identity);
    return code;
}

const struct command user_del_command = {
    .path = "user del",
    .summary = "Delete a user; keep mail unless --purge",
    .arguments = "USER@DOMAIN",
    .help = "Asks first. With --purge, removes what the user owns in the home and the mailbox, but "
            "not other people's files, targets of links or other file systems. If the command "
            "fails or is interrupted, run it again to finish.",
    .options = del_options,
    .options_size = sizeof(struct options),
    .run = run,
    .needs = NEEDS_DOMAIN_ADMIN,
};
