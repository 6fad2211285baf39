/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sshd_settings.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_MAX = 1024 * 1024, NUMBERS_MAX = 1024 };

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

/** Starts `sshd -T`, which writes all that it says into OUTPUT. An error number, 0 for none. */
static int start(const char *typed, int output, pid_t *process)
{
    char user[512];
    posix_spawn_file_actions_t actions;
    snprintf(user, sizeof user, "user=%s,host=client.invalid,addr=192.0.2.1", typed);
    char *arguments[] = { (char *)SSHD_PROGRAM, (char *)"-T", (char *)"-C", user, NULL };
    char *environment[] = { NULL };
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0)
        return error;
    error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", 0, 0);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    if (error == 0)
        error = posix_spawn(process, SSHD_PROGRAM, &actions, NULL, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static char *read_all(int fd)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = fdopen(fd, "r");
    if (file == NULL) {
        close(fd);
        return NULL;
    }
    text = malloc(ANSWER_MAX);
    if (text != NULL) {
        length = fread(text, 1, ANSWER_MAX - 1, file);
        text[length] = '\0';
    }
    fclose(file);
    return text;
}

char *sshd_settings_read(const char *typed, char *wrong, size_t size)
{
    int ends[2], status = 0;
    pid_t process;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        snprintf(wrong, size, "%s", strerror(errno));
        return NULL;
    }
    int error = start(typed, ends[1], &process);
    close(ends[1]);
    char *text = read_all(ends[0]);
    if (error == 0)
        while (waitpid(process, &status, 0) < 0 && errno == EINTR)
            ;
    if (error != 0 || text == NULL)
        snprintf(wrong, size, "%s", strerror(error != 0 ? error : ENOMEM));
    else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        snprintf(wrong, size, "%.*s", (int)strcspn(text, "\r\n"), text);
    else
        return text;
    free(text);
    return NULL;
}

/**
 * The next value of a line KEYWORD after *AT, of LENGTH bytes; NULL at the end. Values are words;
 * old releases print one per line, new ones may print several in one line.
 */
static const char *next_word(const char **at, const char *keyword, size_t *length)
{
    const size_t wanted = strlen(keyword);
    for (;;) {
        *at += strspn(*at, " ");
        if (**at == '\0')
            return NULL;
        if (**at != '\n') {
            const char *word = *at;
            *length = strcspn(word, " \n");
            *at += *length;
            return word;
        }
        while (**at == '\n') {
            const char *line = *at + 1;
            if (strncmp(line, keyword, wanted) == 0 && line[wanted] == ' ') {
                *at = line + wanted;
                break;
            }
            *at = line + strcspn(line, "\n");
        }
    }
}

/** Calls for each value of KEYWORD until one MATCHES; the number of values that were looked at is
 * added to COUNT. */
static bool any(const char *settings, const char *keyword,
                bool matches(const char *pattern, const struct sshd_account *account),
                const struct sshd_account *account, size_t *count)
{
    char pattern[512], *text;
    const char *word;
    size_t length;
    bool found = false;
    /* The first line is like the others then. */
    if (asprintf(&text, "\n%s", settings) < 0)
        return false;
    for (const char *at = text; !found && (word = next_word(&at, keyword, &length)) != NULL;) {
        snprintf(pattern, sizeof pattern, "%.*s", (int)length, word);
        found = matches(pattern, account);
        (*count)++;
    }
    free(text);
    return found;
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
