/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mailbox.h"

#include <stdlib.h>
#include <string.h>

/* What stands for the LENGTH characters at TEXT, which are one or an escape of two. */
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

char *vmail_mailbox_path(const char *mailbox, const char *user, const char *domain,
                         const char *home)
{
    const char *colon = strchr(mailbox, ':');
    const char *path = colon == NULL ? mailbox : colon + 1;
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
