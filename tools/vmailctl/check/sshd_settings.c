/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sshd_settings.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask_program.h"

enum { NUMBERS_MAX = 1024 };

bool sshd_pattern_matches(const char *pattern, const char *text)
{
    const char *star = NULL, *from = NULL;
    while (*text != '\0') {
        if (*pattern == '*') {
            star = ++pattern;
            from = text;
        } else if (*pattern == '?' || (*pattern != '\0' && *pattern == *text)) {
            pattern++;
            text++;
        } else if (star != NULL) {
            pattern = star;
            text = ++from;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}

char *sshd_settings_read(const char *typed, char *wrong, size_t size)
{
    char user[512];
    const char *const arguments[] = { SSHD_PROGRAM, "-T", "-C", user, NULL };
    snprintf(user, sizeof user, "user=%s,host=client.invalid,addr=192.0.2.1", typed);
    return ask_program(arguments, wrong, size);
}

/**
 * Calls for each value of the lines KEYWORD until one MATCHES; adds the number of values that were
 * looked at to COUNT. Values are words; old releases print one per line, new ones may print several
 * in one line.
 */
static bool any(const char *settings, const char *keyword,
                bool matches(const char *pattern, const struct sshd_account *account),
                const struct sshd_account *account, size_t *count)
{
    const size_t wanted = strlen(keyword);
    char pattern[512];
    for (const char *at = settings; *at != '\0'; at += strcspn(at, "\n"), at += *at == '\n') {
        if (strncmp(at, keyword, wanted) != 0 || at[wanted] != ' ')
            continue;
        at += wanted;
        while (*(at += strspn(at, " ")) != '\0' && *at != '\n') {
            const size_t length = strcspn(at, " \n");
            snprintf(pattern, sizeof pattern, "%.*s", (int)length, at);
            at += length;
            (*count)++;
            if (matches(pattern, account))
                return true;
        }
    }
    return false;
}

static bool names_group(const char *pattern, const struct sshd_account *account)
{
    for (size_t i = 0; i < account->group_count; i++)
        if (sshd_pattern_matches(pattern, account->group[i]))
            return true;
    return false;
}

/** A pattern with "@" is USER@HOST, and where it is split depends on the release: such a line
 * denies nobody here, and allows every user that it may mean. */
static bool denies_user(const char *pattern, const struct sshd_account *account)
{
    return strchr(pattern, '@') == NULL && sshd_pattern_matches(pattern, account->name);
}

static bool may_allow_user(const char *pattern, const struct sshd_account *account)
{
    char user[512];
    snprintf(user, sizeof user, "%.*s", (int)strcspn(pattern, "@"), pattern);
    if (sshd_pattern_matches(user, account->name))
        return true;
    snprintf(user, sizeof user, "%s", pattern);
    char *host = strrchr(user, '@');
    if (host != NULL)
        *host = '\0';
    return sshd_pattern_matches(user, account->name);
}

bool sshd_settings_refuse(const char *settings, const struct sshd_account *account)
{
    size_t denied = 0, allowed = 0, denied_groups = 0, allowed_groups = 0;
    if (any(settings, "denyusers", denies_user, account, &denied) ||
        (!any(settings, "allowusers", may_allow_user, account, &allowed) && allowed > 0) ||
        any(settings, "denygroups", names_group, account, &denied_groups) ||
        (!any(settings, "allowgroups", names_group, account, &allowed_groups) &&
         allowed_groups > 0))
        return true;
    /* sshd refuses who has no group with a name, where there is a line about groups. */
    return denied_groups > 0 && account->group_count == 0;
}

static bool is_same(const char *pattern, const struct sshd_account *account)
{
    return strcmp(pattern, account->name) == 0;
}

bool sshd_settings_have(const char *settings, const char *keyword, const char *word)
{
    size_t count = 0;
    const struct sshd_account as_word = { .name = word };
    return any(settings, keyword, is_same, &as_word, &count);
}

void sshd_settings_open(const char *settings, char open[SSHD_OPEN_MAX])
{
    static const struct {
        const char *keyword, *closed, *what;
        bool forwards;
    } grants[] = {
        { "allowtcpforwarding", "no", "TCP forwarding", true },
        { "allowstreamlocalforwarding", "no", "socket forwarding", true },
        { "allowagentforwarding", "no", "agent forwarding", true },
        { "x11forwarding", "no", "X11 forwarding", true },
        { "permittunnel", "no", "tunnels", true },
        { "permittty", "no", "a terminal", false },
        { "permituserenvironment", "no", "~/.ssh/environment", false },
    };
    const bool none = sshd_settings_have(settings, "disableforwarding", "yes");
    size_t length = 0;
    open[0] = '\0';
    if (sshd_settings_have(settings, "forcecommand", "none"))
        length = (size_t)snprintf(open, SSHD_OPEN_MAX, "any command");
    for (size_t i = 0; i < sizeof grants / sizeof *grants; i++)
        if (!(none && grants[i].forwards) &&
            !sshd_settings_have(settings, grants[i].keyword, grants[i].closed) &&
            length < SSHD_OPEN_MAX)
            length += (size_t)snprintf(open + length, SSHD_OPEN_MAX - length, "%s%s",
                                       length == 0 ? "" : ", ", grants[i].what);
}

bool sshd_account_read(struct sshd_account *account, const char *name)
{
    gid_t number[NUMBERS_MAX];
    int count = NUMBERS_MAX;
    const struct group *group;
    const struct passwd *user = getpwnam(name);
    *account = (struct sshd_account){ .name = name };
    if (user == NULL || getgrouplist(user->pw_name, user->pw_gid, number, &count) < 0 ||
        (account->group = calloc((size_t)count, sizeof *account->group)) == NULL)
        return false;
    for (int i = 0; i < count; i++)
        if ((group = getgrgid(number[i])) != NULL &&
            (account->group[account->group_count] = strdup(group->gr_name)) != NULL)
            account->group_count++;
    return true;
}

void sshd_account_free(struct sshd_account *account)
{
    for (size_t i = 0; i < account->group_count; i++)
        free(account->group[i]);
    free(account->group);
    account->group = NULL;
    account->group_count = 0;
}
