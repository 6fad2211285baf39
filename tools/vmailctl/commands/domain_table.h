/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Lists of what domains contain: `COMMAND list [DOMAIN...]`.
 */
#ifndef VMAILCTL_DOMAIN_TABLE_H
#define VMAILCTL_DOMAIN_TABLE_H

#include "command.h"
#include "output_rows.h"

/** Adds the rows of DOMAIN to ROWS. EXIT_DONE, or another code with a message. */
typedef enum exit_code domain_table_function(const struct context *context, const char *domain,
                                             struct output_rows *rows);

/**
 * Prints, in COLUMNS, what FUNCTION finds in the domains in CALL, or in all if CALL has none. If
 * one fails, the others are still shown, and its code is the result.
 */
enum exit_code domain_table(const struct context *context, const struct call *call,
                            const struct output_column *columns, domain_table_function *function);

#endif
