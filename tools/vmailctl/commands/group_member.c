/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <string.h>

#include "account.h"
#include "argument.h"
#include "change_log.h"
#include "group_facts.h"
#include "message.h"

enum { ADD, DELETE }; /* variants of the command */

/** Reads TEXT, USER or USER@DOMAIN in the group's domain; with EXISTING, the user must exist. */
static enum exit_code read_member(const struct context *context, const char *domain,
                                  const char *text, bool existing, struct vmail_identity *user)
{
    char full[VMAIL_CANONICAL_MAX + 1];
    if (vmail_user_valid(text, strlen(text))) {
        vmail_name_join(full, text, domain);
        text = full;
    }
    enum exit_code code = argument_user(context, text, user);
    if (code != EXIT_DONE)
        return code;
    if (strcmp(user->domain, domain) != 0) { /* first: reveals nothing about users there */
        message_error(
            context,
            "%s is in another domain: groups of %s can only have members of their own domain", text,
            domain);
        return EXIT_REFUSED;
    }
    return existing ? argument_exists(context, VMAIL_PASSWD, text, user) : EXIT_DONE;
}

static enum exit_code change_member_locked(struct change *change, const char *group,
                                           const char *user, bool add)
{
    const struct context *context = change->context;
    const char *domain = change->domain;
    struct vmail_identity again;
    size_t touched = 0;
    /* Again: the next user of that name must not be a member. */
    enum exit_code code = add ? read_member(context, domain, user, true, &again) : EXIT_DONE;
    if (code != EXIT_DONE)
        return code;
    code = account_member(change, group, add ? NULL : user, add ? user : NULL, &touched);
    if (code == EXIT_NO_SUCH)
        message_error(context, "%s no longer has a group %s", domain, group);
    if (code != EXIT_DONE)
        return code;
    if (touched == 0) {
        message_error(context, "%s is %s member of %s@%s", user, add ? "already a" : "not a", group,
                      domain);
        return add ? EXIT_EXISTS : EXIT_NO_SUCH;
    }
    change_log(context, "group member %s %s@%s %s", add ? "add" : "del", group, domain, user);
    return EXIT_DONE;
}

static enum exit_code change_member(struct context *context, const struct vmail_identity *group,
                                    const struct vmail_identity *user, bool add)
{
    struct change change;
    enum exit_code code = change_begin(&change, context, group->domain, false);
    if (code == EXIT_DONE)
        code = change_member_locked(&change, group->user, user->user, add);
    return change_end(&change, code);
}

static enum exit_code run_group_member(struct context *context, const struct call *call)
{
    const bool add = call->command->variant == ADD;
    struct vmail_identity group, user;
    enum exit_code code = argument_exists(context, VMAIL_GROUP, call->argument[0], &group);
    for (size_t i = 1; code == EXIT_DONE && i < call->count; i++)
        code = read_member(context, group.domain, call->argument[i], add, &user);
    if (code != EXIT_DONE)
        return code;
    for (size_t i = 1; i < call->count; i++) {
        code = read_member(context, group.domain, call->argument[i], add, &user);
        if (code != EXIT_DONE)
            return code;
        code = change_member(context, &group, &user, add);
        if (code != EXIT_DONE)
            return code;
    }
    return EXIT_DONE;
}

const struct command group_member_command = { .path = "group member",
                                              .summary = "Members of a group" };

const struct command group_member_add_command = {
    .path = "group member add",
    .summary = "Add users of the domain to a group",
    .arguments = "GROUP@DOMAIN USER...",
    .run = run_group_member,
    .variant = ADD,
    .needs = NEEDS_DOMAIN_ADMIN,
};

const struct command group_member_del_command = {
    .path = "group member del",
    .summary = "Remove users from a group",
    .arguments = "GROUP@DOMAIN USER...",
    .run = run_group_member,
    .variant = DELETE,
    .needs = NEEDS_DOMAIN_ADMIN,
};
