/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The addresses of this machine's network interfaces.
 */
#ifndef VMAILCTL_INTERFACES_H
#define VMAILCTL_INTERFACES_H

#include <net/if.h>
#include <stdbool.h>

#include "address.h"

struct interface_address {
    struct vmail_address address;
    char name[IF_NAMESIZE];
    bool local; /* other machines cannot connect to it, or only if they name an interface */
};

struct interfaces {
    struct interface_address *item; /* in the order of the kernel */
    size_t count;
};

/** False, with errno, if the kernel does not list them or memory is short. The caller frees. */
bool interfaces_read(struct interfaces *interfaces);

void interfaces_free(struct interfaces *interfaces);

/** The interface that has ADDRESS, for 127.0.0.0/8 any with such an address; or NULL. */
const struct interface_address *interfaces_find(const struct interfaces *interfaces,
                                                const struct vmail_address *address);

#endif
