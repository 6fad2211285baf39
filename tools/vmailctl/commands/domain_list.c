/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include "domain_rows.h"
#include "output_rows.h"

static const struct output_column columns[] = {
    { "domain", "DOMAIN" },   { "users", "USERS" },         { "groups", "GROUPS" },
    { "aliases", "ALIASES" }, { "addresses", "ADDRESSES" }, { "ids", "IDS FOR NEW USERS" },
    { NULL, NULL },
};

static enum exit_code run_domain_list(struct context *context, const struct call *call)
{
    struct vmail_domain_list list;
    struct config_rows config = { 0 };
    struct output_rows rows;
    (void)call;
    enum exit_code code = domain_rows_names(context, &list);
    if (code != EXIT_DONE)
        return code;
    output_rows_start(&rows, context, columns);
    if (config_rows_make(&config, context->config))
        for (size_t i = 0; i < list.count; i++)
            output_row(&rows, domain_row(context, &config, list.name[i], &code));
    else
        rows.no_memory = true;
    config_rows_free(&config);
    vmail_domains_free(&list);
    enum exit_code printed = output_rows_end(&rows);
    return code != EXIT_DONE ? code : printed;
}

const struct command domain_list_command = {
    .path = "domain list",
    .summary = "List the domains",
    .help = "A domain exists if it has a passwd file or a section in vmail.conf. Without a passwd "
            "file, it has no users yet.",
    .run = run_domain_list,
    .needs = NEEDS_DOMAIN_READER,
};
