/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "half_deleted.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "table.h"
#include "trust.h"

/** The domain whose passwd file set aside has the name NAME, if it is such a one. */
static bool read_domain(const char *name, char domain[VMAIL_DOMAIN_MAX + 1])
{
    char pattern[VMAIL_ASIDE_NAME_MAX + 1];
    const char *start = strchr(name, '.') == name ? strchr(name + 1, '.') : NULL;
    const char *end = strrchr(name, '.');
    if (start == NULL || end <= start + 1 || end - start - 1 > VMAIL_DOMAIN_MAX)
        return false;
    const size_t length = (size_t)(end - start - 1);
    memcpy(domain, start + 1, length);
    domain[length] = '\0';
    vmail_aside_name(pattern, VMAIL_PASSWD, domain);
    return strcmp(pattern, name) == 0 && vmail_domain_valid(domain, length);
}

static bool is_asked_for(const struct check *check, const char *domain)
{
    for (size_t i = 0; i < check->domains.count; i++)
        if (strcmp(check->domains.name[i], domain) == 0)
            return true;
    return check->everything;
}

static void add(struct check *check, const char *name)
{
    char domain[VMAIL_DOMAIN_MAX + 1], *path;
    if (!read_domain(name, domain) || !is_asked_for(check, domain))
        return;
    if (asprintf(&path, "%s/%s", check->context->paths->directory, name) < 0) {
        check->findings.no_memory = true;
        return;
    }
    const struct finding_place place = { .area = "files", .domain = domain, .file = path };
    finding_add(&check->findings, FINDING_WARNING, &place,
                "the deletion of the domain was interrupted: homes and mailboxes of the users in "
                "this file may still exist\nrun vmailctl domain del --force --purge %s",
                domain);
    free(path);
}

void check_half_deleted(struct check *check)
{
    const struct dirent *entry;
    int fd;
    if (vmail_trusted_open_directory(check->context->paths, &fd, NULL) != VMAIL_OK)
        return; /* which check_files tells */
    DIR *list = fdopendir(fd);
    if (list == NULL) {
        close(fd);
        check->findings.no_memory = true;
        return;
    }
    while ((entry = readdir(list)) != NULL)
        add(check, entry->d_name);
    closedir(list);
}
