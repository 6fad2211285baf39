/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

#include <stdlib.h>

#include "message.h"

/** As `vmailctl COMMAND --help`. */
static enum exit_code run_help(struct context *context, const struct call *call)
{
    char option[] = "--help";
    char **argv = calloc(call->count + 3, sizeof *argv);
    if (argv == NULL)
        return message_no_memory(context);
    for (size_t i = 0; i < call->count; i++)
        argv[i + 1] = call->argument[i];
    argv[call->count + 1] = option;
    enum exit_code code = command_line(context, (int)call->count + 2, argv);
    free(argv);
    return code;
}

const struct command help_command = {
    .path = "help",
    .summary = "Show help for a command",
    .arguments = "[COMMAND...]",
    .run = run_help,
    .needs = NEEDS_NOTHING,
    .without_config = true,
};
