/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mailbox.h"

#include <string.h>

#include "text_buffer.h"

static const char *path_of(const char *mailbox)
{
    const char *colon = strchr(mailbox, ':');
    return colon == NULL ? mailbox : colon + 1;
}

char *vmail_mailbox_path(const char *mailbox, const char *user, const char *domain,
                         const char *home)
{
    const struct vmail_escape escapes[] = { { 'u', { user, strlen(user) } },
                                            { 'd', { domain, strlen(domain) } },
                                            { '%', { "%", 1 } },
                                            { '\0', { NULL, 0 } } };
    const char *path = path_of(mailbox);
    const size_t tilde = *path == '~';
    struct vmail_text_buffer result = { 0 };
    if (vmail_text_splice(&result, 0, 0, home, tilde * strlen(home)) &&
        vmail_text_expand(&result, path + tilde, strlen(path + tilde), escapes))
        return result.bytes;
    vmail_text_end(&result);
    return NULL;
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
