/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Rows of output about each domain.
 */
#ifndef VMAILCTL_DOMAIN_ROWS_H
#define VMAILCTL_DOMAIN_ROWS_H

#include <jansson.h>

#include "config_rows.h"
#include "context.h"
#include "domains.h"

/**
 * Lists all domains: those with files and those with a section, sorted and without duplicates. The
 * caller frees LIST with vmail_domains_free. EXIT_DONE, or EXIT_UNAVAILABLE with a message.
 */
enum exit_code domain_rows_names(const struct context *context, struct vmail_domain_list *list);

/**
 * Makes {"domain", "users", "groups", "aliases", "addresses", "ids"} of DOMAIN; ROWS belong to the
 * configuration. NULL if memory is short. If a file cannot be read, its count is null, a message is
 * printed, and CODE becomes EXIT_UNAVAILABLE; otherwise CODE is unchanged.
 */
json_t *domain_row(const struct context *context, const struct config_rows *rows,
                   const char *domain, enum exit_code *code);

#endif
