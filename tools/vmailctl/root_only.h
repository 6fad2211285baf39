/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Commands that read or write files anywhere: for root, and not for a co-administrator to whom
 * sudo lends root's power for the users of one domain.
 */
#ifndef VMAILCTL_ROOT_ONLY_H
#define VMAILCTL_ROOT_ONLY_H

#include "context.h"

/**
 * EXIT_DONE where this is root, called by nobody or by somebody whom no `admins` of vmail.conf
 * names. Else EXIT_REFUSED with a message that only root may WHAT ("import"), and in the log.
 */
enum exit_code root_only(const struct context *context, const char *what);

#endif
