/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authority.h"
#include "message.h"
#include "option_check.h"
#include "options.h"
#include "suggest.h"
#include "synopsis.h"

/** One level of the command line while argp reads it. */
struct level {
    struct context *context;
    const struct command *command;
    const struct command *child; /* of a group: the command that follows, at ARGV[rest] */
    int rest;
    size_t least, greatest; /* arguments */
    struct call call;
};

static void consider_child(void *context, const struct command *child, const char *word)
{
    (void)child;
    suggest_consider(context, word);
}

static void take_command(struct level *level, const char *word, struct argp_state *state)
{
    level->child = command_child(level->command, word);
    if (level->child == NULL) {
        struct suggestion suggestion = { .word = word };
        char hint[SUGGEST_TEXT_MAX + 1];
        command_each_child(level->command, consider_child, &suggestion);
        argp_error(state, "no such command: '%s'%s", word, suggest_text(&suggestion, hint));
    }
    level->rest = state->next - 1;
    state->next = state->argc;
}

static void take_argument(struct level *level, char *word, struct argp_state *state)
{
    if (level->call.count == level->greatest)
        argp_error(state, "too many arguments: '%s'", word);
    level->call.argument[level->call.count++] = word;
}

static void finish(const struct level *level, struct argp_state *state)
{
    char word[SYNOPSIS_WORD_MAX + 1];
    if (level->command->run == NULL && level->child == NULL)
        argp_error(state, "missing command");
    if (level->call.count < level->least) {
        synopsis_word(level->command->arguments, level->call.count, word);
        argp_error(state, "missing argument: %s", word);
    }
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct level *level = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = level->context;
        return 0;
    case ARGP_KEY_ARG:
        if (level->command->run == NULL)
            take_command(level, value, state);
        else
            take_argument(level, value, state);
        return 0;
    case ARGP_KEY_END:
        finish(level, state);
        return 0;
    default:
        if (level->command->parse == NULL || key >= ARGP_KEY_ARGS)
            return ARGP_ERR_UNKNOWN;
        return level->command->parse(key, value, level->call.options, state);
    }
}

static void list_child(void *out, const struct command *child, const char *word)
{
    fprintf(out, "  %-12s %s\n", word, child->summary);
}

/** What --help says around the options; the caller frees it. */
static char *make_doc(const struct command *command)
{
    char *doc = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&doc, &size);
    if (out == NULL)
        return NULL;
    fprintf(out, "%s%s", command->summary, command->summary[0] == '\0' ? "" : ".");
    if (command->help != NULL)
        fprintf(out, "%s%s", command->summary[0] == '\0' ? "" : "\n\n", command->help);
    if (command->run == NULL) {
        fputs("\n\nCommands:\n", out);
        command_each_child(command, list_child, out);
        fputs("\vFor more about a command, add `--help' to it. The manual is vmailctl(8).", out);
    }
    bool good = !ferror(out);
    if (fclose(out) != 0 || !good) {
        free(doc);
        return NULL;
    }
    return doc;
}

/** Reads one level of ARGV, whose first word becomes the full name of the command. */
static enum exit_code read_level(struct level *level, int argc, char **argv)
{
    const struct command *command = level->command;
    static const struct argp_child children[] = {
        { &options_global, 0, "Options of all commands:", -2 },
        { 0 },
    };
    char name[COMMAND_NAME_MAX + 1], *doc = make_doc(command);
    if (doc == NULL)
        return message_no_memory(level->context);
    struct argp argp = { command->options,
                         parse,
                         command->run == NULL ? "COMMAND..." : command->arguments,
                         doc,
                         children,
                         NULL,
                         NULL };
    command_name(level->context, command, name);
    argv[0] = name;
    error_t error = 0;
    bool good = option_check(level->context, command, argc, argv);
    if (good)
        error =
            argp_parse(&argp, argc, argv, command->run == NULL ? ARGP_IN_ORDER : 0, NULL, level);
    free(doc);
    if (error == ENOMEM)
        return message_no_memory(level->context);
    return good && error == 0 ? EXIT_DONE : EXIT_USAGE;
}

static enum exit_code read_and_run(struct level *level, int argc, char **argv)
{
    const struct command *command = level->command;
    synopsis_count(command->arguments, &level->least, &level->greatest);
    level->call.argument = calloc((size_t)argc, sizeof *level->call.argument);
    level->call.options = calloc(1, command->options_size + 1);
    if (level->call.argument == NULL || level->call.options == NULL)
        return message_no_memory(level->context);
    enum exit_code code = read_level(level, argc, argv);
    if (code == EXIT_DONE && command->tells_config)
        context_try_config(level->context);
    else if (code == EXIT_DONE && command->run != NULL && !command->without_config)
        code = context_load_config(level->context);
    if (code == EXIT_DONE && command->run != NULL)
        code = authority_check(level->context, command, &level->call);
    if (code == EXIT_DONE && command->run != NULL)
        code = command->run(level->context, &level->call);
    return code;
}

enum exit_code command_line(struct context *context, int argc, char **argv)
{
    const struct command *command = command_root();
    enum exit_code code = EXIT_USAGE;
    while (command != NULL && argc > 0) {
        struct level level = { .context = context, .command = command };
        code = read_and_run(&level, argc, argv);
        free(level.call.argument);
        free(level.call.options);
        command = code == EXIT_DONE ? level.child : NULL;
        argv += level.rest;
        argc -= level.rest;
    }
    return code;
}
