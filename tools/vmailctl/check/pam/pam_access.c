/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pam_line.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "resolver.h"

#define DIRECTORY "/etc/security"

/** Whether NAME is one of a domain that there is here. */
static bool is_virtual(const struct context *context, const char *name)
{
    static const struct vmail_context nothing = { 0 };
    struct vmail_identity identity;
    return strchr(name, '@') != NULL &&
           vmail_resolve(context->paths, context->config, name, &nothing, &identity) == VMAIL_OK;
}

/** LINE is taken apart: PERMISSION : USERS : ORIGINS, and in USERS words, those of groups in
 * brackets. */
static void check_line(struct check *check, const struct finding_place *place, char *line)
{
    line[strcspn(line, "#\n")] = '\0';
    char *users = strchr(line, ':');
    if (users == NULL)
        return;
    users++;
    users[strcspn(users, ":")] = '\0';
    for (char *word; (word = strsep(&users, " \t,")) != NULL;)
        if (*word != '(' && *word != '@' && is_virtual(check->context, word))
            finding_add(&check->findings, FINDING_WARNING, place,
                        "pam_access splits %s at the @ into a user and a host, so this rule never "
                        "matches the virtual user\nwrite (%s), the user's private group, or "
                        "another group of the domain in parentheses",
                        word, word);
}

static void check_file(struct check *check, const char *path)
{
    struct finding_place place = { .file = path };
    char *line = NULL;
    size_t room = 0;
    FILE *file = fopen(path, "re");
    while (file != NULL && getline(&line, &room, file) >= 0) {
        place.line++;
        check_line(check, &place, line);
    }
    free(line);
    if (file != NULL)
        fclose(file);
}

static int is_rules(const struct dirent *entry)
{
    const size_t length = strlen(entry->d_name);
    return length > 5 && strcmp(entry->d_name + length - 5, ".conf") == 0;
}

void pam_access_check(struct check *check)
{
    struct dirent **list = NULL;
    char path[PATH_MAX];
    if (check->context->config == NULL)
        return;
    check_file(check, DIRECTORY "/access.conf");
    int count = scandir(DIRECTORY "/access.d", &list, is_rules, alphasort);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, DIRECTORY "/access.d/%s", list[i]->d_name);
        check_file(check, path);
        free(list[i]);
    }
    free(list);
}
