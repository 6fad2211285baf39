/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What there is to say of each domain, as rows for output.
 */
#ifndef VMAILCTL_DOMAIN_ROWS_H
#define VMAILCTL_DOMAIN_ROWS_H

#include <jansson.h>

#include "config_rows.h"
#include "context.h"
#include "domains.h"

/**
 * Lists the domains that are known: those with files and those with a section, sorted, each once.
 * The caller frees LIST with vmail_domains_free. EXIT_DONE, or EXIT_UNAVAILABLE with a message.
 */
enum exit_code domain_rows_names(const struct context *context, struct vmail_domain_list *list);

/**
 * Makes {"domain", "users", "groups", "aliases", "addresses", "ids"} of DOMAIN; ROWS are of the
 * configuration. NULL where memory is short. Where a file cannot be read, its count is null, a
 * message is printed, and CODE becomes EXIT_UNAVAILABLE; else it is left alone.
 */
json_t *domain_row(const struct context *context, const struct config_rows *rows,
                   const char *domain, enum exit_code *code);

#endif
