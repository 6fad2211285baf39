/* SPDX-License-Identifier: LGPL-2.1-or-later */
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

/** Without an MX the mail goes to the address of the name itself. */
static void judge_without_mx(struct look *look, const char *name)
{
    enum dns_leads leads;
    if (!dns_look_host(&look->dns, name, &leads) || leads == DNS_LEADS_HERE)
        return;
    finding_add(
        look->dns.findings, FINDING_WARNING, &look->dns.place,
        "%s has no MX record, and %s: mail for it does not reach this machine\nif it should, add "
        "to the zone  %s. MX 10 HOST.  with a HOST that has an address of this machine",
        name, leads == DNS_LEADS_NOWHERE ? "no address" : "its address belongs to another machine",
        name);
}

static void judge_mx(struct look *look, const char *name, const struct dns_names *hosts)
{
    bool here = hosts->count == 0; /* it says that it accepts no mail, which is fine */
    for (size_t i = 0; i < hosts->count; i++) {
        enum dns_leads leads;
        if (!dns_look_host(&look->dns, hosts->name[i], &leads))
            return;
        here = here || leads == DNS_LEADS_HERE;
        if (leads == DNS_LEADS_NOWHERE)
            finding_add(
                look->dns.findings, FINDING_WARNING, &look->dns.place,
                "the MX record of %s names %s, which has no address\nadd to the zone  %s. A "
                "ADDRESS  (AAAA for IPv6)",
                name, hosts->name[i], hosts->name[i]);
    }
    if (!here)
        finding_add(look->dns.findings, FINDING_WARNING, &look->dns.place,
                    "no MX record of %s leads to an address of this machine\nif mail for it should "
                    "come here directly, set the MX record to a name of this machine; ignore this "
                    "if another machine relays it",
                    name);
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

static bool is_name_of(const struct vmail_config *config, const char *host, const char *domain)
{
    const char *owner = vmail_config_alias(config, host);
    return strcmp(host, domain) == 0 || (owner != NULL && strcmp(owner, domain) == 0);
}

/** Whether HOST is a name below DOMAIN or one of its aliases. */
static bool is_below(const struct vmail_config *config, const char *host, const char *domain)
{
    while ((host = strchr(host, '.')) != NULL)
        if (is_name_of(config, ++host, domain))
            return true;
    return false;
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
    bool forward;
    if (is_name_of(config, host, look->domain))
        finding_add(look->dns.findings, FINDING_WARNING, &look->dns.place,
                    "the reverse name of %s is the domain %s itself, not a host in it: programs "
                    "that derive the domain from this name remove its first label\nask the owner "
                    "of the reverse zone of %s to name a host of the domain that has this address, "
                    "such as mail.%s",
                    text, host, text, look->domain);
    else if (!is_below(config, host, look->domain))
        finding_add(look->dns.findings, FINDING_WARNING, &look->dns.place,
                    "the reverse name of %s is %s, which is not a host of the domain\nask the "
                    "owner of the reverse zone of %s to name a host of the domain that has this "
                    "address, such as mail.%s",
                    text, host, text, look->domain);
    else if (ask_forward(look, host, address, &forward) && !forward)
        finding_add(look->dns.findings, FINDING_WARNING, &look->dns.place,
                    "the reverse name of %s is %s, which does not have this address\nadd to the "
                    "zone  %s. %s %s",
                    text, host, host, strchr(text, ':') == NULL ? "A" : "AAAA", text);
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
    char text[VMAIL_ADDRESS_TEXT_MAX + 1];
    struct dns_names names;
    if (look->dns.stop)
        return;
    vmail_address_format(address, text);
    enum dns_result result = dns_reverse(look->dns.dns, address, &names, &look->dns.failed);
    if (!dns_look_answered(&look->dns, result))
        return;
    if (result == DNS_FOUND)
        judge_reverse_name(look, best_name(look, &names), address, text);
    else
        finding_add(look->dns.findings, FINDING_WARNING, &look->dns.place,
                    "%s has no reverse name\nask the owner of its reverse zone to add a PTR record "
                    "that names a host of the domain, such as mail.%s",
                    text, look->domain);
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
    dns_look_start(&look.dns, check);
    if (!config_rows_make(&look.rows, look.config))
        check->findings.no_memory = true;
    else
        for (size_t i = 0; i < check->domains.count && !look.dns.stop; i++)
            judge_domain(&look, check->domains.name[i]);
    dns_look_end(&look.dns);
    config_rows_free(&look.rows);
}
