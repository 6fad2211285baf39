/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_rows.h"

#include <stdlib.h>

/** The domain of row I in a table. */
typedef size_t domain_of(const struct vmail_config *config, size_t i);

/** A domain may have several sections: the first one found by its name is used for all. */
static size_t first_section(const struct vmail_config *config, size_t domain)
{
    const struct vmail_domain_config *found =
        vmail_config_domain(config, config->domains[domain].name);
    return found == NULL ? domain : (size_t)(found - config->domains);
}

static size_t domain_of_alias(const struct vmail_config *config, size_t i)
{
    return first_section(config, config->aliases[i].domain);
}

static size_t domain_of_address(const struct vmail_config *config, size_t i)
{
    return first_section(config, config->addresses[i].domain);
}

/** Counts the rows of each domain, and then puts each after those of earlier domains. */
static bool make_column(struct config_column *column, const struct vmail_config *config,
                        size_t count, domain_of *domain)
{
    column->start = calloc(config->domain_count + 2, sizeof *column->start);
    column->row = calloc(count + 1, sizeof *column->row);
    if (column->start == NULL || column->row == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        column->start[domain(config, i) + 2]++;
    for (size_t i = 1; i <= config->domain_count; i++)
        column->start[i + 1] += column->start[i];
    for (size_t i = 0; i < count; i++)
        column->row[column->start[domain(config, i) + 1]++] = i;
    return true;
}

bool config_rows_make(struct config_rows *rows, const struct vmail_config *config)
{
    *rows = (struct config_rows){ .config = config };
    return make_column(&rows->aliases, config, config->alias_count, domain_of_alias) &&
           make_column(&rows->addresses, config, config->address_count, domain_of_address);
}

static void free_column(struct config_column *column)
{
    free(column->start);
    free(column->row);
}

void config_rows_free(struct config_rows *rows)
{
    free_column(&rows->aliases);
    free_column(&rows->addresses);
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
