/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Declares the commands in commands.def. Each command's file includes this.
 */
#ifndef VMAILCTL_COMMANDS_H
#define VMAILCTL_COMMANDS_H

#include "command.h"

#define COMMAND(name) extern const struct command name##_command;
#include "commands.def"
#undef COMMAND

#endif
