/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "relay_primary.h"

/** Whether HOST has addresses, none of which is this machine's. */
static bool find_other(struct dns_look *look, const char *host, struct dns_addresses *addresses)
{
    dns_look_answered(look, dns_forward(look->dns, host, addresses, &look->failed));
    for (size_t i = 0; i < addresses->count; i++)
        if (dns_look_is_here(look, &addresses->address[i]))
            addresses->count = 0;
    return addresses->count > 0;
}

bool relay_primary_find(struct dns_look *look, const struct vmail_relay_config *relay,
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
