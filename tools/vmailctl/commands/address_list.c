/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include "interfaces.h"
#include "message.h"
#include "output_rows.h"
#include "text.h"

static const struct output_column columns[] = {
    { "address", "ADDRESS" },
    { "domain", "DOMAIN" },
    { "interface", "INTERFACE" },
    { NULL, NULL },
};

static enum exit_code run_address_list(struct context *context, const struct call *call)
{
    const struct vmail_config *config = context->config;
    struct interfaces interfaces;
    json_t *rows = json_array();
    (void)call;
    if (!interfaces_read(&interfaces)) {
        json_decref(rows);
        return message_no_memory(context);
    }
    for (size_t i = 0; i < config->address_count; i++) {
        char text[VMAIL_ADDRESS_TEXT_MAX + 1];
        const struct vmail_address *address = &config->addresses[i].address;
        const struct interface_address *here = interfaces_find(&interfaces, address);
        vmail_address_format(address, text);
        json_array_append_new(rows,
                              json_pack("{s:s, s:s, s:o}", "address", text, "domain",
                                        config->domains[config->addresses[i].domain].name,
                                        "interface", text_json(here == NULL ? NULL : here->name)));
    }
    interfaces_free(&interfaces);
    return output_table(context, rows, columns);
}

const struct command address_list_command = {
    .path = "address list",
    .summary = "List the addresses of domains",
    .help = "INTERFACE is - if no interface of this machine has the address now.",
    .run = run_address_list,
    .needs = NEEDS_DOMAIN_READER,
};
