/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "areas.h"
#include "interfaces.h"

static void judge_own_address(struct check *check, const struct interfaces *interfaces,
                              const struct vmail_address_row *row)
{
    const char *domain = check->context->config->domains[row->domain].name;
    const struct finding_place place = { .domain = domain,
                                         .file = check->config,
                                         .line = row->line };
    char text[VMAIL_ADDRESS_TEXT_MAX + 1];
    if (!check_covers(check, domain) || interfaces_find(interfaces, &row->address) != NULL)
        return;
    vmail_address_format(&row->address, text);
    finding_add(&check->findings, FINDING_WARNING, &place,
                "no network interface has the address %s, so no client can connect to it\nadd it "
                "to an interface, or run vmailctl address del %s %s; behind NAT or a proxy, use "
                "the address of this host that daemons see",
                text, domain, text);
}

void check_addresses(struct check *check)
{
    const struct vmail_config *config = check->context->config;
    struct interfaces interfaces;
    if (config->address_count == 0)
        return;
    if (!interfaces_read(&interfaces)) {
        finding_add(&check->findings, FINDING_WARNING, NULL,
                    "cannot list the addresses of this machine: %s", strerror(errno));
        return;
    }
    for (size_t i = 0; i < config->address_count; i++)
        judge_own_address(check, &interfaces, &config->addresses[i]);
    interfaces_free(&interfaces);
}
