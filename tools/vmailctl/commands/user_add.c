/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <stdlib.h>

#include "account.h"
#include "ageing.h"
#include "argument.h"
#include "authority.h"
#include "change_log.h"
#include "home.h"
#include "id_choice.h"
#include "limit.h"
#include "mailbox.h"
#include "mailbox_use.h"
#include "message.h"
#include "new_name.h"
#include "output.h"
#include "password_source.h"
#include "shell_word.h"
#include "text.h"
#include "user_files.h"
#include "user_policy.h"
#include "records.h"

struct options {
    const char *uid, *gid, *comment, *home, *shell, *limit;
    bool adopt;
    unsigned source; /* an enum password_source */
};

static const struct command_option add_options[] = {
    PASSWORD_SOURCE_OPTIONS(offsetof(struct options, source)),
    { "comment", "TEXT", "For example, the full name", .at = offsetof(struct options, comment) },
    { "mailbox-limit", "SIZE", "Own limit of the mailbox, or none",
      .at = offsetof(struct options, limit) },
    { "uid", "UID", "Use this uid instead of the next free one",
      .at = offsetof(struct options, uid) },
    { "gid", "GROUP", "Primary group: a gid, or a group of the domain",
      .at = offsetof(struct options, gid) },
    { "group", "GROUP", .at = offsetof(struct options, gid) },
    { "home", "PATH", "Use this home instead of /vhome/DOMAIN/USER",
      .at = offsetof(struct options, home) },
    { "shell", "PATH", "Not " USER_SHELL_DEFAULT, .at = offsetof(struct options, shell) },
    { "adopt-home", NULL, "Use the existing home, with the uid of its owner",
      .at = offsetof(struct options, adopt) },
    { 0 },
};

/** What is to be added, and how. */
struct work {
    struct context *context;
    const struct options *options;
    struct vmail_identity identity;
    char name[VMAIL_CANONICAL_MAX + 1]; /* USER@DOMAIN */
    char standard_home[VMAIL_HOME_MAX + 1];
    struct vmail_passwd user;
    char *gecos; /* of the user */
    char *hash;
    struct secret generated;
    bool home_is_there;
};

/** Puts the user's own limit into GECOS. */
static enum exit_code add_limit(struct work *work)
{
    const char *size;
    enum exit_code code =
        user_policy_limit(work->context, work->identity.domain, work->options->limit, &size);
    if (code != EXIT_DONE)
        return code;
    work->user.gecos = work->gecos = vmail_limit_put(work->user.gecos, size);
    return work->gecos == NULL ? message_no_memory(work->context) : EXIT_DONE;
}

static enum exit_code check_options(struct work *work)
{
    const struct context *context = work->context;
    const struct options *options = work->options;
    struct vmail_passwd *user = &work->user;
    vmail_default_home(work->standard_home, work->identity.user, work->identity.domain,
                       context->config->rules.fold_case);
    *user = (struct vmail_passwd){
        .name = work->identity.user,
        .hash = "x",
        .gecos = options->comment == NULL ? "" : options->comment,
        .home = options->home == NULL ? work->standard_home : options->home,
        .shell = options->shell == NULL ? USER_SHELL_DEFAULT : options->shell,
    };
    if (user->name[0] == '#') {
        message_error(context, "a name cannot start with '#', which starts a comment");
        return EXIT_USAGE;
    }
    enum exit_code code = user_policy_home(context, &work->identity, user->home);
    if (code != EXIT_DONE)
        return code;
    code = user_policy_shell(context, user->shell);
    if (code != EXIT_DONE)
        return code;
    code = user_policy_comment(context, user->gecos);
    if (code != EXIT_DONE || options->limit == NULL)
        return code;
    return add_limit(work);
}

/** Whether the domain has room, and no user or group with this name. */
static enum exit_code check_domain(const struct work *work)
{
    const struct context *context = work->context;
    const char *domain = work->identity.domain;
    const struct vmail_domain_config *section = vmail_config_domain(context->config, domain);
    struct records users;
    unsigned long count;
    records_begin(&users, context, VMAIL_PASSWD, domain);
    const bool no_file = users.result == VMAIL_NOT_FOUND;
    const bool taken = records_find(&users, work->user.name);
    enum exit_code code = records_end(&users);
    if (no_file && section == NULL) {
        message_error(context, "the domain %s no longer exists", domain);
        return EXIT_NO_SUCH;
    }
    if (taken) {
        message_error(context, "the user %s already exists", work->name);
        return EXIT_EXISTS;
    }
    if (code != EXIT_DONE || section == NULL || section->max_users == 0)
        return code;
    code = records_count(context, VMAIL_PASSWD, domain, &count);
    if (code != EXIT_DONE)
        return code;
    if (count < section->max_users)
        return EXIT_DONE;
    message_error(context,
                  "%s has %lu users, but only %lu are allowed; see `max_users' in vmail.conf",
                  domain, count, (unsigned long)section->max_users);
    return EXIT_REFUSED;
}

/** What an existing home says about the uid. */
static enum exit_code look_at_home(struct work *work, struct id_wish *wish)
{
    const struct context *context = work->context;
    uint32_t owner = 0;
    enum exit_code code = user_files_look(context, work->user.home, &work->home_is_there, &owner);
    if (code != EXIT_DONE || !work->home_is_there)
        return code;
    if (!work->options->adopt) {
        message_error(context,
                      "%s already exists and is owned by uid %lu; use --adopt-home to give it to "
                      "%s with all its contents, or move it away",
                      work->user.home, (unsigned long)owner, work->name);
        return EXIT_EXISTS;
    }
    if (owner == 0 && context->restricted)
        return authority_refuse(context, "%s is owned by root", work->user.home);
    if (owner == 0)
        return EXIT_DONE;
    if (wish->id != 0 && wish->id != owner) {
        message_error(context, "%s is owned by uid %lu, not %lu", work->user.home,
                      (unsigned long)owner, (unsigned long)wish->id);
        return EXIT_EXISTS;
    }
    *wish = (struct id_wish){ .id = owner, .may_be_retired = true };
    return EXIT_DONE;
}

static enum exit_code choose_ids(struct change *change, struct work *work)
{
    const struct context *context = work->context;
    const struct options *options = work->options;
    struct id_wish wish = { 0 };
    enum exit_code code =
        options->uid == NULL ? EXIT_DONE : user_policy_id(context, options->uid, &wish.id);
    if (code != EXIT_DONE)
        return code;
    code = look_at_home(work, &wish);
    if (code != EXIT_DONE)
        return code;
    code = id_choose(change, &wish, &work->user.uid);
    work->user.gid = work->user.uid;
    if (code != EXIT_DONE || options->gid == NULL)
        return code;
    return user_policy_group(context, work->identity.domain, work->user.uid, options->gid,
                             &work->user.gid);
}

/** Whether a group of the same name in group.DOMAIN would hide the user's private group. */
static enum exit_code check_group(const struct work *work)
{
    const struct context *context = work->context;
    struct records groups;
    records_begin(&groups, context, VMAIL_GROUP, work->identity.domain);
    const bool taken = records_find(&groups, work->user.name) && work->user.gid == work->user.uid;
    enum exit_code code = records_end(&groups);
    if (!taken)
        return code;
    char word[VMAIL_SHELL_NAME_MAX];
    message_error(context,
                  "%s has a group %s, which would hide the user's private group; use --gid %s",
                  work->identity.domain, work->user.name,
                  vmail_shell_word(work->user.name, word, sizeof word));
    return EXIT_EXISTS;
}

/** Shadow before passwd: no user is ever visible without a password. */
static enum exit_code write_user(struct change *change, struct work *work)
{
    const struct vmail_record record = { .kind = VMAIL_PASSWD, .passwd = work->user };
    const struct vmail_shadow shadow = { .name = work->user.name,
                                         .hash = work->hash,
                                         .last_change = vmail_ageing_today(),
                                         .minimum = 0,
                                         .maximum = 99999,
                                         .warning = 7,
                                         .inactive = -1,
                                         .expire = -1,
                                         .flag = ~0ul };
    enum exit_code code = account_put_shadow(change, &shadow);
    if (code != EXIT_DONE)
        return code;
    struct made_files made = { 0 };
    code = user_files_make(change, &work->user, &made);
    if (code == EXIT_DONE)
        code = account_add(change, &record);
    if (code != EXIT_DONE) {
        account_remove(change, VMAIL_SHADOW, work->user.name);
        made_files_undo(&made);
        return code;
    }
    made_files_keep(&made);
    change_log(work->context, "user add %s (uid %lu)", work->name, (unsigned long)work->user.uid);
    return EXIT_DONE;
}

static enum exit_code add_user_locked(struct change *change, struct work *work)
{
    enum exit_code code = check_domain(work); /* again: under the lock, the answer stays true */
    if (code != EXIT_DONE)
        return code;
    code = choose_ids(change, work);
    if (code != EXIT_DONE)
        return code;
    code = check_group(work);
    return code != EXIT_DONE ? code : write_user(change, work);
}

static enum exit_code print_new_user(const struct work *work)
{
    bool generated = work->generated.text[0] != '\0';
    const struct output_column fields[] = {
        { "user", "User" }, { "uid", "Uid" },         { "gid", "Gid" },
        { "home", "Home" }, { "mailbox", "Mailbox" }, { generated ? "password" : NULL, "Password" },
        { NULL, NULL },
    };
    const char *mailbox = vmail_config_mailbox(work->context->config, work->identity.domain);
    char *path =
        vmail_mailbox_path(mailbox, work->user.name, work->identity.domain, work->user.home);
    json_t *object = json_pack(
        "{s:s, s:I, s:I, s:o, s:o, s:s?}", "user", work->name, "uid", (json_int_t)work->user.uid,
        "gid", (json_int_t)work->user.gid, "home", text_json(work->user.home), "mailbox",
        text_json(path == NULL ? "" : path), "password", generated ? work->generated.text : NULL);
    free(path);
    return output_object(work->context, object, fields);
}

/** Checks all that can be checked without a lock, and only then asks for the password. */
static enum exit_code prepare_user(struct work *work)
{
    const struct context *context = work->context;
    const struct vmail_identity *identity = &work->identity;
    enum exit_code code = check_options(work);
    if (code != EXIT_DONE)
        return code;
    code = check_domain(work);
    if (code != EXIT_DONE)
        return code;
    code = new_name_check_user(context, identity);
    if (code != EXIT_DONE)
        return code;
    return password_source_get(context, work->options->source, work->name, &work->generated,
                               &work->hash);
}

static enum exit_code add_new_user(struct work *work)
{
    struct context *context = work->context;
    const struct vmail_identity *identity = &work->identity;
    struct change change;
    enum exit_code code = prepare_user(work);
    if (code != EXIT_DONE)
        return code;
    code = id_choice_begin(&change, context, identity->domain);
    if (code == EXIT_DONE)
        code = add_user_locked(&change, work);
    code = change_end(&change, code);
    if (code != EXIT_DONE || context->dry_run)
        return code;
    code = print_new_user(work);
    if (code != EXIT_DONE)
        return code;
    return mailbox_use_enforce(context, identity->domain, identity->user, false);
}

static enum exit_code run_user_add(struct context *context, const struct call *call)
{
    struct work work = { .context = context, .options = call->options };
    enum exit_code code = argument_user(context, call->argument[0], &work.identity);
    if (code != EXIT_DONE)
        return code;
    vmail_name_join(work.name, work.identity.user, work.identity.domain);
    code = add_new_user(&work);
    free(work.gecos);
    secret_free(work.hash);
    secret_wipe(&work.generated);
    return code;
}

const struct command user_add_command = {
    .path = "user add",
    .summary = "Add a user with a home and a mailbox",
    .arguments = "USER@DOMAIN",
    .help = "Only the name is required. By default, the uid is the next free one in the domain's "
            "block, the home is /vhome/DOMAIN/USER, and the password is asked for twice.",
    .options = add_options,
    .options_size = sizeof(struct options),
    .run = run_user_add,
    .needs = NEEDS_DOMAIN_ADMIN,
};
