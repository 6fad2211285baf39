/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * `vmailctl check --connect`: which servers answer at the addresses of domains, and their
 * greetings.
 */
#ifndef VMAILCTL_CHECK_CONNECT_H
#define VMAILCTL_CHECK_CONNECT_H

#include "context.h"
#include "domains.h"

/**
 * Connects to the mail and FTP ports on the addresses of DOMAINS, and shows a row for each; uses
 * the addresses of this machine if these are all domains (EVERYTHING) and have no address.
 * EXIT_NEGATIVE if an address has no server at all; otherwise EXIT_DONE, or EXIT_UNAVAILABLE with a
 * message.
 */
enum exit_code connect_show(const struct context *context, const struct vmail_domain_list *domains,
                            bool everything);

#endif
