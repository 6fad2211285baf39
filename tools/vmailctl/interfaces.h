/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The addresses that this machine's network interfaces have.
 */
#ifndef VMAILCTL_INTERFACES_H
#define VMAILCTL_INTERFACES_H

#include <net/if.h>
#include <stdbool.h>

#include "address.h"

struct interface_address {
    struct vmail_address address;
    char name[IF_NAMESIZE];
    bool local; /* no other machine can connect to it, or without naming an interface */
};

struct interfaces {
    struct interface_address *item; /* in the order of the kernel */
    size_t count;
};

/** False, with errno, where the kernel does not tell or memory is short. The caller frees. */
bool interfaces_read(struct interfaces *interfaces);

void interfaces_free(struct interfaces *interfaces);

/** The interface that has ADDRESS, for 127.0.0.0/8 any that has one of them; or NULL. */
const struct interface_address *interfaces_find(const struct interfaces *interfaces,
                                                const struct vmail_address *address);

#endif
