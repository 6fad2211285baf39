/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dovecot_format.h"

#include <stdio.h>
#include <string.h>

/** Moves *TEXT behind the variable that starts there with '%', and copies its name: "u" for "%Lu",
 * or what stands in "%{...}". False if it is too long. */
static bool next_variable(const char **text, char name[SETTING_WORD_MAX])
{
    const char *at = *text + 1;
    if (*at == '{') {
        const size_t length = strcspn(at, "}");
        *text = at + length + (at[length] == '}' ? 1 : 0);
        return snprintf(name, SETTING_WORD_MAX, "%.*s", (int)length - 1, at + 1) < SETTING_WORD_MAX;
    }
    at += strspn(at, "LUTRXEM0123456789.-");
    snprintf(name, SETTING_WORD_MAX, "%.1s", at);
    *text = at + (*at == '\0' ? 0 : 1);
    return true;
}

static bool keeps(const char *name)
{
    if (strcmp(name, "u") == 0 || strcmp(name, "d") == 0 || strcmp(name, "domain") == 0)
        return true;
    return strncmp(name, "user", 4) == 0 && strstr(name, "username") == NULL &&
           strstr(name, "if(") == NULL;
}

bool dovecot_format_keeps_domain(const char *format)
{
    char name[SETTING_WORD_MAX];
    bool kept = format[0] == '\0';
    for (const char *at = format; !kept && (at = strchr(at, '%')) != NULL;)
        kept = next_variable(&at, name) && keeps(name);
    return kept;
}

bool dovecot_format_has_address(const char *format)
{
    return strstr(format, "lip}") != NULL || strstr(format, "local_ip") != NULL;
}

bool dovecot_location(const struct settings *settings, char value[DOVECOT_PATH_MAX])
{
    const char *location = settings_value(settings, "mail_location");
    const char *driver = settings_value(settings, "mail_driver");
    const char *inbox = strstr(location, ":INBOX="), *path = strchr(location, ':');
    if (driver[0] != '\0') {
        inbox = settings_value(settings, "mail_inbox_path");
        path = inbox[0] != '\0' ? inbox : settings_value(settings, "mail_path");
        snprintf(value, DOVECOT_PATH_MAX, "%s:%s", driver, path);
    } else if (path != NULL) {
        path = inbox != NULL ? inbox + strlen(":INBOX=") : path + 1;
        snprintf(value, DOVECOT_PATH_MAX, "%.*s%.*s", (int)strcspn(location, ":") + 1, location,
                 (int)strcspn(path, ":"), path);
    } else {
        return false;
    }
    return strncmp(value, "maildir:", 8) == 0 || strncmp(value, "mbox:", 5) == 0;
}

/** What the variable NAME is for USER: up to two pieces. */
static bool find_value(const char *name, const struct dovecot_user *user, const char *piece[3])
{
    static const struct names {
        const char *name;
        bool user, domain, home;
    } names[] = {
        { "u", true, true, false },
        { "user", true, true, false },
        { "user | lower", true, true, false },
        { "n", true, false, false },
        { "username", true, false, false },
        { "user | username", true, false, false },
        { "user | username | lower", true, false, false },
        { "d", false, true, false },
        { "domain", false, true, false },
        { "user | domain", false, true, false },
        { "user | domain | lower", false, true, false },
        { "h", false, false, true },
        { "home", false, false, true },
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].name, name) == 0) {
            piece[0] = names[i].home ? user->home : names[i].user ? user->user : "";
            piece[1] = names[i].user && names[i].domain ? "@" : "";
            piece[2] = names[i].domain ? user->domain : "";
            return true;
        }
    return false;
}

bool dovecot_format_expand(const char *text, const struct dovecot_user *user,
                           char out[DOVECOT_PATH_MAX])
{
    char name[SETTING_WORD_MAX];
    size_t used = 0;
    out[0] = '\0';
    for (const char *at = text; *at != '\0';) {
        const char *piece[3] = { "", "", "" };
        char one[2] = { *at, '\0' };
        if (*at == '%') {
            if (!next_variable(&at, name) || !find_value(name, user, piece))
                return false;
        } else {
            piece[0] = at[0] == '~' && at[1] == '/' ? user->home : one;
            at++;
        }
        const int length =
            snprintf(out + used, DOVECOT_PATH_MAX - used, "%s%s%s", piece[0], piece[1], piece[2]);
        used += (size_t)length;
        if (used >= DOVECOT_PATH_MAX)
            return false;
    }
    return true;
}
