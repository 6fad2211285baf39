/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

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

static enum exit_code purge_user_files(struct change *change, const struct vmail_passwd *user)
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

/** The shadow line goes after the passwd line: no user is ever visible without a password. */
static enum exit_code remove_rest(struct change *change, const struct options *options,
                                  const struct vmail_passwd *user)
{
    enum exit_code code =
        options->keep_groups ? EXIT_DONE : account_member(change, NULL, user->name, NULL, NULL);
    if (code != EXIT_DONE)
        return code;
    code = account_remove(change, VMAIL_SHADOW, user->name);
    if (code != EXIT_DONE || !options->purge)
        return code;
    return purge_user_files(change, user);
}

/**
 * Finishes after the user is deleted. The comment in passwd.DOMAIN goes last, also if files are
 * kept because they are another user's.
 */
static enum exit_code finish_deletion(struct change *change, const struct options *options,
                                      const struct vmail_passwd *user)
{
    const struct context *context = change->context;
    const enum exit_code removed = remove_rest(change, options, user);
    enum exit_code code = removed == EXIT_REFUSED ? EXIT_DONE : removed;
    if (code == EXIT_DONE && !context->dry_run)
        code = deleted_user_forget(change, user->name);
    if (code == EXIT_DONE)
        return removed;
    message_error(context,
                  "%s@%s was deleted, but not everything was removed (see above); run the same "
                  "command again",
                  user->name, change->domain);
    return code;
}

static enum exit_code delete_user(struct change *change, const struct options *options,
                                  const struct vmail_passwd *user)
{
    const struct context *context = change->context;
    enum exit_code code = retired_ids_add(change, VMAIL_PASSWD, user->name);
    if (code != EXIT_DONE)
        return code;
    change_release_ids(change);
    code = options->purge && !context->dry_run ? deleted_user_keep(change, user->name)
                                               : account_remove(change, VMAIL_PASSWD, user->name);
    if (code != EXIT_DONE)
        return code;
    change_log(context, "user del %s@%s (uid %lu)%s", user->name, change->domain,
               (unsigned long)user->uid, options->purge ? " with home and mailbox" : "");
    return finish_deletion(change, options, user);
}

/**
 * Deletes IDENTITY, given as NAME. Uid and home are read under the lock, because they may have
 * changed during the question.
 */
static enum exit_code delete_user_locked(struct change *change, const struct options *options,
                                         const char *name, struct vmail_identity *identity)
{
    const struct context *context = change->context;
    struct records found;
    char home[VMAIL_HOME_MAX + 1];
    enum exit_code code = argument_existing(context, VMAIL_PASSWD, name, identity, &found);
    if (code != EXIT_DONE)
        return code;
    struct vmail_passwd user = found.record.passwd;
    user.name = identity->user;
    user.home = context_home(context, &user, identity->domain, home);
    code = delete_user(change, options, &user);
    records_end(&found);
    return code;
}

/**
 * Continues an interrupted deletion. Without --purge now, files that were to be purged are kept.
 */
static enum exit_code finish_user_locked(struct change *change, const struct options *options,
                                         const struct vmail_identity *identity)
{
    const struct context *context = change->context;
    struct options own = *options;
    struct deleted_user deleted;
    char home[VMAIL_HOME_MAX + 1];
    if (!deleted_user_find(context, identity, !options->keep_groups, &deleted))
        return EXIT_DONE;
    struct vmail_passwd user = { .name = identity->user, .uid = deleted.uid, .home = deleted.home };
    user.home = context_home(context, &user, identity->domain, home);
    own.purge = options->purge && deleted.to_purge;
    const enum exit_code code = finish_deletion(change, &own, &user);
    if (code == EXIT_DONE)
        change_log(context, "user del %s@%s: finished", user.name, identity->domain);
    return code;
}

static enum exit_code run_user_del(struct context *context, const struct call *call)
{
    const struct options *options = call->options;
    const char *name = call->argument[0];
    struct vmail_identity identity;
    struct deleted_user deleted;
    struct change change;
    enum exit_code code = argument_user(context, name, &identity);
    if (code != EXIT_DONE)
        return code;
    const bool begun = deleted_user_find(context, &identity, !options->keep_groups, &deleted);
    code = begun ? EXIT_DONE : argument_exists(context, VMAIL_PASSWD, name, &identity);
    if (code != EXIT_DONE)
        return code;
    code = prompt_yes_no(context, "Delete %s@%s%s", identity.user, identity.domain,
                         options->purge ? " with all mail" : "; keep home and mail");
    if (code != EXIT_DONE)
        return code;
    code = change_begin(&change, context, identity.domain, !begun);
    if (code == EXIT_DONE)
        code = begun ? finish_user_locked(&change, options, &identity)
                     : delete_user_locked(&change, options, name, &identity);
    code = change_end(&change, code);
    if (code == EXIT_DONE && !begun)
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
    .run = run_user_del,
    .needs = NEEDS_DOMAIN_ADMIN,
};
