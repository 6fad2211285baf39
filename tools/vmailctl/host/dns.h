/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Questions to name servers: those of resolv.conf(5), or one that the caller names. Never
 * /etc/hosts, never a search list; a server that does not answer costs a few seconds.
 */
#ifndef VMAILCTL_DNS_H
#define VMAILCTL_DNS_H

#include <stddef.h>

#include "address.h"
#include "error.h"
#include "name.h"

struct dns;

enum dns_result {
    DNS_FOUND,
    DNS_NONE,   /* there is no such name, or it has no such record */
    DNS_FAILED, /* nobody answered in time (the error's code is ETIMEDOUT), or with an error */
};

/**
 * Starts asking SERVER, "ADDRESS" or "ADDRESS:PORT" ("[ADDRESS]:PORT" for IPv6); NULL for those of
 * the system. NULL with ERROR where that cannot be; the caller closes what it gets.
 */
struct dns *dns_open(const char *server, struct vmail_error *error);

void dns_close(struct dns *dns);

enum { DNS_NAMES_MAX = 32, DNS_ADDRESSES_MAX = 256 }; /* more are left out */

/** Names, in lower case, without a final dot. */
struct dns_names {
    char name[DNS_NAMES_MAX][VMAIL_DOMAIN_MAX + 1];
    unsigned preference[DNS_NAMES_MAX]; /* of mail hosts: the lowest is the most preferred */
    size_t count;
};

/** The names that ADDRESS leads back to (PTR). ERROR for DNS_FAILED. */
enum dns_result dns_reverse(struct dns *dns, const struct vmail_address *address,
                            struct dns_names *names, struct vmail_error *error);

/**
 * The hosts that take mail for DOMAIN (MX), the most preferred first. Where the domain says that it
 * takes none (RFC 7505), the result is DNS_FOUND with no names. As dns_reverse else.
 */
enum dns_result dns_mail_hosts(struct dns *dns, const char *domain, struct dns_names *names,
                               struct vmail_error *error);

struct dns_addresses {
    struct vmail_address address[DNS_ADDRESSES_MAX];
    size_t count;
};

/** The addresses of NAME, IPv4 and IPv6. */
enum dns_result dns_forward(struct dns *dns, const char *name, struct dns_addresses *addresses,
                            struct vmail_error *error);

#endif
