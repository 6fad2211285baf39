/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain_table.h"

#include "argument.h"
#include "domain_rows.h"

static enum exit_code each_of_all(const struct context *context, domain_table_function *function,
                                  struct output_rows *rows)
{
    struct vmail_domain_list list;
    enum exit_code code = domain_rows_names(context, &list);
    if (code != EXIT_DONE)
        return code;
    for (size_t i = 0; i < list.count; i++) {
        enum exit_code one = function(context, list.name[i], rows);
        code = one != EXIT_DONE ? one : code;
    }
    vmail_domains_free(&list);
    return code;
}

enum exit_code domain_each(const struct context *context, const struct call *call,
                           domain_table_function *function, struct output_rows *rows)
{
    char domain[VMAIL_DOMAIN_MAX + 1];
    enum exit_code code = call->count == 0 ? each_of_all(context, function, rows) : EXIT_DONE;
    for (size_t i = 0; i < call->count; i++) {
        enum exit_code one = argument_domain(context, call->argument[i], domain);
        if (one == EXIT_DONE)
            one = function(context, domain, rows);
        code = one != EXIT_DONE ? one : code;
    }
    return code;
}

enum exit_code domain_table(const struct context *context, const struct call *call,
                            const struct output_column *columns, domain_table_function *function)
{
    struct output_rows rows;
    output_rows_start(&rows, context, columns);
    const enum exit_code code = domain_each(context, call, function, &rows);
    const enum exit_code printed = output_rows_end(&rows);
    return code != EXIT_DONE ? code : printed;
}
