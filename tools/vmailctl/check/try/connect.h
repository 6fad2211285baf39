/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * `vmailctl check --connect`: which servers answer at the addresses of domains, and their
 * greetings.
 */
#ifndef VMAILCTL_CHECK_CONNECT_H
#define VMAILCTL_CHECK_CONNECT_H

#include "areas.h"

/**
 * Connects to the mail and FTP ports on the addresses of CHECK's domains, and shows a row for each;
 * if these are all domains, to those of this machine, and to the SMTP port of the hosts to which
 * mail for relays goes. EXIT_NEGATIVE if an address has no server at all or the host of a relay is
 * unknown; otherwise EXIT_DONE, or EXIT_UNAVAILABLE with a message.
 */
enum exit_code connect_show(struct check *check);

#endif
