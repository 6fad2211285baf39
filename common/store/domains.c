/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domains.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "array.h"
#include "filled.h"
#include "name.h"
#include "table.h"
#include "trust.h"

static const char prefix[] = "passwd.";

enum vmail_result vmail_domain_look(const struct vmail_paths *paths, const char *domain,
                                    struct vmail_file_state *state, struct vmail_error *error)
{
    VMAIL_FILLED char path[VMAIL_PATH_MAX];
    VMAIL_FILLED struct stat status;
    memset(state, 0, sizeof *state);
    if (strlen(domain) > VMAIL_DOMAIN_FILE_MAX ||
        !vmail_file_path(path, paths, VMAIL_PASSWD, domain))
        return VMAIL_NOT_FOUND;
    if (lstat(path, &status) == 0) {
        if (S_ISREG(status.st_mode))
            *state = vmail_file_state(&status);
        return VMAIL_OK;
    }
    if (errno == ENOENT || errno == ENOTDIR)
        return VMAIL_NOT_FOUND;
    vmail_error_set(error, errno, "%s: cannot look for it: %s", path, strerrordesc_np(errno));
    return VMAIL_UNAVAILABLE;
}

bool vmail_domain_exists(const struct vmail_paths *paths, const char *domain,
                         struct vmail_file_state *state)
{
    return vmail_domain_look(paths, domain, state, NULL) != VMAIL_NOT_FOUND;
}

static bool is_domain(const char *text)
{
    if (!vmail_domain_valid(text, strlen(text)) || strlen(text) > VMAIL_DOMAIN_FILE_MAX)
        return false;
    for (; *text != '\0'; text++)
        if (*text != vmail_fold(*text))
            return false;
    return true;
}

static int add_domain(void *data, int directory, const char *file)
{
    struct vmail_domain_list *list = data;
    (void)directory;
    if (strncmp(file, prefix, sizeof prefix - 1) != 0 || !is_domain(file + sizeof prefix - 1))
        return 0;
    char **name = vmail_array_append(&list->name, &list->count, sizeof *name);
    if (name != NULL)
        *name = strdup(file + sizeof prefix - 1);
    return name == NULL || *name == NULL ? ENOMEM : 0;
}

static int compare_domain_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum vmail_result vmail_domains_list(const struct vmail_paths *paths,
                                     struct vmail_domain_list *list, struct vmail_error *error)
{
    *list = (struct vmail_domain_list){ NULL, 0 };
    const enum vmail_result result = vmail_trusted_each_file(paths, add_domain, list, error);
    if (result != VMAIL_OK)
        vmail_domains_free(list);
    else if (list->count > 1)
        qsort(list->name, list->count, sizeof *list->name, compare_domain_names);
    return result;
}

void vmail_domains_free(struct vmail_domain_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->name[i]);
    free(list->name);
    *list = (struct vmail_domain_list){ NULL, 0 };
}
