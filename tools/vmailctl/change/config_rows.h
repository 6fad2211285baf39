/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The aliases and addresses of each domain in vmail.conf, whose tables are sorted by alias and by
 * address; for commands that go through all domains.
 */
#ifndef VMAILCTL_CONFIG_ROWS_H
#define VMAILCTL_CONFIG_ROWS_H

#include "config.h"

/** Row numbers; those of domain number D are ROW[START[D]] to ROW[START[D + 1]]. */
struct config_column {
    size_t *start, *row;
};

/** The number of the domain of row I in TABLE; SIZE_MAX to leave the row out. */
typedef size_t config_column_function(const void *table, size_t i);

/**
 * Sorts the COUNT rows of TABLE by their DOMAINS domains; those of one stay in their order. False:
 * no memory. The caller frees the column in either case.
 */
bool config_column_make(struct config_column *column, size_t domains, size_t count,
                        config_column_function *domain_of, const void *table);

void config_column_free(struct config_column *column);

struct config_rows {
    const struct vmail_config *config;
    struct config_column aliases, addresses;
};

/**
 * Reads CONFIG, which must live as long as ROWS. False: no memory. The caller frees ROWS in either
 * case.
 */
bool config_rows_make(struct config_rows *rows, const struct vmail_config *config);

void config_rows_free(struct config_rows *rows);

/** The COUNT rows of DOMAIN in config->aliases, sorted by name. */
const size_t *config_rows_aliases(const struct config_rows *rows, const char *domain,
                                  size_t *count);

/** The COUNT rows of DOMAIN in config->addresses, in the order of that table. */
const size_t *config_rows_addresses(const struct config_rows *rows, const char *domain,
                                    size_t *count);

#endif
