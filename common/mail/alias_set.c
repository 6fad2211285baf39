/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "alias_set.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "domain_file.h"
#include "name.h"
#include "trust.h"

enum { FILE_MAX = 256 << 20 };

/* Whether the file with STATE is aliases.DOMAIN of a domain whose co-administrators edit it. */
static bool is_edited(const struct vmail_paths *paths, const struct vmail_config *config,
                      const struct vmail_file_state *state)
{
    for (size_t i = 0; i < config->domain_count; i++) {
        const char *domain = config->domains[i].name;
        char name[VMAIL_ALIASES_NAME_MAX + 1], *path;
        struct stat other;
        if (vmail_config_alias_programs(config, domain))
            continue;
        vmail_aliases_file_name(name, domain);
        if (asprintf(&path, "%s/%s", paths->directory, name) < 0)
            return true;
        const bool same = stat(path, &other) == 0
                              ? other.st_dev == state->device && other.st_ino == state->inode
                              : errno != ENOENT;
        free(path);
        if (same)
            return true;
    }
    return false;
}

/* If PATH is aliases.DOMAIN of the directory, that domain, else NULL. */
static const char *domain_of(const struct vmail_paths *paths, const char *path)
{
    static const char prefix[] = "/aliases.";
    const size_t length = strlen(paths->directory);
    if (strncmp(path, paths->directory, length) != 0 ||
        strncmp(path + length, prefix, sizeof prefix - 1) != 0)
        return NULL;
    const char *domain = path + length + sizeof prefix - 1;
    return vmail_domain_valid(domain, strlen(domain)) ? domain : NULL;
}

/* Whether the targets in the file PATH, with STATE, must be plain. Through a link, it may be the
 * aliases.DOMAIN of another domain. */
static bool is_restricted(const struct vmail_paths *paths, const struct vmail_config *config,
                          const char *path, const struct vmail_file_state *state)
{
    const char *own = domain_of(paths, path);
    struct stat link;
    if (own != NULL && !vmail_config_alias_programs(config, own))
        return true;
    if (own != NULL && lstat(path, &link) == 0 && S_ISREG(link.st_mode) && link.st_nlink == 1)
        return false;
    return is_edited(paths, config, state);
}

/* By name, which is in lower case, and entries of one name in the order of the text. */
static int compare_aliases(const void *a, const void *b)
{
    const struct vmail_alias *const *one = a, *const *other = b;
    const int order = strcmp((*one)->name, (*other)->name);
    return order != 0 ? order : *one < *other ? -1 : 1;
}

static bool sort(struct vmail_alias_file *file)
{
    const struct vmail_aliases *aliases = &file->aliases;
    size_t count = 0, kept = 0;
    const struct vmail_alias **used = calloc(aliases->count + 1, sizeof *used);
    if (used == NULL)
        return false;
    for (size_t i = 0; i < aliases->count; i++)
        if (aliases->alias[i].reason == NULL)
            used[count++] = &aliases->alias[i];
    qsort(used, count, sizeof *used, compare_aliases);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || strcmp(used[kept - 1]->name, used[i]->name) != 0)
            used[kept++] = used[i];
    file->used = used;
    file->used_count = kept;
    return true;
}

enum vmail_result vmail_alias_file_read(const struct vmail_paths *paths,
                                        const struct vmail_config *config, const char *path,
                                        struct vmail_alias_file *file, struct vmail_error *error)
{
    struct vmail_trusted_text text;
    *file = (struct vmail_alias_file){ .path = strdup(path) };
    if (file->path == NULL)
        return VMAIL_NO_MEMORY;
    const enum vmail_result result = vmail_trusted_read(paths, path, FILE_MAX, &text, error);
    file->version = text.version;
    if (result == VMAIL_NOT_FOUND)
        vmail_error_set(error, 0, "%s", "");
    if (result != VMAIL_OK)
        return result == VMAIL_NOT_FOUND ? VMAIL_OK : result;
    const bool good = vmail_aliases_read(text.bytes, text.length, &file->aliases);
    free(text.bytes);
    if (!good)
        return VMAIL_NO_MEMORY;
    if (is_restricted(paths, config, path, &file->version.state))
        vmail_aliases_restrict(&file->aliases);
    return sort(file) ? VMAIL_OK : VMAIL_NO_MEMORY;
}

void vmail_alias_file_end(struct vmail_alias_file *file)
{
    vmail_aliases_end(&file->aliases);
    free(file->used);
    free(file->path);
    *file = (struct vmail_alias_file){ 0 };
}

static int compare_name(const void *name, const void *entry)
{
    return vmail_compare_folded(name, (*(const struct vmail_alias *const *)entry)->name);
}

const struct vmail_alias *vmail_alias_file_find(const struct vmail_alias_file *file,
                                                const char *name)
{
    const struct vmail_alias **entry =
        file->used_count == 0
            ? NULL
            : bsearch(name, file->used, file->used_count, sizeof *file->used, compare_name);
    return entry == NULL ? NULL : *entry;
}

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
