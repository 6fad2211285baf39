/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * IP addresses: from text, from a connected socket, to text.
 */
#ifndef VMAIL_ADDRESS_H
#define VMAIL_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * An IPv6 address in network byte order. IPv4 addresses have their IPv4-mapped form (RFC 4291
 * section 2.5.5.2), so that 192.0.2.1 and ::ffff:192.0.2.1 are one address. The scope of a
 * link-local address is not part of it.
 */
struct vmail_address {
    uint8_t bytes[16];
};

enum { VMAIL_ADDRESS_TEXT_MAX = 45 };

/**
 * Reads TEXT: IPv4 in four decimal parts, or IPv6 as in RFC 4291, with or without the tag "IPv6:"
 * of RFC 5321 and a "%scope", which is dropped. Returns false for anything else.
 */
bool vmail_address_parse(const char *text, struct vmail_address *address);

/** Writes ADDRESS as text to OUT; an IPv4-mapped address as plain IPv4. */
void vmail_address_format(const struct vmail_address *address,
                          char out[VMAIL_ADDRESS_TEXT_MAX + 1]);

/**
 * Fills in the local address of the TCP socket FD, which is connected, or was until the peer reset
 * or closed the connection: the peer must not decide what a name means. Returns false if FD is
 * closed, not a socket, not TCP over IPv4 or IPv6, listening, or was never connected. Keeps errno.
 */
bool vmail_address_of_socket(int fd, struct vmail_address *address);

/** Compares like memcmp(3), for sorting and searching. */
int vmail_address_compare(const struct vmail_address *a, const struct vmail_address *b);

#endif
