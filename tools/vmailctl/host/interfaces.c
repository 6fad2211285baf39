/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "interfaces.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

/** 127.0.0.0/8 and ::1, and link-local addresses, which mean nothing in vmail.conf. */
static bool is_local(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *four = (const void *)address;
        uint32_t number = ntohl(four->sin_addr.s_addr);
        return number >> 24 == 127 || number >> 16 == 0xa9fe;
    }
    const struct sockaddr_in6 *six = (const void *)address;
    return IN6_IS_ADDR_LOOPBACK(&six->sin6_addr) || IN6_IS_ADDR_LINKLOCAL(&six->sin6_addr);
}

static bool read_address(const struct sockaddr *address, struct vmail_address *out)
{
    char text[INET6_ADDRSTRLEN];
    const void *bytes;
    if (address == NULL)
        return false;
    if (address->sa_family == AF_INET)
        bytes = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
    else if (address->sa_family == AF_INET6)
        bytes = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    else
        return false;
    return inet_ntop(address->sa_family, bytes, text, sizeof text) != NULL &&
           vmail_address_parse(text, out);
}

bool interfaces_read(struct interfaces *interfaces)
{
    struct ifaddrs *list;
    struct vmail_address address;
    struct interface_address *item;
    bool done = true;
    *interfaces = (struct interfaces){ NULL, 0 };
    if (getifaddrs(&list) != 0)
        return false;
    for (const struct ifaddrs *one = list; done && one != NULL; one = one->ifa_next) {
        if (!read_address(one->ifa_addr, &address))
            continue;
        item = vmail_array_append(&interfaces->item, &interfaces->count, sizeof *item);
        done = item != NULL;
        if (done) {
            *item =
                (struct interface_address){ .address = address, .local = is_local(one->ifa_addr) };
            snprintf(item->name, sizeof item->name, "%s", one->ifa_name);
        }
    }
    freeifaddrs(list);
    if (!done)
        interfaces_free(interfaces);
    return done;
}

void interfaces_free(struct interfaces *interfaces)
{
    free(interfaces->item);
    *interfaces = (struct interfaces){ NULL, 0 };
}

/** The kernel accepts all of 127.0.0.0/8, but lists only the configured address. */
static bool same_loopback(const struct vmail_address *a, const struct vmail_address *b)
{
    enum { FIRST = 12 }; /* byte of an IPv4 address, after the prefix of a mapped one */
    static const uint8_t mapped[FIRST] = { [10] = 0xff, [11] = 0xff };
    return a->bytes[FIRST] == 127 && memcmp(a->bytes, b->bytes, FIRST + 1) == 0 &&
           memcmp(a->bytes, mapped, sizeof mapped) == 0;
}

const struct interface_address *interfaces_find(const struct interfaces *interfaces,
                                                const struct vmail_address *address)
{
    for (size_t i = 0; i < interfaces->count; i++)
        if (vmail_address_compare(&interfaces->item[i].address, address) == 0)
            return &interfaces->item[i];
    for (size_t i = 0; i < interfaces->count; i++)
        if (same_loopback(&interfaces->item[i].address, address))
            return &interfaces->item[i];
    return NULL;
}
