/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * `vmailctl check`, for other commands.
 */
#ifndef VMAILCTL_CHECK_H
#define VMAILCTL_CHECK_H

#include "context.h"

/**
 * Checks all domains and the host, but only the areas in LIST, "A,B", and prints what is found.
 * EXIT_DONE; EXIT_NEGATIVE if there are problems; EXIT_UNAVAILABLE with a message.
 */
enum exit_code check_host(struct context *context, const char *list);

#endif
