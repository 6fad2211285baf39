/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <stdlib.h>
#include <string.h>

static void free_own(struct vmail_config *config)
{
    for (size_t i = 0; i < config->domain_count; i++) {
        free(config->domains[i].ids.range);
        free(config->domains[i].alias_files.item);
        free(config->domains[i].admins.item);
    }
    free(config->domains);
    free(config->relays);
    free(config->domain_names);
    free(config->aliases);
    free(config->addresses);
    free(config->blocks);
    free(config->text);
}

void vmail_config_free(struct vmail_config *config)
{
    if (config == NULL)
        return;
    if (config->release != NULL)
        config->release(config);
    else
        free_own(config);
    free(config);
}

const char *vmail_config_string(const struct vmail_config *config, uint32_t offset)
{
    return offset < config->text_length ? config->text + offset : "";
}

/* Returns the row of SIZE bytes whose first member is the name NAME; or NULL. */
static const void *find_name(const struct vmail_config *config, const void *rows, size_t count,
                             size_t size, const char *name)
{
    size_t low = 0, high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const void *row = (const char *)rows + middle * size;
        const int order = strcmp(name, vmail_config_string(config, *(const uint32_t *)row));
        if (order == 0)
            return row;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static const struct vmail_domain_row *find_domain(const struct vmail_config *config,
                                                  const char *name)
{
    return find_name(config, config->domain_names, config->domain_name_count,
                     sizeof *config->domain_names, name);
}

const struct vmail_domain_config *vmail_config_domain(const struct vmail_config *config,
                                                      const char *name)
{
    const struct vmail_domain_row *row = find_domain(config, name);
    return row == NULL ? NULL : &config->domains[row->domain];
}

bool vmail_config_has_domain(const struct vmail_config *config, const char *name)
{
    return find_domain(config, name) != NULL;
}

const char *vmail_config_mailbox(const struct vmail_config *config, const char *name)
{
    const struct vmail_domain_row *row = find_domain(config, name);
    return row == NULL || row->mailbox == 0 ? VMAIL_MAILBOX_DEFAULT
                                            : vmail_config_string(config, row->mailbox);
}

bool vmail_config_has_fallback(const struct vmail_config *config, const char *name)
{
    const struct vmail_domain_config *domain = vmail_config_domain(config, name);
    return domain != NULL && domain->fallback[0] != '\0';
}

bool vmail_config_alias_programs(const struct vmail_config *config, const char *name)
{
    const struct vmail_domain_config *domain = vmail_config_domain(config, name);
    return domain == NULL || domain->admins.count == 0 || domain->alias_programs;
}

const char *vmail_config_alias_user(const struct vmail_config *config, const char *name)
{
    const struct vmail_domain_config *domain = vmail_config_domain(config, name);
    return domain == NULL || domain->alias_user == NULL ? config->alias_user : domain->alias_user;
}

const char *vmail_config_alias(const struct vmail_config *config, const char *alias)
{
    const struct vmail_name_row *row =
        find_name(config, config->aliases, config->alias_count, sizeof *config->aliases, alias);
    return row == NULL ? NULL : vmail_config_string(config, row->owner);
}

static int row_has_address(const void *key, const void *row)
{
    return vmail_address_compare(key, &((const struct vmail_address_row *)row)->address);
}

const char *vmail_config_address(const struct vmail_config *config,
                                 const struct vmail_address *address)
{
    if (config->address_count == 0)
        return NULL;
    const struct vmail_address_row *row =
        bsearch(address, config->addresses, config->address_count, sizeof *row, row_has_address);
    return row == NULL ? NULL : vmail_config_string(config, row->owner);
}

static int row_has_id(const void *key, const void *row)
{
    uint32_t id = *(const uint32_t *)key;
    const struct vmail_id_range *ids = &((const struct vmail_ids_row *)row)->ids;
    return id < ids->first ? -1 : id > ids->last ? 1 : 0;
}

bool vmail_id_ranges_have(const struct vmail_id_ranges *ranges, uint32_t id)
{
    for (size_t i = 0; i < ranges->count; i++)
        if (id >= ranges->range[i].first && id <= ranges->range[i].last)
            return true;
    return false;
}

const char *vmail_config_block(const struct vmail_config *config, uint32_t id)
{
    if (config->block_count == 0)
        return NULL;
    const struct vmail_ids_row *row =
        bsearch(&id, config->blocks, config->block_count, sizeof *row, row_has_id);
    return row == NULL ? NULL : vmail_config_string(config, row->owner);
}

bool vmail_config_has_block(const struct vmail_config *config, const char *name)
{
    const struct vmail_domain_row *row = find_domain(config, name);
    return row != NULL && row->has_block != 0;
}
