/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * `vmailctl check --connect`: which servers answer at the addresses of domains, and their
 * greetings.
 */
#ifndef VMAILCTL_CHECK_CONNECT_H
#define VMAILCTL_CHECK_CONNECT_H

#include <sys/socket.h>

#include "areas.h"

/**
 * Connects to the mail and FTP ports on the addresses of CHECK's domains, and shows a row for each;
 * if these are all domains, to those of this machine, and to the SMTP port of the hosts to which
 * mail for relays goes. EXIT_NEGATIVE if an address has no server at all or the host of a relay is
 * unknown; otherwise EXIT_DONE, or EXIT_UNAVAILABLE with a message.
 */
enum exit_code connect_show(struct check *check);

/** Writes ADDRESS and PORT to OUT for connect(2), an IPv4-mapped one as IPv4. Returns the length.
 */
socklen_t connect_address(const struct vmail_address *address, uint16_t port,
                          struct sockaddr_storage *out);

enum { GREETING_MAX = 511 };

/** All zero: nothing received yet. */
struct greeting {
    char text[GREETING_MAX + 1]; /* as it came; shown after text_clean; without a NUL */
    size_t length;
    bool complete; /* its first line has ended, or there is no more room */
};

/** Takes the next COUNT bytes at BYTES. Drops what follows the first line. */
void greeting_take(struct greeting *greeting, const char *bytes, size_t count);

#endif
