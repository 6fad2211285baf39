/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "option_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suggest.h"
#include "text.h"

struct search {
    const char *name; /* of a long option; NULL while a letter is looked for */
    size_t length;
    int letter;
    const struct argp_option *found;
    bool exact;
    struct suggestion suggestion;
};

static bool try_option(void *context, const struct argp_option *option)
{
    struct search *search = context;
    if (search->name == NULL) {
        if (option->key == search->letter)
            search->found = option;
    } else if (option->name != NULL) {
        if (strncmp(option->name, search->name, search->length) == 0) {
            search->exact = option->name[search->length] == '\0';
            search->found = option;
        }
        suggest_consider(&search->suggestion, option->name);
    }
    return !search->exact;
}

/** Whether OPTION takes its value from the next word. */
static bool takes_next_word(const struct argp_option *option)
{
    return option != NULL && option->arg != NULL && (option->flags & OPTION_ARG_OPTIONAL) == 0;
}

static void complain(const struct context *context, const struct command *command,
                     const struct search *search)
{
    char name[COMMAND_NAME_MAX + 1], hint[SUGGEST_WORD_MAX + 24] = "";
    char *clean = text_clean(search->name);
    command_name(context, command, name);
    if (search->suggestion.best[0] != '\0')
        snprintf(hint, sizeof hint, "; did you mean '--%s'?", search->suggestion.best);
    fprintf(stderr, "%s: no option '--%s'%s\nTry `%s --help' for more information.\n", name,
            clean == NULL ? "?" : clean, hint, name);
    free(clean);
}

/** Judges the long option WORD (behind its dashes). NEXT tells whether it takes the next word. */
static bool check_long(const struct context *context, const struct command *command,
                       const char *word, bool *next)
{
    char name[SUGGEST_WORD_MAX + 1];
    size_t length = strcspn(word, "=");
    if (length >= sizeof name)
        length = sizeof name - 1;
    memcpy(name, word, length);
    name[length] = '\0';
    struct search search = { .name = name, .length = length, .suggestion.word = name };
    command_each_option(command, try_option, &search);
    if (search.found == NULL) {
        complain(context, command, &search);
        return false;
    }
    *next = word[length] != '=' && takes_next_word(search.found);
    return true;
}

static bool letters_take_next_word(const struct command *command, const char *letters)
{
    for (; *letters != '\0'; letters++) {
        struct search search = { .letter = (unsigned char)*letters };
        command_each_option(command, try_option, &search);
        if (search.found != NULL && search.found->arg != NULL)
            return letters[1] == '\0' && takes_next_word(search.found);
    }
    return false;
}

bool option_check(const struct context *context, const struct command *command, int argc,
                  char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        bool next = false;
        if (strcmp(word, "--") == 0 || (word[0] != '-' && command->run == NULL))
            return true;
        if (word[0] == '-' && word[1] == '-') {
            if (!check_long(context, command, word + 2, &next))
                return false;
        } else if (word[0] == '-') {
            next = letters_take_next_word(command, word + 1);
        }
        i += next ? 1 : 0;
    }
    return true;
}
