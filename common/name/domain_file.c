/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain_file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

const char *vmail_kind_name(enum vmail_kind kind)
{
    switch (kind) {
    case VMAIL_PASSWD:
        return "passwd";
    case VMAIL_SHADOW:
        return "shadow";
    case VMAIL_GROUP:
        return "group";
    }
    return "";
}

void vmail_file_name(char out[VMAIL_FILE_NAME_MAX + 1], enum vmail_kind kind, const char *domain)
{
    static const char prefixes[][8] = {
        [VMAIL_PASSWD] = "passwd.", [VMAIL_SHADOW] = "shadow.", [VMAIL_GROUP] = "group."
    };
    const size_t length = strnlen(domain, VMAIL_DOMAIN_MAX);
    memcpy(out, prefixes[kind], sizeof *prefixes);
    char *rest = out + (kind == VMAIL_GROUP ? sizeof "group." : sizeof "passwd.") - 1;
    memcpy(rest, domain, length);
    rest[length] = '\0';
}

void vmail_aside_name(char out[VMAIL_ASIDE_NAME_MAX + 1], enum vmail_kind kind, const char *domain)
{
    out[0] = '.';
    vmail_file_name(out + 1, kind, domain);
    memcpy(out + strlen(out), ".gone", sizeof ".gone");
}

bool vmail_file_path(char out[VMAIL_PATH_MAX], const struct vmail_paths *paths,
                     enum vmail_kind kind, const char *domain)
{
    size_t length = strlen(paths->directory);
    if (length + 1 + VMAIL_FILE_NAME_MAX >= VMAIL_PATH_MAX)
        return false;
    memcpy(out, paths->directory, length);
    out[length] = '/';
    vmail_file_name(out + length + 1, kind, domain);
    return true;
}

bool vmail_file_look(const struct vmail_paths *paths, enum vmail_kind kind, const char *domain,
                     struct vmail_file_state *state)
{
    char path[VMAIL_PATH_MAX];
    struct stat status;
    memset(state, 0, sizeof *state);
    if (!vmail_file_path(path, paths, kind, domain))
        return false;
    if (stat(path, &status) != 0)
        return errno == ENOENT;
    *state = vmail_file_state(&status);
    return true;
}

void vmail_aliases_file_name(char out[VMAIL_ALIASES_NAME_MAX + 1], const char *domain)
{
    static const char prefix[] = "aliases.";
    size_t length = strnlen(domain, VMAIL_DOMAIN_MAX);
    memcpy(out, prefix, sizeof prefix - 1);
    memcpy(out + sizeof prefix - 1, domain, length);
    out[sizeof prefix - 1 + length] = '\0';
}
