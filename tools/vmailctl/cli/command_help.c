/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>

#include "message.h"
#include "options.h"
#include "text.h"

enum { OPTIONS_MAX = 24, GROUP_GLOBAL = -2, GROUP_HELP = -1, KEY_NONE = 0x300 };

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
        fputs("\v`--help' behind a command tells more about it. The manual is vmailctl(8).", out);
    }
    return text_end(out, &doc);
}

/** Prints by argp, which breaks the lines; DOC may be NULL. */
static void print_by_argp(const struct context *context, const struct command *command,
                          const char *doc, FILE *out, unsigned parts)
{
    struct argp_option own[OPTIONS_MAX] = { { 0 } }, shared[OPTIONS_MAX] = { { 0 } };
    size_t own_count = 0, shared_count = 0;
    char name[COMMAND_NAME_MAX + 1];
    const struct command_option *option = NULL;
    while ((option = options_after(command->options, option)) != NULL) {
        const bool shows = option->kind == OPTION_VALUE && options_is_global(option);
        const struct argp_option entry = {
            .name = option->name,
            .key = option->letter == '\0' ? KEY_NONE : option->letter,
            .arg = option->help == NULL ? NULL : option->argument,
            .flags = option->help == NULL ? OPTION_ALIAS : 0,
            .doc = option->help,
            .group = shows ? GROUP_HELP : 0,
        };
        if (options_is_global(option) && !shows && shared_count < OPTIONS_MAX - 1)
            shared[shared_count++] = entry;
        else if (own_count < OPTIONS_MAX - 1)
            own[own_count++] = entry;
    }
    const struct argp global = { .options = shared };
    const struct argp_child children[] = {
        { &global, 0, "Options of every command:", GROUP_GLOBAL },
        { 0 },
    };
    const struct argp argp = { .options = own,
                               .args_doc = command->run == NULL ? "COMMAND..." : command->arguments,
                               .doc = doc,
                               .children = children };
    command_name(context, command, name);
    argp_help(&argp, out, parts, name);
}

enum exit_code command_help(const struct context *context, const struct command *command)
{
    char *doc = make_doc(command);
    if (doc == NULL)
        return message_no_memory(context);
    if (context->show == SHOW_VERSION)
        puts("vmailctl (nss-pam-vmail) " PACKAGE_VERSION);
    else
        print_by_argp(context, command, doc, stdout,
                      context->show == SHOW_HELP ? ARGP_HELP_STD_HELP : ARGP_HELP_USAGE);
    free(doc);
    return EXIT_DONE;
}

void command_help_wrong(const struct context *context, const struct command *command,
                        const char *text)
{
    char name[COMMAND_NAME_MAX + 1];
    char *clean = text_clean(text);
    command_name(context, command, name);
    fprintf(stderr, "%s: %s\n", name, clean == NULL ? "?" : clean);
    print_by_argp(context, command, NULL, stderr, ARGP_HELP_SEE);
    free(clean);
}
