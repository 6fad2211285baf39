/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include "domain_rows.h"
#include "message.h"
#include "output.h"

static const struct output_column columns[] = {
    { "domain", "DOMAIN" },   { "users", "USERS" },         { "groups", "GROUPS" },
    { "aliases", "ALIASES" }, { "addresses", "ADDRESSES" }, { "ids", "IDS FOR NEW USERS" },
    { NULL, NULL },
};

static enum exit_code run(struct context *context, const struct call *call)
{
    json_t *rows = NULL;
    (void)call;
    enum exit_code code = domain_rows(context, &rows);
    if (rows == NULL)
        return code;
    enum exit_code printed = output_table(context, rows, columns);
    return code != EXIT_DONE ? code : printed;
}

const struct command domain_list_command = {
    .path = "domain list",
    .summary = "List the domains",
    .help =
        "A domain is known when it has a passwd file or a section in vmail.conf; one that has no "
        "passwd file has no users yet.",
    .run = run,
    .needs = NEEDS_DOMAIN_READER,
};
