/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The host to which mail for a relay goes.
 */
#ifndef VMAILCTL_CHECK_RELAY_PRIMARY_H
#define VMAILCTL_CHECK_RELAY_PRIMARY_H

#include "dns_look.h"

/**
 * The addresses of RELAY's primary host or, without one, of the best MX of the domain that is not
 * this machine. False, with no ADDRESSES, if none is known.
 */
bool relay_primary_find(struct dns_look *look, const struct vmail_relay_config *relay,
                        struct dns_addresses *addresses);

#endif
