/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* relay add, relay del and relay list: the sections [relay NAME]. */
#include "commands.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "argument.h"
#include "change_log.h"
#include "change_config.h"
#include "config_value.h"
#include "domain_name.h"
#include "idn.h"
#include "message.h"
#include "output_rows.h"
#include "suggest.h"
#include "text.h"
#include "trust.h"

struct options {
    bool subdomains;
    const char *recipients, *primary; /* NULL for none */
};

static const struct command_option add_options[] = {
    { "subdomains", NULL, "Include all its subdomains",
      .at = offsetof(struct options, subdomains) },
    { "recipients", "FILE", "Take mail only for the addresses in FILE",
      .at = offsetof(struct options, recipients) },
    { "primary", "HOST", "Send the mail to HOST instead of the domain's MX",
      .at = offsetof(struct options, primary) },
    { 0 },
};

static const struct output_column columns[] = {
    { "relay", "RELAY" },
    { "subdomains", "SUBDOMAINS" },
    { "recipients", "RECIPIENTS" },
    { "primary", "PRIMARY" },
    { NULL, NULL },
};

static enum exit_code run_relay_list(struct context *context, const struct call *call)
{
    const struct vmail_config *config = context->config;
    json_t *rows = json_array();
    (void)call;
    for (size_t i = 0; i < config->relay_count; i++) {
        const struct vmail_relay_config *relay = &config->relays[i];
        json_array_append_new(rows,
                              json_pack("{s:o, s:b, s:o, s:o}", "relay", text_json(relay->name),
                                        "subdomains", (int)relay->subdomains, "recipients",
                                        text_json_or_null(relay->recipients), "primary",
                                        text_json_or_null(relay->primary)));
    }
    return output_table(context, rows, columns);
}

static enum exit_code make_changes(const struct context *context, const char *command,
                                   const struct vmail_config_change *changes, size_t count)
{
    struct change change;
    const char *name = changes[0].argument;
    char settings[1024] = "";
    for (size_t i = 1, length = 0; i < count && length < sizeof settings; i++)
        length += (size_t)snprintf(settings + length, sizeof settings - length, "%s%s=%s",
                                   i == 1 ? " with " : ", ", changes[i].key, changes[i].value);
    enum exit_code code = change_begin(&change, context, name, false);
    if (code == EXIT_DONE)
        code = change_config(&change, changes, count);
    if (code == EXIT_DONE)
        change_log(context, "%s %s%s", command, name, settings);
    return change_end(&change, code);
}

/** While the file cannot be read, no mail for the domain is taken: that must not begin so. */
static enum exit_code check_recipients(const struct context *context, const char *path)
{
    struct stat status;
    struct vmail_error error = { 0 };
    int fd;
    const char *expected = vmail_value_path(path);
    if (expected != NULL) {
        message_error(context, "--recipients=%s: %s", path, expected);
        return EXIT_USAGE;
    }
    enum vmail_result result = vmail_trusted_open_path(context->paths, path, &fd, &status, &error);
    if (result == VMAIL_NOT_FOUND) {
        message_error(context,
                      "%s: no such file; create it, with an address or a local part on each line",
                      path);
        return EXIT_NO_SUCH;
    }
    if (result != VMAIL_OK)
        return message_result(context, result, &error);
    close(fd);
    return EXIT_DONE;
}

/** Writes the host's name in ASCII, or its address, to HOST. */
static enum exit_code read_primary(const struct context *context, const char *text,
                                   char host[VMAIL_DOMAIN_MAX + 1])
{
    struct vmail_address address;
    if (vmail_address_parse(text, &address)) {
        vmail_address_format(&address, host);
        return EXIT_DONE;
    }
    if (idn_to_ascii(text, host))
        text = host;
    if (!vmail_domain_valid(text, strlen(text))) {
        message_error(context, "--primary=%s: expected the name or the IP address of a host", text);
        return EXIT_USAGE;
    }
    vmail_fold_copy(host, text, strlen(text));
    return EXIT_DONE;
}

static struct vmail_config_change setting(const char *name, const char *key, const char *value)
{
    return (struct vmail_config_change){ VMAIL_CONFIG_SET, "relay", name, key, value };
}

static enum exit_code run_relay_add(struct context *context, const struct call *call)
{
    const struct options *options = call->options;
    char name[VMAIL_DOMAIN_MAX + 1], primary[VMAIL_DOMAIN_MAX + 1];
    struct vmail_config_change changes[4];
    size_t count = 1;
    enum exit_code code = argument_new_domain(context, call->argument[0], name);
    if (code != EXIT_DONE)
        return code;
    code = domain_name_check(context, name);
    if (code != EXIT_DONE)
        return code;
    code = options->primary == NULL ? EXIT_DONE : read_primary(context, options->primary, primary);
    if (code != EXIT_DONE)
        return code;
    code = options->recipients == NULL ? EXIT_DONE : check_recipients(context, options->recipients);
    if (code != EXIT_DONE)
        return code;
    changes[0] =
        (struct vmail_config_change){ VMAIL_CONFIG_ADD_SECTION, "relay", name, NULL, NULL };
    if (options->subdomains)
        changes[count++] = setting(name, "subdomains", "yes");
    if (options->recipients != NULL)
        changes[count++] = setting(name, "recipients", options->recipients);
    if (options->primary != NULL)
        changes[count++] = setting(name, "primary", primary);
    return make_changes(context, "relay add", changes, count);
}

static enum exit_code run_relay_del(struct context *context, const struct call *call)
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
    .run = run_relay_add,
};

const struct command relay_del_command = {
    .path = "relay del",
    .summary = "Stop being backup MX for a domain",
    .arguments = "NAME",
    .run = run_relay_del,
};

const struct command relay_list_command = {
    .path = "relay list",
    .summary = "List the domains for which this machine is backup MX",
    .run = run_relay_list,
    .needs = NEEDS_DOMAIN_READER,
};
