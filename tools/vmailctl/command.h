/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Commands: the tree, and the way from a command line to the function that does the work.
 *
 * A command is a struct in a file of its own and a line in commands.def. Its place in the tree
 * follows from its path: "user add" is `add` in the group "user". A group has no run function and
 * is shown where it has commands.
 */
#ifndef VMAILCTL_COMMAND_H
#define VMAILCTL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "context.h"
#include "options.h"

/** What the command line gave a command. */
struct call {
    size_t count; /* as many arguments as the command's synopsis allows */
    char **argument;
    void *options; /* the command's struct, which its options have filled in */
};

/** Who may run a command; see authority.h. */
enum command_need {
    NEEDS_ROOT = 0,      /* root alone: what is said nowhere is not allowed */
    NEEDS_DOMAIN_ADMIN,  /* root, and the co-administrators of the domain that the arguments name */
    NEEDS_DOMAIN_READER, /* the same; as vmailctl also everybody, with the rights they have */
    NEEDS_NOTHING,
};

struct command {
    const char *path;      /* words with a space between: "user add" */
    const char *summary;   /* one line of at most 55 characters */
    const char *arguments; /* "USER@DOMAIN [DOMAIN...]", see synopsis.h; NULL for none */
    const char *help;      /* paragraphs for --help, or NULL */

    const struct command_option *options; /* its own ones, or NULL */
    size_t options_size;                  /* of the struct that they fill in, all zero at first */

    enum exit_code (*run)(struct context *context, const struct call *call);
    enum command_need needs;
    bool hidden;         /* not in --help */
    bool without_config; /* runs even where vmail.conf cannot be read: context->config is NULL */
    bool tells_config;   /* the same, where it cannot be read; tells itself what is wrong in it */
};

/** Does what ARGV says, ARGV[0] being any word. Returns the exit code. */
enum exit_code command_line(struct context *context, int argc, char **argv);

/** The tree, for help and completion. */
const struct command *command_root(void);

/** The command WORD of the group PARENT, or NULL. */
const struct command *command_child(const struct command *parent, const char *word);

/** Calls VISIT for the commands in the group PARENT that --help lists, with their last words. */
void command_each_child(const struct command *parent,
                        void (*visit)(void *context, const struct command *child, const char *word),
                        void *context);

enum { COMMAND_NAME_MAX = 80 };

/** Writes "vmailctl PATH" to OUT, or "vmail-admin PATH". */
void command_name(const struct context *context, const struct command *command,
                  char out[COMMAND_NAME_MAX + 1]);

#endif
