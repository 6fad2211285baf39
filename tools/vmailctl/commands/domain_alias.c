/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The lists `aliases` and `address` of a domain: domain alias add and del, address add and del.
 */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "argument.h"
#include "change_log.h"
#include "change_config.h"
#include "domain_key.h"
#include "message.h"

enum { ADD = 1, ADDRESS = 2 }; /* in the variants of the command */

static const char *key_of(int variant)
{
    return (variant & ADDRESS) != 0 ? "address" : "aliases";
}

/**
 * Whether DOMAIN has VALUE in its list; the key's check has made sure that no other domain has it.
 */
static bool list_has_word(const struct context *context, int variant, const char *domain,
                          const char *value)
{
    struct vmail_address address;
    const char *owner = NULL;
    if ((variant & ADDRESS) == 0)
        owner = vmail_config_alias(context->config, value);
    else if (vmail_address_parse(value, &address))
        owner = vmail_config_address(context->config, &address);
    return owner != NULL && strcmp(owner, domain) == 0;
}

static enum exit_code read_word(const struct context *context, int variant, const char *domain,
                                const char *text, char **value)
{
    const bool add = (variant & ADD) != 0;
    const struct domain_key *key = domain_key_find(context, key_of(variant));
    enum exit_code code = domain_key_value(context, key, domain, text, value);
    if (code == EXIT_EXISTS && !add) /* another domain has it, as the message says */
        return EXIT_NO_SUCH;
    if (code != EXIT_DONE || list_has_word(context, variant, domain, *value) != add)
        return code;
    message_error(context, add ? "%s already has %s" : "%s has no %s", domain, *value);
    return add ? EXIT_EXISTS : EXIT_NO_SUCH;
}

static enum exit_code change_list(struct context *context, const char *command, const char *domain,
                                  const struct vmail_config_change *changes, size_t count)
{
    struct change change;
    enum exit_code code = change_begin(&change, context, domain, false);
    if (code == EXIT_DONE)
        code = change_config(&change, changes, count);
    for (size_t i = 0; code == EXIT_DONE && i < count; i++)
        change_log(context, "%s %s %s", command, domain, changes[i].value);
    return change_end(&change, code);
}

static enum exit_code run_domain_alias(struct context *context, const struct call *call)
{
    const int variant = call->command->variant;
    char domain[VMAIL_DOMAIN_MAX + 1];
    enum exit_code code = argument_domain(context, call->argument[0], domain);
    if (code != EXIT_DONE)
        return code;
    size_t count = call->count - 1;
    struct vmail_config_change *changes = calloc(count, sizeof *changes);
    if (changes == NULL)
        return message_no_memory(context);
    for (size_t i = 0; i < count; i++) {
        char *value = NULL;
        code = read_word(context, variant, domain, call->argument[i + 1], &value);
        changes[i] = (struct vmail_config_change){ (variant & ADD) != 0 ? VMAIL_CONFIG_ADD_WORD
                                                                        : VMAIL_CONFIG_REMOVE_WORD,
                                                   "domain", domain, key_of(variant), value };
        if (code != EXIT_DONE)
            goto out;
    }
    code = change_list(context, call->command->path, domain, changes, count);
out:
    for (size_t i = 0; i < count; i++)
        free((char *)changes[i].value);
    free(changes);
    return code;
}

const struct command domain_alias_add_command = {
    .path = "domain alias add",
    .summary = "Add aliases to a domain",
    .arguments = "DOMAIN ALIAS...",
    .help = "Users of DOMAIN can then log in and get mail under these names too. International "
            "names are accepted.",
    .run = run_domain_alias,
    .variant = ADD,
};

const struct command domain_alias_del_command = {
    .path = "domain alias del",
    .summary = "Remove aliases from a domain",
    .arguments = "DOMAIN ALIAS...",
    .run = run_domain_alias,
};

const struct command address_add_command = {
    .path = "address add",
    .summary = "Assign IP addresses to a domain",
    .arguments = "DOMAIN ADDRESS...",
    .help = "When a client connects to one of these addresses, a name without a domain means a "
            "user of DOMAIN, not a system user. See also `vmailctl address suggest'.",
    .run = run_domain_alias,
    .variant = ADDRESS | ADD,
};

const struct command address_del_command = {
    .path = "address del",
    .summary = "Remove IP addresses from a domain",
    .arguments = "DOMAIN ADDRESS...",
    .help = "At these addresses, a name without a domain means a system user again.",
    .run = run_domain_alias,
    .variant = ADDRESS,
};
