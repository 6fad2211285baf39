/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "areas.h"
#include "config_rows.h"
#include "dns_look.h"

struct look {
    struct dns_look dns;
    const struct vmail_config *config;
    struct config_rows rows;
    const char *domain; /* that is looked at */
};

static void tell(struct look *look, const char *what, const char *to_do)
{
    dns_look_tell(&look->dns, FINDING_WARNING, what, to_do);
}

/** Without an MX the mail goes to the address of the name itself. */
static void judge_without_mx(struct look *look, const char *name)
{
    enum dns_leads leads;
    char what[700], to_do[700];
    if (!dns_look_host(&look->dns, name, &leads) || leads == DNS_LEADS_HERE)
        return;
    snprintf(what, sizeof what,
             "%s has no MX record, and %s: mail for it does not reach this machine", name,
             leads == DNS_LEADS_NOWHERE ? "no address" : "its address belongs to another machine");
    snprintf(to_do, sizeof to_do,
             "if it should, add to the zone  %s. MX 10 HOST.  with a HOST that has an address of "
             "this machine",
             name);
    tell(look, what, to_do);
}

static void judge_mx(struct look *look, const char *name, const struct dns_names *hosts)
{
    bool here = hosts->count == 0; /* it says that it accepts no mail, which is fine */
    char what[700], to_do[700];
    for (size_t i = 0; i < hosts->count; i++) {
        enum dns_leads leads;
        if (!dns_look_host(&look->dns, hosts->name[i], &leads))
            return;
        here = here || leads == DNS_LEADS_HERE;
        if (leads != DNS_LEADS_NOWHERE)
            continue;
        snprintf(what, sizeof what, "the MX record of %s names %s, which has no address", name,
                 hosts->name[i]);
        snprintf(to_do, sizeof to_do, "add to the zone  %s. A ADDRESS  (AAAA for IPv6)",
                 hosts->name[i]);
        tell(look, what, to_do);
    }
    if (here)
        return;
    snprintf(what, sizeof what, "no MX record of %s leads to an address of this machine", name);
    snprintf(to_do, sizeof to_do,
             "if mail for it should come here directly, set the MX record to a name of this "
             "machine; ignore this if another machine relays it");
    tell(look, what, to_do);
}

static void judge_mail(struct look *look, const char *name)
{
    struct dns_names hosts;
    if (look->dns.stop)
        return;
    enum dns_result result = dns_mail_hosts(look->dns.dns, name, &hosts, &look->dns.failed);
    if (dns_look_answered(&look->dns, result)) {
        if (result == DNS_NONE)
            judge_without_mx(look, name);
        else
            judge_mx(look, name, &hosts);
    }
}

/** Whether HOST is a name below DOMAIN or one of its aliases. */
static bool is_below(const struct vmail_config *config, const char *host, const char *domain)
{
    for (const char *dot = strchr(host, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        const char *owner = vmail_config_alias(config, dot + 1);
        if (strcmp(dot + 1, domain) == 0 || (owner != NULL && strcmp(owner, domain) == 0))
            return true;
    }
    return false;
}

static bool is_name_of(const struct vmail_config *config, const char *host, const char *domain)
{
    const char *owner = vmail_config_alias(config, host);
    return strcmp(host, domain) == 0 || (owner != NULL && strcmp(owner, domain) == 0);
}

/** Whether HOST has ADDRESS. */
static bool ask_forward(struct look *look, const char *host, const struct vmail_address *address,
                        bool *found)
{
    struct dns_addresses addresses;
    enum dns_result result = dns_forward(look->dns.dns, host, &addresses, &look->dns.failed);
    *found = false;
    for (size_t i = 0; i < addresses.count; i++)
        *found = *found || vmail_address_compare(&addresses.address[i], address) == 0;
    return dns_look_answered(&look->dns, result);
}

/** What is wrong with the reverse name HOST of ADDRESS (TEXT). */
static void judge_reverse_name(struct look *look, const char *host,
                               const struct vmail_address *address, const char *text)
{
    const struct vmail_config *config = look->config;
    char what[700], to_do[700];
    bool forward;
    snprintf(to_do, sizeof to_do,
             "ask the owner of the reverse zone of %s to name a host of the domain that has this "
             "address, such as mail.%s",
             text, look->domain);
    if (is_name_of(config, host, look->domain)) {
        snprintf(what, sizeof what,
                 "the reverse name of %s is the domain %s itself, not a host in it: programs that "
                 "derive the domain from this name remove its first label",
                 text, host);
        tell(look, what, to_do);
    } else if (!is_below(config, host, look->domain)) {
        snprintf(what, sizeof what,
                 "the reverse name of %s is %s, which is not a host of the domain", text, host);
        tell(look, what, to_do);
    } else if (ask_forward(look, host, address, &forward) && !forward) {
        snprintf(what, sizeof what,
                 "the reverse name of %s is %s, which does not have this address", text, host);
        snprintf(to_do, sizeof to_do, "add to the zone  %s. %s %s", host,
                 strchr(text, ':') == NULL ? "A" : "AAAA", text);
        tell(look, what, to_do);
    }
}

/** The name that is the best, where there are several: a host of the domain. */
static const char *best_name(const struct look *look, const struct dns_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        if (is_below(look->config, names->name[i], look->domain))
            return names->name[i];
    return names->name[0];
}

static void judge_address(struct look *look, const struct vmail_address *address)
{
    char text[VMAIL_ADDRESS_TEXT_MAX + 1], what[200], to_do[700];
    struct dns_names names;
    if (look->dns.stop)
        return;
    vmail_address_format(address, text);
    enum dns_result result = dns_reverse(look->dns.dns, address, &names, &look->dns.failed);
    if (dns_look_answered(&look->dns, result)) {
        if (result == DNS_FOUND) {
            judge_reverse_name(look, best_name(look, &names), address, text);
        } else {
            snprintf(what, sizeof what, "%s has no reverse name", text);
            snprintf(to_do, sizeof to_do,
                     "ask the owner of its reverse zone to add a PTR record that names a host of "
                     "the domain, such as mail.%s",
                     look->domain);
            tell(look, what, to_do);
        }
    }
}

static void judge_domain(struct look *look, const char *domain)
{
    const struct vmail_config *config = look->config;
    size_t aliases, addresses;
    const size_t *alias = config_rows_aliases(&look->rows, domain, &aliases);
    const size_t *address = config_rows_addresses(&look->rows, domain, &addresses);
    look->domain = look->dns.place.domain = domain;
    judge_mail(look, domain);
    for (size_t i = 0; i < aliases; i++)
        judge_mail(look, vmail_config_string(config, config->aliases[alias[i]].name));
    for (size_t i = 0; i < addresses; i++)
        judge_address(look, &config->addresses[address[i]].address);
}

void check_dns(struct check *check)
{
    struct look look = { .config = check->context->config };
    if (check->no_dns || check->domains.count == 0)
        return;
    if (!config_rows_make(&look.rows, look.config)) {
        check->findings.no_memory = true;
        config_rows_free(&look.rows);
        return;
    }
    dns_look_start(&look.dns, check, &(const struct finding_place){ .area = "dns" });
    for (size_t i = 0; i < check->domains.count && !look.dns.stop; i++)
        judge_domain(&look, check->domains.name[i]);
    dns_look_end(&look.dns);
    config_rows_free(&look.rows);
}
