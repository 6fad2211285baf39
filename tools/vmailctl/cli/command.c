/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command.h"

#include <stdlib.h>

#include "authority.h"
#include "message.h"
#include "suggest.h"
#include "synopsis.h"

/** One level of the command line while it is read. */
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

static bool take_command(struct level *level, const char *word, struct vmail_error *error)
{
    level->child = command_child(level->command, word);
    if (level->child == NULL) {
        struct suggestion suggestion = { .word = word };
        char hint[SUGGEST_TEXT_MAX + 1];
        command_each_child(level->command, consider_child, &suggestion);
        vmail_error_set(error, 0, "no such command: '%s'%s", word, suggest_text(&suggestion, hint));
    }
    return level->child != NULL;
}

static bool take_argument(struct level *level, char *word, struct vmail_error *error)
{
    if (level->call.count == level->greatest) {
        vmail_error_set(error, 0, "too many arguments: '%s'", word);
        return false;
    }
    level->call.argument[level->call.count++] = word;
    return true;
}

static bool is_complete(const struct level *level, struct vmail_error *error)
{
    char word[SYNOPSIS_WORD_MAX + 1];
    if (level->child != NULL || (level->command->run != NULL && level->call.count >= level->least))
        return true;
    if (level->command->run == NULL) {
        vmail_error_set(error, 0, "missing command");
    } else {
        synopsis_word(level->command->arguments, level->call.count, word);
        vmail_error_set(error, 0, "missing argument: %s", word);
    }
    return false;
}

/** Reads one level of ARGV, from the word behind its command to the next command. */
static enum exit_code read_level(struct level *level, int argc, char **argv)
{
    const struct command *command = level->command;
    struct options_reader reader = { .argv = argv,
                                     .argc = argc,
                                     .next = 1,
                                     .own = command->options,
                                     .into = level->call.options,
                                     .context = level->context };
    bool good = true;
    while (good && reader.next < argc && level->child == NULL &&
           level->context->show == SHOW_NOTHING) {
        char *word;
        level->rest = reader.next;
        good = options_read(&reader, &word);
        if (good && word != NULL)
            good = command->run == NULL ? take_command(level, word, &reader.error)
                                        : take_argument(level, word, &reader.error);
    }
    if (good && level->context->show != SHOW_NOTHING)
        return command_help(level->context, command);
    if (good && is_complete(level, &reader.error))
        return EXIT_DONE;
    command_help_wrong(level->context, command, reader.error.text);
    return EXIT_USAGE;
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
    if (code != EXIT_DONE || level->context->show != SHOW_NOTHING || command->run == NULL)
        return code;
    if (command->tells_config)
        context_try_config(level->context);
    else if (!command->without_config)
        code = context_load_config(level->context);
    if (code != EXIT_DONE)
        return code;
    code = authority_check(level->context, command, &level->call);
    if (code != EXIT_DONE)
        return code;
    return command->run(level->context, &level->call);
}

enum exit_code command_line(struct context *context, int argc, char **argv)
{
    const struct command *command = command_root();
    enum exit_code code = EXIT_USAGE;
    while (command != NULL && argc > 0) {
        struct level level = { .context = context, .command = command, .call.command = command };
        code = read_and_run(&level, argc, argv);
        free(level.call.argument);
        free(level.call.options);
        command = code == EXIT_DONE ? level.child : NULL;
        argv += level.rest;
        argc -= level.rest;
    }
    return code;
}
