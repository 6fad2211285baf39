/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Authority: who may run a command. Every command is asked about here, once, before it runs.
 *
 * Root may do everything. A system user to whom sudo(8) has lent root's power for vmailctl is a
 * co-administrator: he may do what a command's `needs` grants to those whom the key `admins` of a
 * domain names, and in that domain only. SUDO_UID, which sudo sets, tells who he is, and whoever
 * could forge it is root already. Where it makes no sense, nothing is allowed.
 *
 * What a co-administrator may not choose for his users (uids outside the domain's block, homes,
 * shells) is the business of the commands: they ask context->restricted.
 */
#ifndef VMAILCTL_AUTHORITY_H
#define VMAILCTL_AUTHORITY_H

#include "command.h"

/**
 * Whether the actor may run COMMAND with the arguments in CALL, and what becomes of
 * CONTEXT->restricted and ->administrator. The domains are those of all arguments that the synopsis
 * calls DOMAIN or
 * ...@DOMAIN. EXIT_DONE; EXIT_REFUSED, with a message, and logged where root's power was lent; or
 * what argument.h says of an argument that is no domain.
 */
enum exit_code authority_check(struct context *context, const struct command *command,
                               const struct call *call);

/** Prints and logs that a co-administrator is refused WHAT (as by printf(3)); EXIT_REFUSED. */
enum exit_code authority_refuse(const struct context *context, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
