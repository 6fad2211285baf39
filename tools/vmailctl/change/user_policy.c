/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "user_policy.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "authority.h"
#include "config_value.h"
#include "home.h"
#include "limit.h"
#include "message.h"
#include "number.h"
#include "records.h"
#include "safe_path.h"

/** Whether VALUE is short enough, and valid in a line of passwd(5). */
static enum exit_code check_field(const struct context *context, const char *what,
                                  const char *value)
{
    enum { FIELD_MAX = 1024 };
    for (const char *at = value; *at != '\0'; at++)
        if (*at == ':' || (unsigned char)*at < ' ' || *at == 0x7f) {
            message_error(context, "the %s cannot contain ':' or control characters", what);
            return EXIT_USAGE;
        }
    if (strlen(value) <= FIELD_MAX)
        return EXIT_DONE;
    message_error(context, "the %s is longer than %d bytes", what, (int)FIELD_MAX);
    return EXIT_USAGE;
}

enum exit_code user_policy_comment(const struct context *context, const char *comment)
{
    uint64_t limit;
    if (vmail_limit_own(comment, &limit) == VMAIL_LIMIT_UNSET)
        return check_field(context, "comment", comment);
    message_error(context, "the comment cannot contain a limit; use --mailbox-limit");
    return EXIT_USAGE;
}

enum exit_code user_policy_limit(const struct context *context, const char *domain,
                                 const char *text, const char **size)
{
    const uint64_t most = vmail_limit_of_domain(context->config, domain);
    uint64_t limit = 0;
    *size = strcmp(text, "default") == 0 ? NULL : strcmp(text, "none") == 0 ? "0" : text;
    if (*size == NULL)
        return EXIT_DONE;
    const char *expected = vmail_value_size(*size, &limit);
    if (expected != NULL) {
        message_error(context, "'%s': %s, or none, or default", text, expected);
        return EXIT_USAGE;
    }
    if (context->restricted && most > 0 && (limit == 0 || limit > most))
        return authority_refuse(context, "limit %s: co-administrators may give at most %llu bytes",
                                text, (unsigned long long)most);
    return EXIT_DONE;
}

enum exit_code user_policy_home(const struct context *context,
                                const struct vmail_identity *identity, const char *home)
{
    char standard[VMAIL_HOME_MAX + 1];
    vmail_default_home(standard, identity->user, identity->domain,
                       context->config->rules.fold_case);
    enum exit_code code = check_field(context, "home", home);
    if (code != EXIT_DONE)
        return code;
    if (!safe_path_is_plain(home)) {
        message_error(context, "the home must be an absolute path without '.', '..' and '//'");
        return EXIT_USAGE;
    }
    if (context->restricted && strcmp(home, standard) != 0)
        return authority_refuse(context, "home %s: co-administrators may only use %s", home,
                                standard);
    return EXIT_DONE;
}

static bool lets_nobody_in(const char *shell)
{
    static const char *const shells[] = { "/bin/false", "/usr/bin/false", "/sbin/nologin",
                                          "/usr/sbin/nologin" };
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        if (strcmp(shell, shells[i]) == 0)
            return true;
    return false;
}

/** Whether /etc/shells lists SHELL. */
static bool is_listed(const char *shell)
{
    bool found = false;
    const char *line;
    setusershell();
    while (!found && (line = getusershell()) != NULL)
        found = strcmp(line, shell) == 0;
    endusershell();
    return found;
}

enum exit_code user_policy_shell(const struct context *context, const char *shell)
{
    enum exit_code code = check_field(context, "shell", shell);
    if (code != EXIT_DONE || lets_nobody_in(shell))
        return code;
    if (context->restricted)
        return authority_refuse(context, "shell %s: co-administrators may only use %s", shell,
                                USER_SHELL_DEFAULT);
    if (!safe_path_is_plain(shell)) {
        message_error(context, "the shell must be an absolute path");
        return EXIT_USAGE;
    }
    if (!is_listed(shell))
        message_warning(context, "/etc/shells does not list %s", shell);
    return EXIT_DONE;
}

enum exit_code user_policy_id(const struct context *context, const char *text, uint32_t *id)
{
    uint64_t value;
    if (!vmail_number_parse(text, strlen(text), UINT32_MAX - 1, &value) || value == 0) {
        message_error(context, "'%s' is not an id: write a number", text);
        return EXIT_USAGE;
    }
    *id = (uint32_t)value;
    return EXIT_DONE;
}

/** Looks for TEXT, a name or a number, in group.DOMAIN. */
static enum exit_code find_group(const struct context *context, const char *domain,
                                 const char *text, bool is_number, uint32_t *gid)
{
    struct records groups;
    char folded[VMAIL_USER_MAX + 1];
    if (!is_number && !vmail_user_valid(text, strlen(text)))
        return EXIT_NO_SUCH;
    records_begin(&groups, context, VMAIL_GROUP, domain);
    if (is_number && groups.open) {
        groups.result = vmail_table_find_id(&groups.table, *gid, &groups.record);
    } else if (!is_number) {
        snprintf(folded, sizeof folded, "%s", text);
        if (context->config->rules.fold_case)
            vmail_fold_copy(folded, folded, strlen(folded));
        records_find(&groups, folded);
    }
    const enum vmail_result result = groups.result;
    if (result == VMAIL_OK)
        *gid = groups.record.group.gid;
    const enum exit_code code = records_end(&groups);
    return result == VMAIL_NOT_FOUND ? EXIT_NO_SUCH : code;
}

enum exit_code user_policy_group(const struct context *context, const char *domain, uint32_t uid,
                                 const char *text, uint32_t *gid)
{
    bool is_number = text[strspn(text, "0123456789")] == '\0';
    enum exit_code code = is_number ? user_policy_id(context, text, gid) : EXIT_DONE;
    if (code != EXIT_DONE)
        return code;
    if (is_number && !vmail_rules_allow_id(&context->config->rules, *gid)) {
        message_error(context, "%s is not within `ids' of vmail.conf", text);
        return EXIT_REFUSED;
    }
    if (is_number && uid != 0 && *gid == uid)
        return EXIT_DONE; /* the user's private group */
    code = find_group(context, domain, text, is_number, gid);
    if (code != EXIT_NO_SUCH)
        return code;
    if (is_number && context->restricted)
        return authority_refuse(context, "gid %s is not a group of %s", text, domain);
    if (is_number) {
        message_warning(context, "group.%s has no group %s", domain, text);
        return EXIT_DONE;
    }
    message_error(context, "%s has no group %s", domain, text);
    return EXIT_NO_SUCH;
}
