/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dns_look.h"

#include <errno.h>

/* A zone that is broken has a warning of its own; so many in a row, and it is the name server. */
enum { FAILURES_MAX = 5 };

static const char other_zone[] = "make sure that the name servers of its zone answer";

bool dns_look_answered(struct dns_look *look, enum dns_result result)
{
    if (result != DNS_FAILED) {
        look->any = true;
        look->failures = 0;
        return true;
    }
    look->failures++;
    look->stop = look->failed.code == ETIMEDOUT || look->failures == FAILURES_MAX;
    if (look->any && !look->stop)
        finding_add(look->findings, FINDING_WARNING, &look->place, "%s\n%s", look->failed.text,
                    other_zone);
    else if (look->early.text[0] == '\0')
        look->early = look->failed;
    return false;
}

bool dns_look_is_here(const struct dns_look *look, const struct vmail_address *address)
{
    return interfaces_find(&look->interfaces, address) != NULL ||
           vmail_config_address(look->check->context->config, address) != NULL;
}

bool dns_look_host(struct dns_look *look, const char *host, enum dns_leads *leads)
{
    struct dns_addresses addresses;
    enum dns_result result = dns_forward(look->dns, host, &addresses, &look->failed);
    *leads = addresses.count == 0 ? DNS_LEADS_NOWHERE : DNS_LEADS_ELSEWHERE;
    for (size_t i = 0; i < addresses.count; i++)
        if (dns_look_is_here(look, &addresses.address[i]))
            *leads = DNS_LEADS_HERE;
    return dns_look_answered(look, result);
}

/** Whether HOST has addresses, none of which is this machine's. */
static bool find_other(struct dns_look *look, const char *host, struct dns_addresses *addresses)
{
    dns_look_answered(look, dns_forward(look->dns, host, addresses, &look->failed));
    for (size_t i = 0; i < addresses->count; i++)
        if (dns_look_is_here(look, &addresses->address[i]))
            addresses->count = 0;
    return addresses->count > 0;
}

bool dns_look_relay(struct dns_look *look, const struct vmail_relay_config *relay,
                    struct dns_addresses *addresses)
{
    struct dns_names hosts;
    addresses->count = 0;
    if (vmail_address_parse(relay->primary, &addresses->address[0])) {
        addresses->count = 1;
        return true;
    }
    if (look->stop)
        return false;
    if (relay->primary[0] != '\0')
        return dns_look_answered(
                   look, dns_forward(look->dns, relay->primary, addresses, &look->failed)) &&
               addresses->count > 0;
    if (!dns_look_answered(look, dns_mail_hosts(look->dns, relay->name, &hosts, &look->failed)))
        return false;
    for (size_t i = 0; i < hosts.count && !look->stop; i++)
        if (find_other(look, hosts.name[i], addresses))
            return true;
    return false;
}

void dns_look_start(struct dns_look *look, struct check *check)
{
    *look = (struct dns_look){ .check = check, .findings = &check->findings };
    if (!check->no_dns)
        look->dns = dns_open(check->dns_server, &look->failed);
    look->stop = look->dns == NULL;
    interfaces_read(&look->interfaces);
}

void dns_look_end(struct dns_look *look)
{
    if (!look->check->no_dns && (look->stop || (!look->any && look->failures > 0)))
        finding_add(look->findings, FINDING_WARNING, NULL,
                    "%s: the remaining DNS checks were skipped\nmake sure that /etc/resolv.conf "
                    "names a server that answers, or skip DNS with --dns=no",
                    look->failed.text);
    else if (look->early.text[0] != '\0')
        finding_add(look->findings, FINDING_WARNING, NULL, "%s\n%s", look->early.text, other_zone);
    interfaces_free(&look->interfaces);
    dns_close(look->dns);
}
