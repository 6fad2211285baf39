/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * `vmailctl check --connect`: which servers answer at the addresses of domains, and how they greet.
 */
#ifndef VMAILCTL_CHECK_CONNECT_H
#define VMAILCTL_CHECK_CONNECT_H

#include "context.h"
#include "domains.h"

/**
 * Connects to the ports of mail and FTP on the addresses of DOMAINS, and shows a row each; on this
 * machine's own ones where that are all of them (EVERYTHING) and they have none. EXIT_NEGATIVE
 * where an address has no server at all; else EXIT_DONE, or EXIT_UNAVAILABLE with a message.
 */
enum exit_code connect_show(const struct context *context, const struct vmail_domain_list *domains,
                            bool everything);

#endif
