/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Which aliases and addresses each domain has in vmail.conf, whose tables are sorted by alias and
 * by address: for commands that go through all domains.
 */
#ifndef VMAILCTL_CONFIG_ROWS_H
#define VMAILCTL_CONFIG_ROWS_H

#include "config.h"

/** Numbers of rows; those of the domain number D stand at ROW[START[D]] to ROW[START[D + 1]]. */
struct config_column {
    size_t *start, *row;
};

struct config_rows {
    const struct vmail_config *config;
    struct config_column aliases, addresses;
};

/** Of CONFIG, which must live as long. False: no memory. The caller frees ROWS in either case. */
bool config_rows_make(struct config_rows *rows, const struct vmail_config *config);

void config_rows_free(struct config_rows *rows);

/** The COUNT rows of DOMAIN in config->aliases, in the order of names. */
const size_t *config_rows_aliases(const struct config_rows *rows, const char *domain,
                                  size_t *count);

/** The COUNT rows of DOMAIN in config->addresses, in their order. */
const size_t *config_rows_addresses(const struct config_rows *rows, const char *domain,
                                    size_t *count);

#endif
