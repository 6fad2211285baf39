/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What there is to say of each domain, as rows for output.
 */
#ifndef VMAILCTL_DOMAIN_ROWS_H
#define VMAILCTL_DOMAIN_ROWS_H

#include <jansson.h>

#include "context.h"
#include "domains.h"

/**
 * Lists the domains that are known: those with files and those with a section, sorted, each once.
 * The caller frees LIST with vmail_domains_free. EXIT_DONE, or EXIT_UNAVAILABLE with a message.
 */
enum exit_code domain_rows_names(const struct context *context, struct vmail_domain_list *list);

/**
 * Makes an array of {"domain", "users", "groups", "aliases", "addresses", "ids"}. Where a file
 * cannot be read, its count is null, a message is printed, and the result EXIT_UNAVAILABLE with
 * ROWS all the same. ROWS is NULL where nothing could be listed.
 */
enum exit_code domain_rows(const struct context *context, json_t **rows);

/**
 * One such object; NULL where memory is short. CODE is set to EXIT_UNAVAILABLE where a count could
 * not be made, and is else left alone.
 */
json_t *domain_row(const struct context *context, const char *domain, enum exit_code *code);

#endif
