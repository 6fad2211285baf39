/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See README. The input is a vmail.conf. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void take_report(void *context, const char *text)
{
    ++*(unsigned long *)context;
    require(strncmp(text, "vmail.conf:", 11) == 0);
    for (; *text != '\0'; text++)
        require((unsigned char)*text >= ' ' && *text != 0x7f);
}

static void check_domains(const struct vmail_config *config)
{
    for (size_t i = 0; i < config->domain_count; i++) {
        const struct vmail_domain_config *domain = &config->domains[i];
        require(vmail_domain_valid(domain->name, strlen(domain->name)));
        require(vmail_config_domain(config, domain->name) != NULL);
        require(domain->mailbox != NULL && domain->fallback != NULL);
        for (size_t j = 0; j < domain->admins.count; j++)
            require(vmail_user_valid(domain->admins.item[j], strlen(domain->admins.item[j])));
        for (size_t j = 0; j < domain->alias_files.count; j++)
            require(domain->alias_files.item[j][0] == '/');
    }
}

/* Every row of a table is found by its key: the tables are sorted and hold nothing twice. */
static void check_tables(const struct vmail_config *config)
{
    for (size_t i = 0; i < config->alias_count; i++)
        require(vmail_config_alias(config, vmail_config_string(config, config->aliases[i].name)) ==
                config->domains[config->aliases[i].domain].name);
    for (size_t i = 0; i < config->address_count; i++)
        require(vmail_config_address(config, &config->addresses[i].address) ==
                config->domains[config->addresses[i].domain].name);
    for (size_t i = 0; i < config->block_count; i++) {
        const struct vmail_ids_row *row = &config->blocks[i];
        require(row->ids.first >= VMAIL_IDS_LOWEST && row->ids.first <= row->ids.last);
        require(vmail_config_block(config, row->ids.first) == config->domains[row->domain].name);
        require(vmail_config_block(config, row->ids.last) == config->domains[row->domain].name);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t never[] = { 0, 1, 999, 65534, 65535, UINT32_MAX };
    struct vmail_config *config;
    unsigned long reports = 0;
    if (vmail_config_parse((const char *)data, size, &config, take_report, &reports) != VMAIL_OK)
        return 0;
    require(reports == config->error_count);
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        require(!vmail_rules_allow_id(&config->rules, never[i]));
    for (const char *c = config->rules.separators; *c != '\0'; c++)
        require(vmail_separator_valid(*c) && *c != VMAIL_SEPARATOR);
    check_domains(config);
    check_tables(config);
    vmail_config_free(config);
    return 0;
}
