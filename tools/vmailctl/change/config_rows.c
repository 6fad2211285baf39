/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_rows.h"

#include <stdlib.h>

/** A domain may have several sections: the first one found by its name is used for all. */
static size_t first_section(const struct vmail_config *config, size_t domain)
{
    const struct vmail_domain_config *found =
        vmail_config_domain(config, config->domains[domain].name);
    return found == NULL ? domain : (size_t)(found - config->domains);
}

static size_t domain_of_alias(const void *table, size_t i)
{
    const struct vmail_config *config = table;
    return first_section(config, config->aliases[i].domain);
}

static size_t domain_of_address(const void *table, size_t i)
{
    const struct vmail_config *config = table;
    return first_section(config, config->addresses[i].domain);
}

/* Counts the rows of each domain, and then puts each after those of earlier domains. */
bool config_column_make(struct config_column *column, size_t domains, size_t count,
                        config_column_function *domain_of, const void *table)
{
    column->start = calloc(domains + 2, sizeof *column->start);
    column->row = calloc(count + 1, sizeof *column->row);
    if (column->start == NULL || column->row == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        if (domain_of(table, i) != SIZE_MAX)
            column->start[domain_of(table, i) + 2]++;
    for (size_t i = 1; i <= domains; i++)
        column->start[i + 1] += column->start[i];
    for (size_t i = 0; i < count; i++)
        if (domain_of(table, i) != SIZE_MAX)
            column->row[column->start[domain_of(table, i) + 1]++] = i;
    return true;
}

bool config_rows_make(struct config_rows *rows, const struct vmail_config *config)
{
    *rows = (struct config_rows){ .config = config };
    return config_column_make(&rows->aliases, config->domain_count, config->alias_count,
                              domain_of_alias, config) &&
           config_column_make(&rows->addresses, config->domain_count, config->address_count,
                              domain_of_address, config);
}

void config_column_free(struct config_column *column)
{
    free(column->start);
    free(column->row);
}

void config_rows_free(struct config_rows *rows)
{
    config_column_free(&rows->aliases);
    config_column_free(&rows->addresses);
    *rows = (struct config_rows){ 0 };
}

static const size_t *rows_of(const struct config_rows *rows, const struct config_column *column,
                             const char *domain, size_t *count)
{
    const struct vmail_domain_config *section = vmail_config_domain(rows->config, domain);
    *count = 0;
    if (section == NULL)
        return NULL;
    const size_t number = (size_t)(section - rows->config->domains);
    *count = column->start[number + 1] - column->start[number];
    return column->row + column->start[number];
}

const size_t *config_rows_aliases(const struct config_rows *rows, const char *domain, size_t *count)
{
    return rows_of(rows, &rows->aliases, domain, count);
}

const size_t *config_rows_addresses(const struct config_rows *rows, const char *domain,
                                    size_t *count)
{
    return rows_of(rows, &rows->addresses, domain, count);
}
