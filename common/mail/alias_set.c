/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "alias_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "domain_file.h"

enum vmail_result vmail_alias_set_path(const struct vmail_paths *paths,
                                       const struct vmail_config *config, const char *domain,
                                       size_t number, char **out)
{
    const struct vmail_domain_config *section = vmail_config_domain(config, domain);
    char name[VMAIL_ALIASES_NAME_MAX + 1];
    if (number > (section == NULL ? 0 : section->alias_files.count))
        return VMAIL_NOT_FOUND;
    if (number > 0)
        return (*out = strdup(section->alias_files.item[number - 1])) != NULL ? VMAIL_OK
                                                                              : VMAIL_NO_MEMORY;
    vmail_aliases_file_name(name, domain);
    return asprintf(out, "%s/%s", paths->directory, name) >= 0 ? VMAIL_OK : VMAIL_NO_MEMORY;
}

enum vmail_result vmail_alias_set_read(const struct vmail_paths *paths,
                                       const struct vmail_config *config, const char *domain,
                                       struct vmail_alias_set *set, struct vmail_error *error)
{
    enum vmail_result result;
    char *path;
    *set = (struct vmail_alias_set){ 0 };
    while ((result = vmail_alias_set_path(paths, config, domain, set->count, &path)) == VMAIL_OK) {
        struct vmail_alias_file *file =
            vmail_array_append(&set->file, &set->count, sizeof *set->file);
        result = file == NULL ? VMAIL_NO_MEMORY
                              : vmail_alias_file_read(paths, config, path, file, error);
        free(path);
        if (result != VMAIL_OK)
            return result;
    }
    return result == VMAIL_NOT_FOUND ? VMAIL_OK : result;
}

void vmail_alias_set_end(struct vmail_alias_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        vmail_alias_file_end(&set->file[i]);
    free(set->file);
    *set = (struct vmail_alias_set){ 0 };
}

const struct vmail_alias *vmail_alias_set_find(const struct vmail_alias_set *set, const char *name,
                                               const struct vmail_alias_file **file)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct vmail_alias *alias = vmail_alias_file_find(&set->file[i], name);
        if (alias != NULL && file != NULL)
            *file = &set->file[i];
        if (alias != NULL)
            return alias;
    }
    return NULL;
}
