/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Checks names that a command is about to assign.
 */
#ifndef VMAILCTL_DOMAIN_NAME_H
#define VMAILCTL_DOMAIN_NAME_H

#include "context.h"

/**
 * Checks that NAME (valid, in lower case) is not a domain, an alias of one, or a relay. EXIT_DONE;
 * EXIT_EXISTS with a message that says what it is.
 */
enum exit_code domain_name_check(const struct context *context, const char *name);

/** Whether vmail.conf has a section [relay NAME]. */
bool domain_name_is_relay(const struct vmail_config *config, const char *name);

#endif
