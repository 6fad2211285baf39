/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dns.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "areas.h"
#include "config_rows.h"
#include "interfaces.h"

/* A zone that is broken has a warning of its own; so many in a row, and it is the name server. */
enum { FAILURES_MAX = 5 };

struct look {
    struct check *check;
    struct dns *dns;
    struct interfaces interfaces;
    struct config_rows rows;
    const char *domain;        /* that is looked at */
    struct vmail_error failed; /* what was not answered last */
    struct vmail_error early;  /* the first one, where nothing had been answered before */
    bool any;                  /* something was answered */
    size_t failures;           /* questions without an answer, in a row */
    bool stop;                 /* nothing more is asked */
};

static void tell(struct look *look, enum finding_severity severity, const char *what,
                 const char *to_do)
{
    const struct finding_place place = { .area = "dns", .domain = look->domain };
    finding_add(&look->check->findings, severity, &place, "%s\n%s", what, to_do);
}

static const char other_zone[] = "make sure that the name servers of its zone answer";

/** Whether RESULT is an answer. If nobody answers, nothing more is asked. */
static bool answered(struct look *look, enum dns_result result)
{
    if (result != DNS_FAILED) {
        look->any = true;
        look->failures = 0;
        return true;
    }
    look->failures++;
    look->stop = look->failed.code == ETIMEDOUT || look->failures == FAILURES_MAX;
    if (look->any && !look->stop)
        tell(look, FINDING_WARNING, look->failed.text, other_zone);
    else if (look->early.text[0] == '\0')
        look->early = look->failed;
    return false;
}

/** Whether connections to ADDRESS come here: an interface has it, or vmail.conf says so. */
static bool is_here(const struct look *look, const struct vmail_address *address)
{
    return interfaces_find(&look->interfaces, address) != NULL ||
           vmail_config_address(look->check->context->config, address) != NULL;
}

/** What a host's name leads to. */
enum leads { LEADS_NOWHERE, LEADS_ELSEWHERE, LEADS_HERE };

static bool ask_host(struct look *look, const char *host, enum leads *leads)
{
    struct dns_addresses addresses;
    enum dns_result result = dns_forward(look->dns, host, &addresses, &look->failed);
    *leads = addresses.count == 0 ? LEADS_NOWHERE : LEADS_ELSEWHERE;
    for (size_t i = 0; i < addresses.count; i++)
        if (is_here(look, &addresses.address[i]))
            *leads = LEADS_HERE;
    return answered(look, result);
}

/** Without an MX the mail goes to the address of the name itself. */
static void judge_without_mx(struct look *look, const char *name)
{
    enum leads leads;
    char what[700], to_do[700];
    if (!ask_host(look, name, &leads) || leads == LEADS_HERE)
        return;
    snprintf(what, sizeof what,
             "%s has no MX record, and %s: mail for it does not reach this machine", name,
             leads == LEADS_NOWHERE ? "no address" : "its address belongs to another machine");
    snprintf(to_do, sizeof to_do,
             "if it should, add to the zone  %s. MX 10 HOST.  with a HOST that has an address of "
             "this machine",
             name);
    tell(look, FINDING_WARNING, what, to_do);
}

static void judge_mx(struct look *look, const char *name, const struct dns_names *hosts)
{
    bool here = hosts->count == 0; /* it says that it accepts no mail, which is fine */
    char what[700], to_do[700];
    for (size_t i = 0; i < hosts->count; i++) {
        enum leads leads;
        if (!ask_host(look, hosts->name[i], &leads))
            return;
        here = here || leads == LEADS_HERE;
        if (leads != LEADS_NOWHERE)
            continue;
        snprintf(what, sizeof what, "the MX record of %s names %s, which has no address", name,
                 hosts->name[i]);
        snprintf(to_do, sizeof to_do, "add to the zone  %s. A ADDRESS  (AAAA for IPv6)",
                 hosts->name[i]);
        tell(look, FINDING_WARNING, what, to_do);
    }
    if (here)
        return;
    snprintf(what, sizeof what, "no MX record of %s leads to an address of this machine", name);
    snprintf(to_do, sizeof to_do,
             "if mail for it should come here directly, set the MX record to a name of this "
             "machine; ignore this if another machine relays it");
    tell(look, FINDING_WARNING, what, to_do);
}

static void judge_mail(struct look *look, const char *name)
{
    struct dns_names hosts;
    if (look->stop)
        return;
    enum dns_result result = dns_mail_hosts(look->dns, name, &hosts, &look->failed);
    if (answered(look, result)) {
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
    enum dns_result result = dns_forward(look->dns, host, &addresses, &look->failed);
    *found = false;
    for (size_t i = 0; i < addresses.count; i++)
        *found = *found || vmail_address_compare(&addresses.address[i], address) == 0;
    return answered(look, result);
}

/** What is wrong with the reverse name HOST of ADDRESS (TEXT). */
static void judge_reverse_name(struct look *look, const char *host,
                               const struct vmail_address *address, const char *text)
{
    const struct vmail_config *config = look->check->context->config;
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
        tell(look, FINDING_WARNING, what, to_do);
    } else if (!is_below(config, host, look->domain)) {
        snprintf(what, sizeof what,
                 "the reverse name of %s is %s, which is not a host of the domain", text, host);
        tell(look, FINDING_WARNING, what, to_do);
    } else if (ask_forward(look, host, address, &forward) && !forward) {
        snprintf(what, sizeof what,
                 "the reverse name of %s is %s, which does not have this address", text, host);
        snprintf(to_do, sizeof to_do, "add to the zone  %s. %s %s", host,
                 strchr(text, ':') == NULL ? "A" : "AAAA", text);
        tell(look, FINDING_WARNING, what, to_do);
    }
}

/** The name that is the best, where there are several: a host of the domain. */
static const char *best_name(const struct look *look, const struct dns_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        if (is_below(look->check->context->config, names->name[i], look->domain))
            return names->name[i];
    return names->name[0];
}

static void judge_address(struct look *look, const struct vmail_address *address)
{
    char text[VMAIL_ADDRESS_TEXT_MAX + 1], what[200], to_do[700];
    struct dns_names names;
    if (look->stop)
        return;
    vmail_address_format(address, text);
    enum dns_result result = dns_reverse(look->dns, address, &names, &look->failed);
    if (answered(look, result)) {
        if (result == DNS_FOUND) {
            judge_reverse_name(look, best_name(look, &names), address, text);
        } else {
            snprintf(what, sizeof what, "%s has no reverse name", text);
            snprintf(to_do, sizeof to_do,
                     "ask the owner of its reverse zone to add a PTR record that names a host of "
                     "the domain, such as mail.%s",
                     look->domain);
            tell(look, FINDING_WARNING, what, to_do);
        }
    }
}

static void judge_domain(struct look *look, const char *domain)
{
    const struct vmail_config *config = look->check->context->config;
    size_t aliases, addresses;
    const size_t *alias = config_rows_aliases(&look->rows, domain, &aliases);
    const size_t *address = config_rows_addresses(&look->rows, domain, &addresses);
    look->domain = domain;
    judge_mail(look, domain);
    for (size_t i = 0; i < aliases; i++)
        judge_mail(look, vmail_config_string(config, config->aliases[alias[i]].name));
    for (size_t i = 0; i < addresses; i++)
        judge_address(look, &config->addresses[address[i]].address);
}

void check_dns(struct check *check)
{
    struct look look = { .check = check };
    const struct finding_place place = { .area = "dns" };
    if (check->no_dns || check->domains.count == 0)
        return;
    if (!config_rows_make(&look.rows, check->context->config)) {
        check->findings.no_memory = true;
        config_rows_free(&look.rows);
        return;
    }
    look.dns = dns_open(check->dns_server, &look.failed);
    look.stop = look.dns == NULL;
    interfaces_read(&look.interfaces);
    for (size_t i = 0; i < check->domains.count && !look.stop; i++)
        judge_domain(&look, check->domains.name[i]);
    if (look.stop || (!look.any && look.failures > 0))
        finding_add(&check->findings, FINDING_WARNING, &place,
                    "%s: the remaining DNS checks were skipped\nmake sure that /etc/resolv.conf "
                    "names a server that answers, or skip DNS with --dns=no",
                    look.failed.text);
    else if (look.early.text[0] != '\0')
        finding_add(&check->findings, FINDING_WARNING, &place, "%s\n%s", look.early.text,
                    other_zone);
    interfaces_free(&look.interfaces);
    config_rows_free(&look.rows);
    dns_close(look.dns);
}
