/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Commands about the given domains or all: `COMMAND [DOMAIN...]`. If one domain fails, the others
 * still have their turn, and its code is the result.
 */
#ifndef VMAILCTL_DOMAIN_TABLE_H
#define VMAILCTL_DOMAIN_TABLE_H

#include "command.h"
#include "output_rows.h"

/** Adds the rows of DOMAIN to ROWS. EXIT_DONE, or another code with a message. */
typedef enum exit_code domain_table_function(const struct context *context, const char *domain,
                                             struct output_rows *rows);

/** Calls FUNCTION, with ROWS, for the domains in CALL, or for all if CALL has none. */
enum exit_code domain_each(const struct context *context, const struct call *call,
                           domain_table_function *function, struct output_rows *rows);

/** Prints, in COLUMNS, what FUNCTION finds in these domains. */
enum exit_code domain_table(const struct context *context, const struct call *call,
                            const struct output_column *columns, domain_table_function *function);

#endif
