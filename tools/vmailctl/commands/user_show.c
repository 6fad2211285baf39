/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "argument.h"
#include "hash.h"
#include "home.h"
#include "mailbox.h"
#include "mailbox_use.h"
#include "message.h"
#include "output.h"
#include "text.h"

static const struct output_column fields[] = {
    { "user", "User" },
    { "uid", "Uid" },
    { "gid", "Gid" },
    { "comment", "Comment" },
    { "home", "Home" },
    { "shell", "Shell" },
    { "mailbox", "Mailbox" },
    { "mailbox_used", "Mailbox used (bytes)" },
    { "mailbox_limit", "Mailbox limit (bytes)" },
    { "groups", "Groups" },
    { "password", "Password" },
    { "password_changed", "Password changed" },
    { "password_minimum_days", "Minimum age (days)" },
    { "password_maximum_days", "Maximum age (days)" },
    { "password_warning_days", "Expiry warning (days)" },
    { "password_inactive_days", "Inactive after (days)" },
    { "expires", "Account expires" },
    { NULL, NULL },
};

/** The names of the groups in group.DOMAIN that USER is a member of. */
static json_t *groups_of(const struct context *context, const char *domain, const char *user)
{
    struct records groups;
    json_t *names = json_array();
    records_begin(&groups, context, VMAIL_GROUP, domain);
    while (records_next(&groups))
        if (vmail_group_has_member(groups.record.group.members, user,
                                   context->config->rules.fold_case))
            json_array_append_new(names, text_json(groups.record.group.name));
    records_close(&groups);
    return names;
}

enum { DAYS_MAX = 2932896 }; /* 9999-12-31 */

/**
 * Day DAY since 1970 as YYYY-MM-DD, or as "day DAY" after the year 9999; null if the field is
 * empty.
 */
static json_t *date(long day)
{
    char text[32];
    struct tm parts;
    if (day < 0)
        return json_null();
    time_t seconds = day > DAYS_MAX ? 0 : (time_t)day * 86400;
    if (day > DAYS_MAX || gmtime_r(&seconds, &parts) == NULL ||
        strftime(text, sizeof text, "%Y-%m-%d", &parts) == 0)
        return json_sprintf("day %ld", day);
    return json_string(text);
}

static const char *password_state(const char *hash)
{
    const char *setting;
    switch (vmail_hash_classify(hash, &setting)) {
    case VMAIL_HASH_USABLE:
        return vmail_hash_is_weak(setting) ? "weak hash" : "set";
    case VMAIL_HASH_EMPTY:
        return "empty";
    case VMAIL_HASH_LOCKED:
        return "locked";
    case VMAIL_HASH_TOO_COSTLY:
        return "hash too costly";
    default:
        return "unsupported hash";
    }
}

static json_t *days(long count)
{
    return count < 0 ? json_null() : json_integer(count);
}

/** Adds the fields of shadow.DOMAIN; null if they are missing or not readable. */
static void add_shadow(const struct context *context, const struct vmail_identity *identity,
                       const char *hash, json_t *object)
{
    struct records found;
    const struct vmail_shadow *shadow = &found.record.shadow;
    const bool in_shadow = strcmp(hash, "x") == 0;
    const char *state = in_shadow ? "none" : password_state(hash);
    records_begin(&found, context, VMAIL_SHADOW, identity->domain);
    if (records_find(&found, identity->user)) {
        if (in_shadow)
            state = password_state(shadow->hash);
        json_object_set_new(object, "password_changed",
                            shadow->last_change == 0 ? json_string("must be changed")
                                                     : date(shadow->last_change));
        json_object_set_new(object, "password_minimum_days", days(shadow->minimum));
        json_object_set_new(object, "password_maximum_days", days(shadow->maximum));
        json_object_set_new(object, "password_warning_days", days(shadow->warning));
        json_object_set_new(object, "password_inactive_days", days(shadow->inactive));
        json_object_set_new(object, "expires", date(shadow->expire));
    } else if (found.result != VMAIL_NOT_FOUND) {
        message_warning(context, "%s", found.error.text);
        state = in_shadow ? NULL : state;
    }
    json_object_set_new(object, "password", text_json(state));
    records_close(&found);
}

static json_t *mailbox_of(const struct context *context, const struct vmail_identity *identity,
                          const char *home)
{
    const char *mailbox = vmail_config_mailbox(context->config, identity->domain);
    char *path = vmail_mailbox_path(mailbox, identity->user, identity->domain, home);
    json_t *text = path == NULL ? NULL : text_json(path);
    free(path);
    return text;
}

static json_t *make_object(const struct context *context, const struct vmail_identity *identity,
                           const struct vmail_passwd *user)
{
    char name[VMAIL_CANONICAL_MAX + 1], standard[VMAIL_HOME_MAX + 1];
    const char *home = context_home(context, user, identity->domain, standard);
    vmail_name_join(name, user->name, identity->domain);
    json_t *object =
        json_pack("{s:s, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:n, s:n, s:n, s:n, s:n, s:n, s:n}",
                  "user", name, "uid", (json_int_t)user->uid, "gid", (json_int_t)user->gid,
                  "comment", mailbox_use_comment(user->gecos), "home", text_json(home), "shell",
                  text_json(user->shell), "mailbox", mailbox_of(context, identity, home), "groups",
                  groups_of(context, identity->domain, user->name), "password", "password_changed",
                  "password_minimum_days", "password_maximum_days", "password_warning_days",
                  "password_inactive_days", "expires");
    if (object == NULL)
        return NULL;
    mailbox_use_put(context, user, identity->domain, true, object);
    add_shadow(context, identity, user->hash, object);
    return object;
}

static enum exit_code run_user_show(struct context *context, const struct call *call)
{
    struct vmail_identity identity;
    struct records found;
    enum exit_code code =
        argument_existing(context, VMAIL_PASSWD, call->argument[0], &identity, &found);
    if (code != EXIT_DONE)
        return code;
    json_t *object = make_object(context, &identity, &found.record.passwd);
    records_end(&found);
    return output_object(context, object, fields);
}

const struct command user_show_command = {
    .path = "user show",
    .summary = "Show a user",
    .arguments = "USER@DOMAIN",
    .help = "Aliases of the domain are accepted. Only root sees the state of the password; the "
            "hash is never shown.",
    .run = run_user_show,
    .needs = NEEDS_DOMAIN_READER,
};
