/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include "argument.h"
#include "domain_rows.h"
#include "group_find.h"
#include "message.h"

static const struct output_column columns[] = {
    { "group", "GROUP" },
    { "gid", "GID" },
    { "members", "MEMBERS" },
    { NULL, NULL },
};

/** Appends the groups of DOMAIN to ROWS. */
static enum exit_code add_domain(const struct context *context, const char *domain, json_t *rows)
{
    struct vmail_table table;
    struct vmail_record record;
    struct vmail_error error = { 0 };
    enum vmail_result result =
        vmail_table_open(&table, context->paths, context->config, VMAIL_GROUP, domain, &error);
    if (result == VMAIL_NOT_FOUND)
        return EXIT_DONE;
    if (result != VMAIL_OK)
        return message_result(context, result, &error);
    while ((result = vmail_table_next(&table, &record)) == VMAIL_OK)
        json_array_append_new(rows, group_row(domain, &record.group));
    vmail_table_close(&table);
    return result == VMAIL_NOT_FOUND ? EXIT_DONE
                                     : message_read_failed(context, VMAIL_GROUP, domain);
}

static enum exit_code list_all(const struct context *context, json_t *rows)
{
    struct vmail_domain_list list;
    enum exit_code code = domain_rows_names(context, &list);
    if (code != EXIT_DONE)
        return code;
    for (size_t i = 0; i < list.count; i++) {
        enum exit_code one = add_domain(context, list.name[i], rows);
        code = one != EXIT_DONE ? one : code;
    }
    vmail_domains_free(&list);
    return code;
}

static enum exit_code list(struct context *context, const struct call *call)
{
    char domain[VMAIL_DOMAIN_MAX + 1];
    json_t *rows = json_array();
    enum exit_code code = call->count == 0 ? list_all(context, rows) : EXIT_DONE;
    for (size_t i = 0; i < call->count; i++) {
        enum exit_code one = argument_domain(context, call->argument[i], domain);
        if (one == EXIT_DONE)
            one = add_domain(context, domain, rows);
        code = one != EXIT_DONE ? one : code;
    }
    enum exit_code printed = output_table(context, rows, columns);
    return code != EXIT_DONE ? code : printed;
}

static enum exit_code show(struct context *context, const struct call *call)
{
    static const struct output_column fields[] = {
        { "group", "Group" },
        { "gid", "Gid" },
        { "members", "Members" },
        { NULL, NULL },
    };
    struct vmail_identity identity;
    struct vmail_table table;
    struct vmail_record record;
    enum exit_code code = group_find(context, call->argument[0], &identity, &table, &record);
    if (code != EXIT_DONE)
        return code;
    json_t *row = group_row(identity.domain, &record.group);
    vmail_table_close(&table);
    return output_object(context, row, fields);
}

const struct command group_list_command = {
    .path = "group list",
    .summary = "List the groups of some or all domains",
    .arguments = "[DOMAIN...]",
    .help = "Lists those of the group files. The private group that a user has by rule is not one "
            "of them.",
    .run = list,
    .needs = NEEDS_DOMAIN_READER,
};

const struct command group_show_command = {
    .path = "group show",
    .summary = "Show a group",
    .arguments = "GROUP@DOMAIN",
    .run = show,
    .needs = NEEDS_DOMAIN_READER,
};
