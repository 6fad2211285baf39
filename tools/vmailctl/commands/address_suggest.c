/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change_log.h"
#include "change_config.h"
#include "dns.h"
#include "interfaces.h"
#include "message.h"
#include "output_rows.h"
#include "prompt.h"
#include "resolver.h"
#include "text.h"

struct options {
    bool apply;
    const char *server;
};

static const struct command_option suggest_options[] = {
    { "apply", NULL, "Make the changes; ask before each one",
      .at = offsetof(struct options, apply) },
    { "server", "ADDRESS[:PORT]", "Use this name server", .at = offsetof(struct options, server) },
    { 0 },
};

/** What is found out about one address. */
struct finding {
    struct vmail_address address;
    char text[VMAIL_ADDRESS_TEXT_MAX + 1];
    char reverse[VMAIL_DOMAIN_MAX + 1]; /* "" for none */
    char domain[VMAIL_DOMAIN_MAX + 1];  /* the domain of the name; "" for none */
    const char *state;
    bool add; /* `address add` is the advice */
    bool new; /* `domain add` */
};

static const struct output_column columns[] = {
    { "address", "ADDRESS" }, { "interface", "INTERFACE" }, { "reverse", "REVERSE NAME" },
    { "domain", "DOMAIN" },   { "state", "STATE" },         { "command", "TO DO" },
    { NULL, NULL },
};

/**
 * The local domain of NAME: NAME itself or, label by label, what follows. Writes the domain's own
 * name to DOMAIN.
 */
static bool find_domain(const struct context *context, const char *name,
                        char domain[VMAIL_DOMAIN_MAX + 1])
{
    const struct vmail_context nothing = { 0 };
    for (const char *rest = name; rest != NULL && *rest != '\0';) {
        struct vmail_identity identity;
        char user[VMAIL_CANONICAL_MAX + 1];
        vmail_name_join(user, "x", rest);
        if (vmail_resolve(context->paths, context->config, user, &nothing, &identity) == VMAIL_OK) {
            memcpy(domain, identity.domain, sizeof identity.domain);
            return true;
        }
        rest = strchr(rest, '.');
        rest = rest == NULL ? NULL : rest + 1;
    }
    return false;
}

/** Whether NAME leads back to ADDRESS: anybody may write any name into their reverse zone. */
static bool is_confirmed(struct dns *dns, const char *name, const struct vmail_address *address)
{
    struct dns_addresses addresses;
    bool found = false;
    dns_forward(dns, name, &addresses, NULL);
    for (size_t i = 0; i < addresses.count; i++)
        found = found || vmail_address_compare(&addresses.address[i], address) == 0;
    return found;
}

/** The first of the names that is in a local domain, otherwise the first one. */
static void choose_name(const struct context *context, const struct dns_names *names,
                        struct finding *finding)
{
    const char *chosen = names->name[0];
    for (size_t i = 0; i < names->count; i++)
        if (find_domain(context, names->name[i], finding->domain)) {
            chosen = names->name[i];
            break;
        }
    memcpy(finding->reverse, chosen, strlen(chosen) + 1);
}

static void suggest_for_address(const struct context *context, struct dns *dns,
                                struct finding *finding)
{
    struct dns_names names;
    struct vmail_error error = { 0 };
    const char *dot;
    const char *owner = vmail_config_address(context->config, &finding->address);
    enum dns_result result = dns_reverse(dns, &finding->address, &names, &error);
    if (result == DNS_FOUND)
        choose_name(context, &names, finding);
    if (owner != NULL) {
        bool agrees = finding->domain[0] == '\0' || strcmp(owner, finding->domain) == 0;
        finding->state = agrees ? "assigned" : "assigned otherwise";
        memcpy(finding->domain, owner, strlen(owner) + 1);
    } else if (result == DNS_FAILED) {
        message_warning(context, "%s", error.text);
        finding->state = "name server fails";
    } else if (result == DNS_NONE) {
        finding->state = "no reverse name";
    } else if (!is_confirmed(dns, finding->reverse, &finding->address)) {
        finding->state = "name leads elsewhere";
    } else if (finding->domain[0] != '\0') {
        finding->state = "new";
        finding->add = true;
    } else if ((dot = strchr(finding->reverse, '.')) != NULL && strchr(dot + 1, '.') != NULL) {
        finding->state = "no such domain";
        finding->new = true;
        memcpy(finding->domain, dot + 1, strlen(dot + 1) + 1);
    } else {
        finding->state = "no such domain";
    }
}

static json_t *row_of(const struct finding *finding, const char *interface)
{
    char command[2 * VMAIL_DOMAIN_MAX] = "";
    if (finding->add)
        snprintf(command, sizeof command, "vmailctl address add %s %s", finding->domain,
                 finding->text);
    else if (finding->new)
        snprintf(command, sizeof command, "vmailctl domain add %s --address=%s", finding->domain,
                 finding->text);
    return json_pack("{s:s, s:o, s:s?, s:s?, s:s, s:s?}", "address", finding->text, "interface",
                     text_json(interface), "reverse",
                     finding->reverse[0] == '\0' ? NULL : finding->reverse, "domain",
                     finding->domain[0] == '\0' ? NULL : finding->domain, "state", finding->state,
                     "command", command[0] == '\0' ? NULL : command);
}

static enum exit_code assign_address(struct context *context, const struct finding *finding)
{
    struct change change;
    const struct vmail_config_change word = { VMAIL_CONFIG_ADD_WORD, "domain", finding->domain,
                                              "address", finding->text };
    enum exit_code code = prompt_yes_no(context, "Assign the address %s (%s) to the domain %s",
                                        finding->text, finding->reverse, finding->domain);
    if (code == EXIT_NEGATIVE)
        return EXIT_DONE;
    if (code != EXIT_DONE)
        return code;
    code = change_begin(&change, context, finding->domain, false);
    if (code == EXIT_DONE)
        code = change_config(&change, &word, 1);
    if (code == EXIT_DONE)
        change_log(context, "address add %s %s", finding->domain, finding->text);
    return change_end(&change, code);
}

static enum exit_code suggest_domains(struct context *context, const struct options *options,
                                      struct dns *dns, const struct interfaces *interfaces)
{
    enum exit_code code = EXIT_DONE;
    json_t *rows = json_array();
    struct finding *findings = calloc(interfaces->count + 1, sizeof *findings);
    if (findings == NULL) {
        json_decref(rows);
        return message_no_memory(context);
    }
    for (size_t i = 0; i < interfaces->count; i++) {
        struct finding *finding = &findings[i];
        if (interfaces->item[i].local)
            continue;
        finding->address = interfaces->item[i].address;
        vmail_address_format(&finding->address, finding->text);
        suggest_for_address(context, dns, finding);
        json_array_append_new(rows, row_of(finding, interfaces->item[i].name));
    }
    /* With both, standard output is that of the dry run. */
    if (options->apply && context->dry_run)
        json_decref(rows);
    else
        code = output_table(context, rows, columns);
    for (size_t i = 0; i < interfaces->count && code == EXIT_DONE && options->apply; i++)
        if (findings[i].add)
            code = assign_address(context, &findings[i]);
    free(findings);
    return code;
}

static enum exit_code run_address_suggest(struct context *context, const struct call *call)
{
    const struct options *options = call->options;
    struct vmail_error error = { 0 };
    struct interfaces interfaces;
    struct dns *dns = dns_open(options->server, &error);
    if (dns == NULL) {
        message_error(context, "%s", error.text);
        return options->server != NULL ? EXIT_USAGE : EXIT_UNAVAILABLE;
    }
    enum exit_code code = EXIT_UNAVAILABLE;
    if (interfaces_read(&interfaces)) {
        code = suggest_domains(context, options, dns, &interfaces);
        interfaces_free(&interfaces);
    } else {
        message_error(context, "cannot list the addresses of this machine");
    }
    dns_close(dns);
    return code;
}

const struct command address_suggest_command = {
    .path = "address suggest",
    .summary = "Suggest domains for the addresses of this machine",
    .help = "Looks up the reverse name of each address of this machine, and prints its domain and "
            "the command to run. Ignores names that do not lead back to the address. With --apply, "
            "asks about each address, and assigns it if the domain exists; never adds a domain.",
    .options = suggest_options,
    .options_size = sizeof(struct options),
    .run = run_address_suggest,
};
