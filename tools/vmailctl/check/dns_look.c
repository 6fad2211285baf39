/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dns_look.h"

#include <errno.h>

/* A zone that is broken has a warning of its own; so many in a row, and it is the name server. */
enum { FAILURES_MAX = 5 };

static const char other_zone[] = "make sure that the name servers of its zone answer";

void dns_look_tell(struct dns_look *look, enum finding_severity severity, const char *what,
                   const char *to_do)
{
    finding_add(&look->check->findings, severity, &look->place, "%s\n%s", what, to_do);
}

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
        dns_look_tell(look, FINDING_WARNING, look->failed.text, other_zone);
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

void dns_look_start(struct dns_look *look, struct check *check, const struct finding_place *place)
{
    *look = (struct dns_look){ .check = check, .place = *place };
    if (!check->no_dns)
        look->dns = dns_open(check->dns_server, &look->failed);
    look->stop = look->dns == NULL;
    interfaces_read(&look->interfaces);
}

void dns_look_end(struct dns_look *look)
{
    const struct finding_place place = { .area = look->place.area };
    struct findings *findings = &look->check->findings;
    if (!look->check->no_dns && (look->stop || (!look->any && look->failures > 0)))
        finding_add(findings, FINDING_WARNING, &place,
                    "%s: the remaining DNS checks were skipped\nmake sure that /etc/resolv.conf "
                    "names a server that answers, or skip DNS with --dns=no",
                    look->failed.text);
    else if (look->early.text[0] != '\0')
        finding_add(findings, FINDING_WARNING, &place, "%s\n%s", look->early.text, other_zone);
    interfaces_free(&look->interfaces);
    dns_close(look->dns);
}
