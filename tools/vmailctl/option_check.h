/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Looks for options that a command does not have, before argp does, to suggest another spelling.
 */
#ifndef VMAILCTL_OPTION_CHECK_H
#define VMAILCTL_OPTION_CHECK_H

#include "command.h"

/**
 * Whether every long option in ARGV, as far as it is COMMAND's (a group's end at the first word),
 * is one or the beginning of one. Else prints what is wrong.
 */
bool option_check(const struct context *context, const struct command *command, int argc,
                  char **argv);

#endif
