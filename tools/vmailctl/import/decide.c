/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/steps.h"

#include <stdlib.h>
#include <string.h>

#include "domain_name.h"
#include "domains.h"
#include "message.h"
#include "new_name.h"
#include "shell_word.h"
#include "system_account.h"

/** Whether TEXT can be a line of aliases(5): no control character except tabs. */
static bool line_valid(const char *text)
{
    for (; *text != '\0'; text++)
        if (((unsigned char)*text < ' ' && *text != '\t') || *text == 0x7f)
            return false;
    return true;
}

bool import_text_valid(const char *text)
{
    return strchr(text, ':') == NULL && line_valid(text);
}

/** Whether TEXT can be the fields 3 to 9 of shadow(5): six colons and digits. */
static bool ageing_valid(const char *text)
{
    enum { COLONS = 6, DIGITS_MAX = 9 };
    size_t colons = 0, digits = 0;
    for (; *text != '\0'; text++) {
        bool colon = *text == ':';
        digits = colon ? 0 : digits + 1;
        colons += colon;
        if ((!colon && (*text < '0' || *text > '9')) || digits > DIGITS_MAX)
            return false;
    }
    return colons == COLONS;
}

/**
 * Finds the domain with the name TEXT in the plan; writes the reason to SKIPPED if there is none.
 */
static bool decide_domain(const struct context *context, struct import_plan *plan, const char *text,
                          struct import_decision *decision)
{
    char name[VMAIL_DOMAIN_MAX + 1];
    size_t length = text == NULL ? 0 : strlen(text);
    if (text == NULL) {
        decision->skipped = "no domain; use --domain";
        return false;
    }
    if (length > VMAIL_DOMAIN_FILE_MAX || !vmail_domain_valid(text, length)) {
        decision->skipped = "not a valid domain name";
        return false;
    }
    vmail_fold_copy(name, text, length);
    const char *own = vmail_config_alias(context->config, name);
    decision->domain = import_plan_domain(plan, own == NULL ? name : own);
    if (decision->domain == SIZE_MAX)
        decision->skipped = "out of memory";
    else if (domain_name_is_relay(context->config, plan->domains[decision->domain].name))
        decision->skipped = "the domain is a relay in vmail.conf";
    return decision->skipped == NULL;
}

/** The name as it will be written; NULL with SKIPPED if it is not valid. */
static const char *decide_name(const struct context *context, struct import_plan *plan,
                               const char *name, struct import_decision *decision)
{
    char folded[VMAIL_USER_MAX + 1];
    size_t length = name == NULL ? 0 : strlen(name);
    /* '#' makes a line a comment. */
    if (name == NULL || name[0] == '#' || !vmail_user_valid(name, length)) {
        decision->skipped = "not a valid name";
        return name;
    }
    if (decision->note == NULL && vmail_shell_oddity(name) != '\0')
        decision->note =
            "the name contains a special character of the shell: always quote it in commands";
    if (!context->config->rules.fold_case)
        return name;
    vmail_fold_copy(folded, name, length);
    return import_plan_text(plan, folded, length);
}

/** Whether PATH contains "..": the home would be in another user's tree. */
static bool leads_up(const char *path)
{
    for (const char *part = path; part != NULL; part = strchr(part, '/')) {
        part += *part == '/';
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
            return true;
    }
    return false;
}

static void decide_texts(struct import_user *user)
{
    user->gecos = user->gecos == NULL ? "" : user->gecos;
    user->home = user->home == NULL ? "" : user->home;
    user->shell = user->shell == NULL ? "/usr/sbin/nologin" : user->shell;
    if (!import_text_valid(user->gecos) || !import_text_valid(user->home) ||
        !import_text_valid(user->shell))
        user->decision.skipped = "a field contains an invalid character";
    else if (user->home[0] != '\0' && user->home[0] != '/')
        user->decision.skipped = "the home is not an absolute path";
    else if (leads_up(user->home))
        user->decision.skipped = "the home contains ..";
    if (user->shell[0] == '\0' && user->decision.note == NULL)
        user->decision.note = "the shell is empty, which means /bin/sh";
    if (user->ageing != NULL && !ageing_valid(user->ageing))
        user->ageing = NULL;
}

static void decide_user(const struct context *context, struct import_plan *plan,
                        struct import_user *user)
{
    struct import_decision *decision = &user->decision;
    if (decision->skipped != NULL || !decide_domain(context, plan, user->domain, decision))
        return;
    user->name = decide_name(context, plan, user->name, decision);
    if (decision->skipped != NULL || user->name == NULL)
        return;
    if (vmail_system_find_name(context->paths, VMAIL_PASSWD, user->name) == VMAIL_OK)
        decision->skipped = "a system account has this name";
    else if (new_name_is_systems(context, VMAIL_PASSWD, user->name, user->domain))
        decision->skipped = "/etc/passwd contains this name with its domain";
    else
        decide_texts(user);
    if (decision->skipped == NULL)
        import_password_decide(plan, user);
}

static void decide_group(const struct context *context, struct import_plan *plan,
                         struct import_group *group)
{
    if (!decide_domain(context, plan, group->domain, &group->decision))
        return;
    group->name = decide_name(context, plan, group->name, &group->decision);
    group->members = group->members == NULL ? "" : group->members;
    if (group->decision.skipped == NULL && group->name != NULL &&
        new_name_is_systems(context, VMAIL_GROUP, group->name, group->domain))
        group->decision.skipped = "/etc/group contains this name with its domain";
    if (!import_text_valid(group->members))
        group->decision.skipped = "the member list contains an invalid character";
}

static void decide_alias(const struct context *context, struct import_plan *plan,
                         struct import_alias *alias)
{
    if (!decide_domain(context, plan, alias->domain, &alias->decision))
        return;
    if (alias->text == NULL || !line_valid(alias->text))
        alias->decision.skipped = "the line contains an invalid character";
}

/** Limits the number of a domain's users, in the order of the sources. */
static void apply_max_users(const struct context *context, struct import_plan *plan)
{
    for (size_t i = 0; i < plan->user_count; i++) {
        struct import_user *user = &plan->users[i];
        if (user->decision.skipped != NULL)
            continue;
        struct import_domain *domain = &plan->domains[user->decision.domain];
        const struct vmail_domain_config *section =
            vmail_config_domain(context->config, domain->name);
        if (section != NULL && section->max_users > 0 &&
            domain->existing + domain->users >= section->max_users)
            user->decision.skipped = "max_users of the domain is reached";
        else
            domain->users++;
    }
}

static void count_the_others(struct import_plan *plan)
{
    for (size_t i = 0; i < plan->group_count; i++)
        if (plan->groups[i].decision.skipped == NULL)
            plan->domains[plan->groups[i].decision.domain].groups++;
    for (size_t i = 0; i < plan->alias_count; i++)
        if (plan->aliases[i].decision.skipped == NULL)
            plan->domains[plan->aliases[i].decision.domain].aliases++;
}

enum exit_code import_decide(const struct context *context, struct import_plan *plan)
{
    /* A domain that was only noted by name may be an alias, or one that cannot have files. */
    for (size_t i = 0; i < plan->domain_count; i++)
        plan->domains[i].refused =
            vmail_config_alias(context->config, plan->domains[i].name) != NULL ||
            domain_name_is_relay(context->config, plan->domains[i].name);
    for (size_t i = 0; i < plan->user_count; i++)
        decide_user(context, plan, &plan->users[i]);
    for (size_t i = 0; i < plan->group_count; i++)
        decide_group(context, plan, &plan->groups[i]);
    for (size_t i = 0; i < plan->alias_count; i++)
        decide_alias(context, plan, &plan->aliases[i]);
    if (plan->no_memory)
        return message_no_memory(context);
    enum exit_code code = import_skip_existing(context, plan);
    if (code != EXIT_DONE)
        return code;
    apply_max_users(context, plan);
    code = import_decide_ids(context, plan);
    count_the_others(plan);
    return code == EXIT_DONE && plan->no_memory ? message_no_memory(context) : code;
}
