/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config_index.h"
#include "file.h"
#include "trust.h"

enum { CONFIG_SIZE_MAX = 64 * 1024 * 1024 };

enum vmail_result vmail_config_read(const struct vmail_paths *paths, int fd,
                                    struct vmail_config **config, vmail_config_report *report,
                                    void *context, struct vmail_error *error)
{
    size_t length = 0;
    char *text = vmail_file_read_all(fd, CONFIG_SIZE_MAX, &length);
    if (text == NULL) {
        int code = errno;
        vmail_error_set(error, code, "%s/%s: cannot read", paths->directory, VMAIL_CONFIG_NAME);
        return code == ENOMEM ? VMAIL_NO_MEMORY : VMAIL_UNAVAILABLE;
    }
    enum vmail_result result = vmail_config_parse(text, length, config, report, context);
    free(text);
    return result;
}

static enum vmail_result load(const struct vmail_paths *paths, bool by_index,
                              struct vmail_config **config, vmail_config_report *report,
                              void *context, struct vmail_error *error)
{
    int fd;
    struct stat status;
    enum vmail_result result = vmail_trusted_open(paths, VMAIL_CONFIG_NAME, &fd, &status, error);
    if (result == VMAIL_NOT_FOUND)
        return vmail_config_parse("", 0, config, report, context);
    if (result != VMAIL_OK)
        return result;
    const struct vmail_file_state state = vmail_file_state(&status);
    bool found = by_index && vmail_config_from_index(paths, &state, config) == VMAIL_OK;
    if (found && (*config)->error_count > 0 && report != NULL) {
        vmail_config_free(*config);
        found = false;
    }
    if (!found)
        result = vmail_config_read(paths, fd, config, report, context, error);
    close(fd);
    return result;
}

enum vmail_result vmail_config_load(const struct vmail_paths *paths, struct vmail_config **config,
                                    vmail_config_report *report, void *context,
                                    struct vmail_error *error)
{
    return load(paths, false, config, report, context, error);
}

enum vmail_result vmail_config_open(const struct vmail_paths *paths, struct vmail_config **config,
                                    vmail_config_report *report, void *context,
                                    struct vmail_error *error)
{
    return load(paths, true, config, report, context, error);
}

void vmail_config_free(struct vmail_config *config)
{
    if (config == NULL)
        return;
    for (size_t i = 0; i < config->domain_count; i++) {
        free(config->domains[i].alias_files.item);
        free(config->domains[i].admins.item);
    }
    vmail_config_index_free(config->index);
    free(config->domains);
    free(config->relays);
    free(config->domain_names);
    free(config->aliases);
    free(config->addresses);
    free(config->blocks);
    free(config->text);
    free(config);
}

static int row_has_name(const void *key, const void *row)
{
    return strcmp(key, ((const struct vmail_name_row *)row)->name);
}

static const struct vmail_name_row *find_name(const struct vmail_name_row *rows, size_t count,
                                              const char *name)
{
    return count == 0 ? NULL : bsearch(name, rows, count, sizeof *rows, row_has_name);
}

const struct vmail_domain_config *vmail_config_domain(const struct vmail_config *config,
                                                      const char *name)
{
    const struct vmail_name_row *row =
        find_name(config->domain_names, config->domain_name_count, name);
    return row == NULL ? NULL : &config->domains[row->domain];
}

bool vmail_config_has_domain(const struct vmail_config *config, const char *name)
{
    return config->index != NULL ? vmail_config_index_mailbox(config, name) != NULL
                                 : vmail_config_domain(config, name) != NULL;
}

const char *vmail_config_mailbox(const struct vmail_config *config, const char *name)
{
    const char *mailbox = NULL;
    if (config->index != NULL)
        mailbox = vmail_config_index_mailbox(config, name);
    else if (vmail_config_domain(config, name) != NULL)
        mailbox = vmail_config_domain(config, name)->mailbox;
    return mailbox == NULL ? VMAIL_MAILBOX_DEFAULT : mailbox;
}

bool vmail_config_alias_programs(const struct vmail_config *config, const char *name)
{
    const struct vmail_domain_config *domain = vmail_config_domain(config, name);
    return domain == NULL || domain->admins.count == 0 || domain->alias_programs;
}

const char *vmail_config_alias(const struct vmail_config *config, const char *alias)
{
    if (config->index != NULL)
        return vmail_config_index_alias(config, alias);
    const struct vmail_name_row *row = find_name(config->aliases, config->alias_count, alias);
    return row == NULL ? NULL : config->domains[row->domain].name;
}

static int row_has_address(const void *key, const void *row)
{
    return vmail_address_compare(key, &((const struct vmail_address_row *)row)->address);
}

const char *vmail_config_address(const struct vmail_config *config,
                                 const struct vmail_address *address)
{
    if (config->index != NULL)
        return vmail_config_index_address(config, address);
    if (config->address_count == 0)
        return NULL;
    const struct vmail_address_row *row =
        bsearch(address, config->addresses, config->address_count, sizeof *row, row_has_address);
    return row == NULL ? NULL : config->domains[row->domain].name;
}

static int row_has_id(const void *key, const void *row)
{
    uint32_t id = *(const uint32_t *)key;
    const struct vmail_id_range *ids = &((const struct vmail_ids_row *)row)->ids;
    return id < ids->first ? -1 : id > ids->last ? 1 : 0;
}

const char *vmail_config_block_range(const struct vmail_config *config, uint32_t id,
                                     struct vmail_id_range *range)
{
    if (config->index != NULL)
        return vmail_config_index_block(config, id, range);
    if (config->block_count == 0)
        return NULL;
    const struct vmail_ids_row *row =
        bsearch(&id, config->blocks, config->block_count, sizeof *row, row_has_id);
    if (row == NULL)
        return NULL;
    *range = row->ids;
    return config->domains[row->domain].name;
}

const char *vmail_config_block(const struct vmail_config *config, uint32_t id)
{
    struct vmail_id_range range;
    return vmail_config_block_range(config, id, &range);
}

bool vmail_config_id_allowed(const struct vmail_config *config, uint32_t id)
{
    return id >= config->ids.first && id <= config->ids.last && id >= VMAIL_IDS_LOWEST &&
           id != 65534 && id != 65535 && id != UINT32_MAX;
}
