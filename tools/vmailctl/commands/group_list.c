/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include "argument.h"
#include "domain_table.h"
#include "group_facts.h"
#include "records.h"

static const struct output_column columns[] = {
    { "group", "GROUP" },
    { "gid", "GID" },
    { "members", "MEMBERS" },
    { NULL, NULL },
};

/** Appends the groups of DOMAIN to ROWS. */
static enum exit_code add_group_rows(const struct context *context, const char *domain,
                                     struct output_rows *rows)
{
    struct records groups;
    records_begin(&groups, context, VMAIL_GROUP, domain);
    while (records_next(&groups))
        output_row(rows, group_row(domain, &groups.record.group));
    return records_end(&groups);
}

static enum exit_code run_group_list(struct context *context, const struct call *call)
{
    return domain_table(context, call, columns, add_group_rows);
}

static enum exit_code run_group_show(struct context *context, const struct call *call)
{
    static const struct output_column fields[] = {
        { "group", "Group" },
        { "gid", "Gid" },
        { "members", "Members" },
        { NULL, NULL },
    };
    struct vmail_identity identity;
    struct records found;
    enum exit_code code =
        argument_existing(context, VMAIL_GROUP, call->argument[0], &identity, &found);
    if (code != EXIT_DONE)
        return code;
    json_t *row = group_row(identity.domain, &found.record.group);
    records_end(&found);
    return output_object(context, row, fields);
}

const struct command group_list_command = {
    .path = "group list",
    .summary = "List the groups of some or all domains",
    .arguments = "[DOMAIN...]",
    .help =
        "Lists the groups in the group files. The private groups of users are not in these files.",
    .run = run_group_list,
    .needs = NEEDS_DOMAIN_READER,
};

const struct command group_show_command = {
    .path = "group show",
    .summary = "Show a group",
    .arguments = "GROUP@DOMAIN",
    .run = run_group_show,
    .needs = NEEDS_DOMAIN_READER,
};
