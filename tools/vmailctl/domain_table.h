/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Lists of what is in domains: `COMMAND list [DOMAIN...]`.
 */
#ifndef VMAILCTL_DOMAIN_TABLE_H
#define VMAILCTL_DOMAIN_TABLE_H

#include "command.h"
#include "output_rows.h"

/** Adds what DOMAIN has to ROWS. EXIT_DONE, or another with a message. */
typedef enum exit_code domain_table_function(const struct context *context, const char *domain,
                                             struct output_rows *rows);

/**
 * Prints, in COLUMNS, what FUNCTION finds in the domains that CALL names, or in all where it names
 * none. One that fails does not keep the others from being shown; its code is the result.
 */
enum exit_code domain_table(const struct context *context, const struct call *call,
                            const struct output_column *columns, domain_table_function *function);

#endif
