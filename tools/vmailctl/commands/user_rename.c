/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "alias_left.h"
#include "argument.h"
#include "change_log.h"
#include "home.h"
#include "mailbox.h"
#include "message.h"
#include "new_name.h"
#include "record_format.h"
#include "records.h"
#include "user_files.h"

struct work {
    struct context *context;
    struct vmail_identity old, new;
    uint32_t uid;
    char old_home[VMAIL_HOME_MAX + 1], new_home[VMAIL_HOME_MAX + 1];
    bool home_moves;
    char *old_mailbox, *new_mailbox; /* NULL if it is in the home */
};

/** NEW is a plain name, or one of the same domain. */
static enum exit_code read_new(struct work *work, const char *text)
{
    const struct context *context = work->context;
    char full[VMAIL_CANONICAL_MAX + 1];
    if (vmail_user_valid(text, strlen(text))) {
        vmail_name_join(full, text, work->old.domain);
        text = full;
    }
    enum exit_code code = argument_user(context, text, &work->new);
    if (code != EXIT_DONE)
        return code;
    if (strcmp(work->new.domain, work->old.domain) != 0 || work->new.user[0] == '#') {
        message_error(context,
                      "'%s' cannot be the new name: users cannot change domains, and names cannot "
                      "start with '#'",
                      text);
        return EXIT_USAGE;
    }
    if (strcmp(work->new.user, work->old.user) != 0)
        return EXIT_DONE;
    message_error(context, "the user is already called %s", work->new.user);
    return EXIT_EXISTS;
}

/** The old and new paths of home and mailbox. Only the default home follows the name. */
static bool find_files(struct work *work, const char *home)
{
    const struct context *context = work->context;
    const char *mailbox = vmail_config_mailbox(context->config, work->old.domain);
    vmail_default_home(work->old_home, work->old.user, work->old.domain, false);
    vmail_default_home(work->new_home, work->new.user, work->new.domain, false);
    work->home_moves = home[0] == '\0' || strcmp(home, work->old_home) == 0;
    const char *colon = strchr(mailbox, ':');
    if (colon == NULL || colon[1] != '/' || strstr(colon, "%u") == NULL)
        return true;
    work->old_mailbox = vmail_mailbox_path(mailbox, work->old.user, work->old.domain, "");
    work->new_mailbox = vmail_mailbox_path(mailbox, work->new.user, work->new.domain, "");
    return work->old_mailbox != NULL && work->new_mailbox != NULL;
}

static enum exit_code move_files(struct change *change, const struct work *work, bool back)
{
    enum exit_code code = EXIT_DONE;
    if (work->home_moves)
        code = user_files_move(change, back ? work->new_home : work->old_home,
                               back ? work->old_home : work->new_home, work->uid);
    if (code != EXIT_DONE || work->old_mailbox == NULL)
        return code;
    code = user_files_move(change, back ? work->new_mailbox : work->old_mailbox,
                           back ? work->old_mailbox : work->new_mailbox, work->uid);
    if (code != EXIT_DONE && work->home_moves && !back)
        user_files_move(change, work->new_home, work->old_home, work->uid);
    return code;
}

static enum exit_code rename_line(struct change *change, const struct work *work, bool has_home)
{
    const struct vmail_field fields[] = { { VMAIL_FIELD_HOME, work->new_home },
                                          { VMAIL_FIELD_NAME, work->new.user } };
    bool home = work->home_moves && has_home;
    return account_set(change, VMAIL_PASSWD, work->old.user, home ? fields : fields + 1,
                       home ? 2 : 1);
}

/** Moves home and mailbox, then changes the line; if that fails, moves them back. */
static enum exit_code move_and_rename(struct change *change, const struct work *work, bool has_home)
{
    enum exit_code code = move_files(change, work, false);
    if (code != EXIT_DONE)
        return code;
    code = rename_line(change, work, has_home);
    if (code != EXIT_DONE)
        move_files(change, work, true);
    return code;
}

/** What is prepared for the new name before the line has it. */
struct prepared {
    bool shadow;   /* a line in shadow.DOMAIN */
    size_t groups; /* with the user as a member */
};

static enum exit_code prepare(struct change *change, const struct work *work,
                              struct prepared *prepared)
{
    enum exit_code code = account_copy_shadow(change, work->old.user, work->new.user);
    prepared->shadow = code == EXIT_DONE;
    if (code != EXIT_DONE && code != EXIT_NO_SUCH) /* the hash is in passwd.DOMAIN, or missing */
        return code;
    if (change->context->dry_run) /* it shows the groups as they will be at the end */
        return EXIT_DONE;
    return account_member_beside(change, work->old.user, work->new.user, true, &prepared->groups);
}

static void unprepare(struct change *change, const struct work *work,
                      const struct prepared *prepared)
{
    size_t groups;
    if (prepared->groups > 0)
        account_member_beside(change, work->old.user, work->new.user, false, &groups);
    if (prepared->shadow)
        account_remove(change, VMAIL_SHADOW, work->new.user);
}

/** Removes the old name everywhere, even if one step fails. */
static enum exit_code forget_old(struct change *change, const struct work *work, bool shadow)
{
    /* A second line with the old name was ignored; now it would take effect. */
    enum exit_code code = account_remove(change, VMAIL_PASSWD, work->old.user);
    enum exit_code groups = account_member(change, NULL, work->old.user, work->new.user, NULL);
    code = code == EXIT_DONE ? groups : code;
    enum exit_code last = shadow ? account_remove(change, VMAIL_SHADOW, work->old.user) : EXIT_DONE;
    code = code == EXIT_DONE ? last : code;
    if (code != EXIT_DONE)
        message_error(change->context,
                      "%s@%s is now called %s, but the old name was not removed everywhere (see "
                      "above); run vmailctl check --repair",
                      work->old.user, work->old.domain, work->new.user);
    return code;
}

/**
 * The new name gets its shadow line and groups first; the old name loses them last. So whenever
 * this is interrupted, the user's current name has the password and the groups. The other name,
 * which is not a user, may leave entries without effect: the same command again or `check --repair`
 * removes them.
 */
static enum exit_code write_new_name(struct change *change, const struct work *work, bool has_home)
{
    struct prepared prepared = { 0 };
    enum exit_code code = prepare(change, work, &prepared);
    if (code == EXIT_DONE)
        code = move_and_rename(change, work, has_home);
    if (code != EXIT_DONE) {
        unprepare(change, work, &prepared);
        return code;
    }
    change_log(change->context, "user rename %s@%s to %s", work->old.user, work->old.domain,
               work->new.user);
    return forget_old(change, work, prepared.shadow);
}

/** Reads the current line. NAME is what was given for WORK's old name. */
static enum exit_code read_old(struct work *work, const char *name, bool *has_home)
{
    struct records found;
    enum exit_code code = argument_existing(work->context, VMAIL_PASSWD, name, &work->old, &found);
    if (code != EXIT_DONE)
        return code;
    work->uid = found.record.passwd.uid;
    *has_home = found.record.passwd.home[0] != '\0';
    if (!find_files(work, found.record.passwd.home))
        code = message_no_memory(work->context);
    records_end(&found);
    return code;
}

static enum exit_code rename_user_locked(struct change *change, struct work *work, const char *name)
{
    const struct context *context = work->context;
    bool has_home;
    enum exit_code code = read_old(work, name, &has_home);
    if (code != EXIT_DONE)
        return code;
    code = records_name_free(context, VMAIL_PASSWD, work->new.domain, work->new.user);
    if (code != EXIT_DONE)
        return code;
    code = records_name_free(context, VMAIL_GROUP, work->new.domain, work->new.user);
    return code != EXIT_DONE ? code : write_new_name(change, work, has_home);
}

/** NAME is what was given for WORK's old name. */
static enum exit_code check_names(struct work *work, const char *name)
{
    const struct context *context = work->context;
    enum exit_code code = argument_exists(context, VMAIL_PASSWD, name, &work->old);
    if (code != EXIT_DONE)
        return code;
    return new_name_check_user(context, &work->new);
}

/* What a rename leaves of the old name, if it was interrupted after the user got the new name. */

static bool is_same(const struct vmail_shadow *one, const struct vmail_shadow *other)
{
    return strcmp(one->hash, other->hash) == 0 && one->last_change == other->last_change &&
           one->minimum == other->minimum && one->maximum == other->maximum &&
           one->warning == other->warning && one->inactive == other->inactive &&
           one->expire == other->expire && one->flag == other->flag;
}

static bool have_same_shadow(const struct context *context, const struct vmail_identity *old,
                             const struct vmail_identity *new)
{
    struct records one, other;
    records_begin(&one, context, VMAIL_SHADOW, old->domain);
    records_begin(&other, context, VMAIL_SHADOW, new->domain);
    const bool same = records_find(&one, old->user) && records_find(&other, new->user) &&
                      is_same(&one.record.shadow, &other.record.shadow);
    records_close(&one);
    records_close(&other);
    return same;
}

/**
 * Whether OLD does not exist, NEW in the same domain does, and shadow.DOMAIN has the same line for
 * OLD as for NEW: an interrupted rename leaves this. Prints nothing.
 */
static bool is_left(const struct context *context, const struct vmail_identity *old,
                    const struct vmail_identity *new)
{
    return records_look(context, VMAIL_PASSWD, old->domain, old->user) == VMAIL_NOT_FOUND &&
           records_look(context, VMAIL_PASSWD, new->domain, new->user) == VMAIL_OK &&
           have_same_shadow(context, old, new);
}

/** Removes OLD, as above, from the groups and from shadow.DOMAIN. */
static enum exit_code remove_left(struct change *change, const struct vmail_identity *old,
                                  const struct vmail_identity *new)
{
    const struct context *context = change->context;
    if (!is_left(context, old, new))
        return EXIT_DONE;
    enum exit_code code = account_member(change, NULL, old->user, NULL, NULL);
    if (code != EXIT_DONE)
        return code;
    code = account_remove(change, VMAIL_SHADOW, old->user);
    if (code == EXIT_DONE)
        change_log(context, "user rename %s@%s to %s: finished", old->user, old->domain, new->user);
    return code;
}

static enum exit_code run_user_rename(struct context *context, const struct call *call)
{
    struct work work = { .context = context };
    struct change change;
    const char *name = call->argument[0];
    enum exit_code code = argument_user(context, name, &work.old);
    if (code != EXIT_DONE)
        return code;
    code = read_new(&work, call->argument[1]);
    if (code != EXIT_DONE)
        return code;
    const bool begun = is_left(context, &work.old, &work.new);
    code = begun ? EXIT_DONE : check_names(&work, name);
    if (code != EXIT_DONE)
        return code;
    code = change_begin(&change, context, work.old.domain, false);
    if (code == EXIT_DONE)
        code = begun ? remove_left(&change, &work.old, &work.new)
                     : rename_user_locked(&change, &work, name);
    code = change_end(&change, code);
    if (code == EXIT_DONE && !begun)
        alias_left_warn(context, &work.old);
    free(work.old_mailbox);
    free(work.new_mailbox);
    return code;
}

const struct command user_rename_command = {
    .path = "user rename",
    .summary = "Rename a user within the domain",
    .arguments = "USER@DOMAIN NEW",
    .help = "Keeps uid, password and groups. Moves the home if it is /vhome/DOMAIN/USER, and the "
            "mailbox if its path contains the name. Does not change aliases.",
    .run = run_user_rename,
    .needs = NEEDS_DOMAIN_ADMIN,
};
