/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "alias_set.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "edit.h"
#include "file.h"
#include "message.h"
#include "trust.h"

enum { FILE_MAX = 256 << 20 };

/** Whether the file with STATUS is aliases.DOMAIN of a domain whose co-administrators edit it. */
static bool is_edited(const struct context *context, const struct stat *status)
{
    const struct vmail_config *config = context->config;
    for (size_t i = 0; i < config->domain_count; i++) {
        const char *domain = config->domains[i].name;
        char name[VMAIL_ALIASES_NAME_MAX + 1], *path;
        struct stat other;
        if (vmail_config_alias_programs(config, domain))
            continue;
        vmail_aliases_file_name(name, domain);
        if (asprintf(&path, "%s/%s", context->paths->directory, name) < 0)
            return true;
        const bool same = stat(path, &other) == 0 && other.st_dev == status->st_dev &&
                          other.st_ino == status->st_ino;
        free(path);
        if (same)
            return true;
    }
    return false;
}

/**
 * Whether the targets of SOURCE, the file with STATUS, must be plain. OWN: it is aliases.OWN; NULL:
 * an additional file, which may be the aliases.DOMAIN of another domain, also through a link.
 */
static bool is_restricted(const struct context *context, const struct alias_source *source,
                          const char *own, const struct stat *status)
{
    struct stat link;
    if (own != NULL && !vmail_config_alias_programs(context->config, own))
        return true;
    if (own != NULL && lstat(source->path, &link) == 0 && S_ISREG(link.st_mode) &&
        link.st_nlink == 1)
        return false;
    return is_edited(context, status);
}

/** Reads NAME in DIRECTORY into SOURCE, with the same checks as for files in /etc/vmail. */
static enum vmail_result read_source(const struct context *context, const char *directory,
                                     const char *name, const char *own, struct alias_source *source,
                                     struct vmail_error *error)
{
    struct vmail_paths paths = *context->paths;
    struct stat status;
    size_t length;
    int fd;
    paths.directory = directory;
    enum vmail_result result = vmail_trusted_open(&paths, name, &fd, &status, error);
    if (result != VMAIL_OK)
        return result == VMAIL_NOT_FOUND ? VMAIL_OK : result;
    source->text = vmail_file_read_all(fd, FILE_MAX, &length);
    int code = errno;
    close(fd);
    if (source->text == NULL) {
        vmail_error_set(error, code, "%s: cannot read: %s", source->path, strerrordesc_np(code));
        return VMAIL_UNAVAILABLE;
    }
    if (!vmail_aliases_read(source->text, length, &source->aliases))
        return VMAIL_NO_MEMORY;
    if (is_restricted(context, source, own, &status))
        vmail_aliases_restrict(&source->aliases);
    return VMAIL_OK;
}

/** PATH is absolute: vmail.conf requires it. */
static enum vmail_result add_source(const struct context *context, const char *path,
                                    const char *own, struct alias_set *set,
                                    struct vmail_error *error)
{
    struct alias_source *source = &set->source[set->count];
    source->path = strdup(path);
    char *directory = strdup(path);
    if (source->path == NULL || directory == NULL) {
        free(directory);
        free(source->path);
        return VMAIL_NO_MEMORY;
    }
    set->count++;
    char *slash = strrchr(directory, '/');
    *slash = '\0';
    enum vmail_result result =
        read_source(context, slash == directory ? "/" : directory,
                    source->path + (slash - directory) + 1, own, source, error);
    free(directory);
    return result;
}

static int compare_names(const void *a, const void *b)
{
    const struct alias_entry *one = a, *other = b;
    const int order = strcasecmp(one->alias->name, other->alias->name);
    if (order != 0)
        return order;
    if (one->source != other->source)
        return one->source < other->source ? -1 : 1;
    return one->alias < other->alias ? -1 : 1; /* of one array, in the order of the text */
}

/** For each name, the first entry is used. */
static bool sort_entries(struct alias_set *set)
{
    size_t all = 0, kept = 0;
    for (size_t i = 0; i < set->count; i++)
        all += set->source[i].aliases.count;
    set->entry = calloc(all + 1, sizeof *set->entry);
    for (size_t i = 0; set->entry != NULL && i < set->count; i++)
        for (size_t k = 0; k < set->source[i].aliases.count; k++) {
            const struct vmail_alias *alias = &set->source[i].aliases.alias[k];
            if (alias->reason == NULL)
                set->entry[set->entry_count++] = (struct alias_entry){ alias, &set->source[i] };
        }
    if (set->entry_count > 0)
        qsort(set->entry, set->entry_count, sizeof *set->entry, compare_names);
    for (size_t i = 0; i < set->entry_count; i++)
        if (kept == 0 ||
            strcasecmp(set->entry[kept - 1].alias->name, set->entry[i].alias->name) != 0)
            set->entry[kept++] = set->entry[i];
    set->entry_count = kept;
    return set->entry != NULL;
}

enum vmail_result alias_set_try(const struct context *context, const char *domain,
                                struct alias_set *set, struct vmail_error *error)
{
    const struct vmail_domain_config *section = vmail_config_domain(context->config, domain);
    size_t more = section == NULL ? 0 : section->alias_files.count;
    char name[VMAIL_ALIASES_NAME_MAX + 1], *path;
    *set = (struct alias_set){ .source = calloc(more + 1, sizeof *set->source) };
    vmail_aliases_file_name(name, domain);
    if (set->source == NULL || asprintf(&path, "%s/%s", context->paths->directory, name) < 0)
        return VMAIL_NO_MEMORY;
    enum vmail_result result = add_source(context, path, domain, set, error);
    free(path);
    for (size_t i = 0; i < more && result == VMAIL_OK; i++)
        result = add_source(context, section->alias_files.item[i], NULL, set, error);
    return sort_entries(set) ? result : VMAIL_NO_MEMORY;
}

enum exit_code alias_set_read(const struct context *context, const char *domain,
                              struct alias_set *set)
{
    struct vmail_error error = { 0 };
    enum vmail_result result = alias_set_try(context, domain, set, &error);
    if (result == VMAIL_NO_MEMORY)
        return message_no_memory(context);
    return message_result(context, result, &error);
}

void alias_set_end(struct alias_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        vmail_aliases_end(&set->source[i].aliases);
        free(set->source[i].text);
        free(set->source[i].path);
    }
    free(set->source);
    free(set->entry);
    *set = (struct alias_set){ 0 };
}

static int compare_name(const void *name, const void *entry)
{
    return strcasecmp(name, ((const struct alias_entry *)entry)->alias->name);
}

const struct vmail_alias *alias_set_find(const struct alias_set *set, const char *name,
                                         const struct alias_source **source)
{
    const struct alias_entry *entry =
        set->entry_count == 0
            ? NULL
            : bsearch(name, set->entry, set->entry_count, sizeof *set->entry, compare_name);
    if (entry != NULL && source != NULL)
        *source = entry->source;
    return entry == NULL ? NULL : entry->alias;
}

bool alias_set_has_fallback(const struct context *context, const char *domain)
{
    const struct vmail_domain_config *section = vmail_config_domain(context->config, domain);
    return section != NULL && section->fallback != NULL && section->fallback[0] != '\0';
}
