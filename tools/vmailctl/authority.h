/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Authority: who may run a command. Every command is asked about here, once, before it runs.
 *
 * Root, also by sudo(8), may do everything as vmailctl. Whoever runs the same program as
 * vmail-admin is a co-administrator: they may do what a command's `needs` grants to the users that
 * the key `admins` of a domain names, and in that domain only. SUDO_UID, which sudo sets, says who
 * they are, and only root could forge it. Without a valid one, vmail-admin does nothing.
 *
 * What co-administrators may not choose for their users (uids outside the domain's block, homes,
 * shells) is the business of the commands: they ask context->restricted.
 */
#ifndef VMAILCTL_AUTHORITY_H
#define VMAILCTL_AUTHORITY_H

#include "command.h"

/**
 * Whether the actor may run COMMAND with the arguments in CALL; sets CONTEXT->administrator. The
 * domains are those of all arguments that the synopsis calls DOMAIN or ...@DOMAIN. EXIT_DONE;
 * EXIT_REFUSED, with a message that says what to do, and logged where we are root; or what
 * argument.h says of an argument that is not a domain.
 */
enum exit_code authority_check(struct context *context, const struct command *command,
                               const struct call *call);

/** Prints and logs that a co-administrator is refused something (as by printf(3)); EXIT_REFUSED.
 */
enum exit_code authority_refuse(const struct context *context, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
