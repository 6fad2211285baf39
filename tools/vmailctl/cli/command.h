/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Commands: the tree of commands, and how a command line leads to the function that does the work.
 *
 * A command is a struct in its own file and a line in commands.def. Its path determines its place
 * in the tree: "user add" is `add` in the group "user". A group has no run function; it is
 * documented like a command.
 */
#ifndef VMAILCTL_COMMAND_H
#define VMAILCTL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "context.h"
#include "options.h"

/** What the command line gave a command. */
struct call {
    const struct command *command;
    size_t count; /* as many arguments as the command's synopsis allows */
    char **argument;
    void *options; /* the command's struct, which its options have filled in */
};

/** Who may run a command; see authority.h. */
enum command_need {
    NEEDS_ROOT = 0,      /* root only: the default if nothing is set */
    NEEDS_DOMAIN_ADMIN,  /* root, and the co-administrators of the domain in the arguments */
    NEEDS_DOMAIN_READER, /* the same; and with vmailctl everybody, with their own rights */
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
    int variant; /* which one it is of those that share a run function */
    enum command_need needs;
    bool hidden;         /* not in --help */
    bool without_config; /* runs even where vmail.conf cannot be read: context->config is NULL */
    bool tells_config;   /* as without_config; reports errors in vmail.conf itself */
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

/* What --help, --usage and --version print, and the end of a message about a wrong command line. */

/** Prints what context->show asks for about COMMAND. EXIT_DONE, EXIT_UNAVAILABLE. */
enum exit_code command_help(const struct context *context, const struct command *command);

/** Prints TEXT, which says what is wrong with a command line of COMMAND, and where to read on. */
void command_help_wrong(const struct context *context, const struct command *command,
                        const char *text);

enum { COMMAND_NAME_MAX = 80 };

/** Writes "vmailctl PATH" to OUT, or "vmail-admin PATH". */
void command_name(const struct context *context, const struct command *command,
                  char out[COMMAND_NAME_MAX + 1]);

#endif
