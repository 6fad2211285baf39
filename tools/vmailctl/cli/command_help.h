/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What --help, --usage and --version print, and the end of a message about a wrong command line.
 */
#ifndef VMAILCTL_COMMAND_HELP_H
#define VMAILCTL_COMMAND_HELP_H

#include "command.h"

/** Prints what context->show asks for about COMMAND. EXIT_DONE, EXIT_UNAVAILABLE. */
enum exit_code command_help(const struct context *context, const struct command *command);

/** Prints TEXT, which says what is wrong with a command line of COMMAND, and where to read on. */
void command_help_wrong(const struct context *context, const struct command *command,
                        const char *text);

#endif
