/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* relay add, relay del and relay list: the sections [relay NAME]. */
#include "commands.h"

#include <string.h>

#include "argument.h"
#include "change_log.h"
#include "change_config.h"
#include "domain_name.h"
#include "message.h"
#include "output_rows.h"
#include "suggest.h"
#include "text.h"

struct options {
    bool subdomains;
};

static const struct command_option add_options[] = {
    { "subdomains", NULL, "Include all its subdomains",
      .at = offsetof(struct options, subdomains) },
    { 0 },
};

static const struct output_column columns[] = {
    { "relay", "RELAY" },
    { "subdomains", "SUBDOMAINS" },
    { NULL, NULL },
};

static enum exit_code run_list(struct context *context, const struct call *call)
{
    const struct vmail_config *config = context->config;
    json_t *rows = json_array();
    (void)call;
    for (size_t i = 0; i < config->relay_count; i++)
        json_array_append_new(rows,
                              json_pack("{s:o, s:b}", "relay", text_json(config->relays[i].name),
                                        "subdomains", (int)config->relays[i].subdomains));
    return output_table(context, rows, columns);
}

static enum exit_code make_changes(const struct context *context, const char *command,
                                   const struct vmail_config_change *changes, size_t count)
{
    struct change change;
    const char *name = changes[0].argument;
    enum exit_code code = change_begin(&change, context, name, false);
    if (code == EXIT_DONE)
        code = change_config(&change, changes, count);
    if (code == EXIT_DONE)
        change_log(context, "%s %s%s", command, name, count > 1 ? " with subdomains" : "");
    return change_end(&change, code);
}

static enum exit_code run_add(struct context *context, const struct call *call)
{
    const struct options *options = call->options;
    char name[VMAIL_DOMAIN_MAX + 1];
    enum exit_code code = argument_new_domain(context, call->argument[0], name);
    if (code == EXIT_DONE)
        code = domain_name_check(context, name);
    if (code != EXIT_DONE)
        return code;
    const struct vmail_config_change changes[] = {
        { VMAIL_CONFIG_ADD_SECTION, "relay", name, NULL, NULL },
        { VMAIL_CONFIG_SET, "relay", name, "subdomains", "yes" },
    };
    return make_changes(context, "relay add", changes, options->subdomains ? 2 : 1);
}

static enum exit_code run_del(struct context *context, const struct call *call)
{
    char name[VMAIL_DOMAIN_MAX + 1], hint[SUGGEST_TEXT_MAX + 1];
    enum exit_code code = argument_new_domain(context, call->argument[0], name);
    if (code != EXIT_DONE)
        return code;
    if (!domain_name_is_relay(context->config, name)) {
        struct suggestion suggestion = { .word = name };
        for (size_t i = 0; i < context->config->relay_count; i++)
            suggest_consider(&suggestion, context->config->relays[i].name);
        message_error(context, "no such relay: %s%s", name, suggest_text(&suggestion, hint));
        return EXIT_NO_SUCH;
    }
    const struct vmail_config_change change = { VMAIL_CONFIG_REMOVE_SECTION, "relay", name, NULL,
                                                NULL };
    return make_changes(context, "relay del", &change, 1);
}

const struct command relay_add_command = {
    .path = "relay add",
    .summary = "Make this machine backup MX for a domain",
    .arguments = "NAME",
    .options = add_options,
    .options_size = sizeof(struct options),
    .run = run_add,
};

const struct command relay_del_command = {
    .path = "relay del",
    .summary = "Stop being backup MX for a domain",
    .arguments = "NAME",
    .run = run_del,
};

const struct command relay_list_command = {
    .path = "relay list",
    .summary = "List the domains for which this machine is backup MX",
    .run = run_list,
    .needs = NEEDS_DOMAIN_READER,
};
