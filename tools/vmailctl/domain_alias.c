/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words of the lists `aliases` and `address` of a domain: domain alias add and del, address add and
 * del. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "argument.h"
#include "change_log.h"
#include "change_text.h"
#include "domain_key.h"
#include "domain_name.h"
#include "message.h"

/** What one of the four commands does. */
struct work {
    const char *name; /* for the log */
    const char *key;
    bool add;
};

/** Whether DOMAIN has VALUE in its list: the key's check has seen that nobody else has. */
static bool has(const struct context *context, const struct work *work, const char *domain,
                const char *value)
{
    struct vmail_address address;
    const char *owner = NULL;
    if (strcmp(work->key, "aliases") == 0)
        owner = vmail_config_alias(context->config, value);
    else if (vmail_address_parse(value, &address))
        owner = vmail_config_address(context->config, &address);
    return owner != NULL && strcmp(owner, domain) == 0;
}

static enum exit_code read_word(const struct context *context, const struct work *work,
                                const char *domain, const char *text, char **value)
{
    const struct domain_key *key = domain_key_find(context, work->key);
    enum exit_code code = domain_key_value(context, key, domain, text, value);
    if (code == EXIT_EXISTS && !work->add) /* it is somebody else's, as the message says */
        return EXIT_NO_SUCH;
    if (code != EXIT_DONE || has(context, work, domain, *value) != work->add)
        return code;
    message_error(context, work->add ? "%s has %s already" : "%s has no %s", domain, *value);
    return work->add ? EXIT_EXISTS : EXIT_NO_SUCH;
}

static enum exit_code change_list(struct context *context, const struct work *work,
                                  const char *domain, const struct vmail_config_change *changes,
                                  size_t count)
{
    struct change change;
    enum exit_code code = change_begin(&change, context, domain, false);
    if (code == EXIT_DONE)
        code = change_config(&change, changes, count);
    for (size_t i = 0; code == EXIT_DONE && i < count; i++)
        change_log(context, "%s %s %s", work->name, domain, changes[i].value);
    return change_end(&change, code);
}

static enum exit_code run_work(struct context *context, const struct call *call,
                               const struct work *work)
{
    char domain[VMAIL_DOMAIN_MAX + 1];
    enum exit_code code = argument_domain(context, call->argument[0], domain);
    if (code != EXIT_DONE)
        return code;
    size_t count = call->count - 1;
    struct vmail_config_change *changes = calloc(count, sizeof *changes);
    if (changes == NULL)
        return message_no_memory(context);
    for (size_t i = 0; i < count && code == EXIT_DONE; i++) {
        char *value = NULL;
        code = read_word(context, work, domain, call->argument[i + 1], &value);
        changes[i] = (struct vmail_config_change){ work->add ? VMAIL_CONFIG_ADD_WORD
                                                             : VMAIL_CONFIG_REMOVE_WORD,
                                                   "domain", domain, work->key, value };
    }
    if (code == EXIT_DONE)
        code = change_list(context, work, domain, changes, count);
    for (size_t i = 0; i < count; i++)
        free((char *)changes[i].value);
    free(changes);
    return code;
}

static enum exit_code run_alias_add(struct context *context, const struct call *call)
{
    return run_work(context, call, &(struct work){ "domain alias add", "aliases", true });
}

static enum exit_code run_alias_del(struct context *context, const struct call *call)
{
    return run_work(context, call, &(struct work){ "domain alias del", "aliases", false });
}

static enum exit_code run_address_add(struct context *context, const struct call *call)
{
    return run_work(context, call, &(struct work){ "address add", "address", true });
}

static enum exit_code run_address_del(struct context *context, const struct call *call)
{
    return run_work(context, call, &(struct work){ "address del", "address", false });
}

const struct command domain_alias_add_command = {
    .path = "domain alias add",
    .summary = "Give a domain further names",
    .arguments = "DOMAIN ALIAS...",
    .help = "Users of DOMAIN can then log in, and get mail, by the other names too. An "
            "international name may be written in its own letters.",
    .run = run_alias_add,
};

const struct command domain_alias_del_command = {
    .path = "domain alias del",
    .summary = "Take further names from a domain",
    .arguments = "DOMAIN ALIAS...",
    .run = run_alias_del,
};

const struct command address_add_command = {
    .path = "address add",
    .summary = "Let connections to an address mean a domain",
    .arguments = "DOMAIN ADDRESS...",
    .help = "Whoever connects to the address and gives a name without a domain is then a user of "
            "DOMAIN, and no user of the system. `vmailctl address suggest' looks at the addresses "
            "that this machine has.",
    .run = run_address_add,
};

const struct command address_del_command = {
    .path = "address del",
    .summary = "Take addresses from a domain",
    .arguments = "DOMAIN ADDRESS...",
    .help = "A name without a domain means a user of the system again there.",
    .run = run_address_del,
};
