/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Authority: who may run a command. Each command is checked here, once, before it runs.
 *
 * Root, also through sudo(8), may do everything with vmailctl. Anybody who runs the same program as
 * vmail-admin is a co-administrator: they may do what a command's `needs` grants to the users in
 * the key `admins` of a domain, and only in that domain. SUDO_UID, which sudo sets, tells who they
 * are; only root could forge it. Without a valid SUDO_UID, vmail-admin does nothing.
 *
 * The commands themselves check what co-administrators may choose for their users (uids, homes,
 * shells): they look at context->restricted.
 */
#ifndef VMAILCTL_AUTHORITY_H
#define VMAILCTL_AUTHORITY_H

#include "command.h"

/**
 * Whether the actor may run COMMAND with the arguments in CALL; sets CONTEXT->administrator. The
 * domains are those of all arguments that the synopsis calls DOMAIN or ...@DOMAIN. EXIT_DONE;
 * EXIT_REFUSED, with a message that says what to do, and logged if we are root; or the code of
 * argument.h if an argument is not a domain.
 */
enum exit_code authority_check(struct context *context, const struct command *command,
                               const struct call *call);

/**
 * Prints and logs that something (made as by printf(3)) is refused to a co-administrator;
 * EXIT_REFUSED.
 */
enum exit_code authority_refuse(const struct context *context, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
