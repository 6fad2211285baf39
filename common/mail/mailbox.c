/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mailbox.h"

#include <stdlib.h>
#include <string.h>

/* Returns the text that replaces the LENGTH (1, or 2 for an escape) characters at TEXT. */
static const char *expand(const char *text, size_t *length, const char *user, const char *domain)
{
    *length = text[0] == '%' && text[1] != '\0' ? 2 : 1;
    if (*length == 1)
        return NULL;
    switch (text[1]) {
    case 'u':
        return user;
    case 'd':
        return domain;
    case '%':
        return "%";
    default:
        return NULL;
    }
}

static void append(char **end, const char *text, size_t length)
{
    memcpy(*end, text, length);
    *end += length;
}

static const char *path_of(const char *mailbox)
{
    const char *colon = strchr(mailbox, ':');
    return colon == NULL ? mailbox : colon + 1;
}

char *vmail_mailbox_path(const char *mailbox, const char *user, const char *domain,
                         const char *home)
{
    const char *path = path_of(mailbox);
    size_t length;
    size_t longest = strlen(user) + strlen(domain) + 1; /* for any one escape */
    char *result = calloc(strlen(home) + strlen(path) + 1, longest);
    if (result == NULL)
        return NULL;
    char *end = result;
    if (*path == '~') {
        append(&end, home, strlen(home));
        path++;
    }
    for (; *path != '\0'; path += length) {
        const char *text = expand(path, &length, user, domain);
        if (text != NULL)
            append(&end, text, strlen(text));
        else
            append(&end, path, length);
    }
    return result;
}

/* Whether the escape '%' LETTER is in PATH. */
static bool has_escape(const char *path, char letter)
{
    for (; *path != '\0'; path++) {
        if (*path != '%' || path[1] == '\0')
            continue;
        if (*++path == letter)
            return true;
    }
    return false;
}

/* Whether a directory on PATH, not its last part, has the name NAME. */
static bool has_directory(const char *path, const char *name)
{
    const size_t length = strlen(name);
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/'))
        if (strncmp(slash + 1, name, length) == 0 && slash[1 + length] == '/')
            return true;
    return false;
}

bool vmail_mailbox_is_own(const char *mailbox, const char *domain)
{
    const char *path = path_of(mailbox);
    return *path == '~' ||
           (has_escape(path, 'u') && (has_escape(path, 'd') || has_directory(path, domain)));
}
