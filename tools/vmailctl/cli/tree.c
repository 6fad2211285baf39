/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tree of commands, built from their paths.
 */
#include "commands.h"

#include <stdio.h>
#include <string.h>

static const struct command root = {
    .path = "",
    .summary = "",
    .help = "Manages the domains and users in /etc/vmail, and finds problems with them.",
};

static const struct command *const commands[] = {
#define COMMAND(name) &name##_command,
#include "commands.def"
#undef COMMAND
};

enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

const struct command *command_root(void)
{
    return &root;
}

void command_name(const struct context *context, const struct command *command,
                  char out[COMMAND_NAME_MAX + 1])
{
    snprintf(out, COMMAND_NAME_MAX + 1, "%s%s%s", context_program(context),
             command->path[0] == '\0' ? "" : " ", command->path);
}

/** The last word of COMMAND if PARENT is its group, otherwise NULL. */
static const char *word_below(const struct command *parent, const struct command *command)
{
    size_t length = strlen(parent->path);
    const char *word = command->path;
    if (length > 0) {
        if (strncmp(word, parent->path, length) != 0 || word[length] != ' ')
            return NULL;
        word += length + 1;
    }
    return strchr(word, ' ') == NULL ? word : NULL;
}

static bool is_empty_group(const struct command *command)
{
    if (command->run != NULL)
        return false;
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (word_below(command, commands[i]) != NULL && !is_empty_group(commands[i]))
            return false;
    return true;
}

const struct command *command_child(const struct command *parent, const char *word)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const char *last = word_below(parent, commands[i]);
        if (last != NULL && strcmp(last, word) == 0 && !is_empty_group(commands[i]))
            return commands[i];
    }
    return NULL;
}

void command_each_child(const struct command *parent,
                        void (*visit)(void *context, const struct command *child, const char *word),
                        void *context)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const char *last = word_below(parent, commands[i]);
        if (last != NULL && !commands[i]->hidden && !is_empty_group(commands[i]))
            visit(context, commands[i], last);
    }
}
