/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <stdlib.h>

#include "argument.h"
#include "domain_rows.h"
#include "idn.h"
#include "message.h"
#include "output.h"
#include "text.h"

static const struct output_column fields[] = {
    { "domain", "Domain" },
    { "name", "Name" },
    { "aliases", "Aliases" },
    { "addresses", "Addresses" },
    { "users", "Users" },
    { "max_users", "Maximum users" },
    { "groups", "Groups" },
    { "ids", "Ids for new users" },
    { "mailbox", "Mailbox" },
    { "mailbox_limit", "Mailbox limit (bytes)" },
    { "fallback", "Fallback" },
    { "match_full_name", "Full names are addresses" },
    { "alias_files", "Additional alias files" },
    { "admins", "Co-administrators" },
    { "alias_programs", "Alias programs allowed" },
    { "alias_user", "User for alias programs" },
    { NULL, NULL },
};

static json_t *words(const struct vmail_words *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(array, text_json(list->item[i]));
    return array;
}

static json_t *number_or_null(uint64_t number)
{
    return number == 0 ? json_null() : json_integer((json_int_t)number);
}

static bool add_section(const struct context *context, const char *domain, json_t *object)
{
    static const struct vmail_domain_config none = { 0 };
    const struct vmail_domain_config *section = vmail_config_domain(context->config, domain);
    char *name = idn_to_unicode(domain);
    section = section == NULL ? &none : section;
    json_t *more = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:b, s:o}", "name",
        text_json(name == NULL ? domain : name), "max_users", number_or_null(section->max_users),
        "mailbox", text_json(vmail_config_mailbox(context->config, domain)), "mailbox_limit",
        number_or_null(section->mailbox_limit), "fallback", text_json_or_null(section->fallback),
        "match_full_name", section->match_full_name, "alias_files", words(&section->alias_files),
        "admins", words(&section->admins), "alias_programs",
        vmail_config_alias_programs(context->config, domain), "alias_user",
        text_json_or_null(vmail_config_alias_user(context->config, domain)));
    bool good = object != NULL && more != NULL && json_object_update(object, more) == 0;
    json_decref(more);
    free(name);
    return good;
}

static enum exit_code run_domain_show(struct context *context, const struct call *call)
{
    char domain[VMAIL_DOMAIN_MAX + 1];
    enum exit_code code = argument_domain(context, call->argument[0], domain);
    if (code != EXIT_DONE)
        return code;
    json_t *object = NULL;
    struct config_rows rows;
    if (config_rows_make(&rows, context->config))
        object = domain_row(context, &rows, domain, &code);
    config_rows_free(&rows);
    if (!add_section(context, domain, object)) {
        json_decref(object);
        return message_no_memory(context);
    }
    enum exit_code printed = output_object(context, object, fields);
    return code != EXIT_DONE ? code : printed;
}

const struct command domain_show_command = {
    .path = "domain show",
    .summary = "Show a domain",
    .arguments = "DOMAIN",
    .help = "Aliases of the domain are accepted. Unset values are shown as -, except the mailbox, "
            "shown as its default.",
    .run = run_domain_show,
    .needs = NEEDS_DOMAIN_READER,
};
