/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "config_value.h"
#include "number.h"
#include "suggest.h"

enum { CHOICE_MAX = 63, DAYS_MAX = 99999 };

static const struct command_option global[] = {
    { "json", NULL, "Print JSON for programs", .at = offsetof(struct context, json) },
    { "dry-run", NULL, "Show what would change; change nothing", .letter = 'n',
      .at = offsetof(struct context, dry_run) },
    { "yes", NULL, "Answer yes to all questions", .letter = 'y',
      .at = offsetof(struct context, yes) },
    { "color", "auto|always|never", "Print headings in colour",
      .at = offsetof(struct context, color) },
    { "help", NULL, "Give this help list", .letter = '?', .kind = OPTION_VALUE, .value = SHOW_HELP,
      .at = offsetof(struct context, show) },
    { "usage", NULL, "Give a short usage message", .kind = OPTION_VALUE, .value = SHOW_USAGE,
      .at = offsetof(struct context, show) },
    { "version", NULL, "Print program version", .letter = 'V', .kind = OPTION_VALUE,
      .value = SHOW_VERSION, .at = offsetof(struct context, show) },
    { 0 },
};

const struct command_option *options_after(const struct command_option *own,
                                           const struct command_option *option)
{
    if (option == NULL)
        option = own == NULL ? global : own;
    else
        option++;
    if (option->name == NULL && !options_is_global(option))
        option = global;
    return option->name == NULL ? NULL : option;
}

bool options_is_global(const struct command_option *option)
{
    for (size_t i = 0; i < sizeof global / sizeof *global; i++)
        if (option == &global[i])
            return true;
    return false;
}

void options_each_choice(const char *choices, void (*visit)(void *context, const char *choice),
                         void *context)
{
    while (*choices != '\0') {
        char choice[CHOICE_MAX + 1];
        size_t length = strcspn(choices, "|");
        if (length <= CHOICE_MAX) {
            memcpy(choice, choices, length);
            choice[length] = '\0';
            visit(context, choice);
        }
        choices += length + (choices[length] == '|' ? 1 : 0);
    }
}

struct choice {
    struct suggestion suggestion;
    bool found;
};

static void try_choice(void *context, const char *word)
{
    struct choice *choice = context;
    choice->found = choice->found || strcmp(word, choice->suggestion.word) == 0;
    suggest_consider(&choice->suggestion, word);
}

static bool is_choice(const struct command_option *option, const char *value,
                      struct vmail_error *error)
{
    struct choice choice = { .suggestion.word = value };
    char hint[SUGGEST_TEXT_MAX + 1];
    if (strchr(option->argument, '|') == NULL)
        return true;
    options_each_choice(option->argument, try_choice, &choice);
    if (!choice.found)
        vmail_error_set(error, 0, "--%s must be one of %s, not '%s'%s", option->name,
                        option->argument, value, suggest_text(&choice.suggestion, hint));
    return choice.found;
}

static bool set_count(const struct command_option *option, const char *value, uint32_t *count,
                      struct vmail_error *error)
{
    if (vmail_value_count(value, count) == NULL && *count > 0)
        return true;
    vmail_error_set(error, 0, "--%s must be a number, at least 1, not '%s'", option->name, value);
    return false;
}

static bool set_days(const struct command_option *option, const char *value, const char **days,
                     struct vmail_error *error)
{
    uint64_t number;
    const bool never = strcmp(value, "never") == 0;
    *days = never ? "" : value;
    if (never || vmail_number_parse(value, strlen(value), DAYS_MAX, &number))
        return true;
    vmail_error_set(error, 0, "--%s must be a number of days, 0 to %d, or never, not '%s'", option->name,
                    (int)DAYS_MAX, value);
    return false;
}

static bool add_word(const struct command_option *option, const char *value,
                     struct option_words *words, struct vmail_error *error)
{
    if (words->count == OPTION_WORDS_MAX) {
        vmail_error_set(error, 0, "too many options (more than %d); use vmailctl domain set",
                        (int)OPTION_WORDS_MAX);
        return false;
    }
    words->word[words->count].key = option->key;
    words->word[words->count++].text = value;
    return true;
}

static bool set_member(struct options_reader *reader, const struct command_option *option,
                       const char *value)
{
    void *base = options_is_global(option) ? (void *)reader->context : reader->into;
    void *at = (char *)base + option->at;
    if (option->accept != NULL && !option->accept(value, at, &reader->error))
        return false;
    switch (option->kind) {
    case OPTION_PLAIN:
        if (option->argument == NULL)
            *(bool *)at = true;
        else
            *(const char **)at = value;
        return option->argument == NULL || option->accept != NULL ||
               is_choice(option, value, &reader->error);
    case OPTION_VALUE:
        *(unsigned *)at = option->value;
        return true;
    case OPTION_COUNT:
        return set_count(option, value, at, &reader->error);
    case OPTION_DAYS:
        return set_days(option, value, at, &reader->error);
    case OPTION_WORD:
        return add_word(option, value, at, &reader->error);
    }
    return false;
}

static bool take_option(struct options_reader *reader, const struct command_option *option,
                        const char *value)
{
    if (!set_member(reader, option, value))
        return false;
    if (option->excludes == NULL)
        return true;
    if (reader->chosen != NULL && reader->chosen != option) {
        vmail_error_set(&reader->error, 0, "%s", option->excludes);
        return false;
    }
    reader->chosen = option;
    return true;
}

static void suggest_option(struct options_reader *reader, const char *name)
{
    struct suggestion suggestion = { .word = name };
    const struct command_option *option = NULL;
    const char *best = suggestion.best;
    while ((option = options_after(reader->own, option)) != NULL)
        suggest_consider(&suggestion, option->name);
    vmail_error_set(&reader->error, 0, "no such option: '--%s'%s%s%s", name,
                    *best == '\0' ? "" : "; did you mean '--", best, *best == '\0' ? "" : "'?");
}

/** The option that WORD, "NAME" or "NAME=VALUE", is, or is the beginning of. */
static const struct command_option *find_long(struct options_reader *reader, const char *word)
{
    const size_t length = strcspn(word, "=");
    const struct command_option *option = NULL, *found = NULL;
    char matches[VMAIL_ERROR_TEXT_MAX] = "", name[SUGGEST_WORD_MAX + 1];
    size_t used = 0;
    bool ambiguous = false;
    while ((option = options_after(reader->own, option)) != NULL) {
        if (strncmp(option->name, word, length) != 0)
            continue;
        if (option->name[length] == '\0')
            return option;
        ambiguous = ambiguous || (found != NULL && (option->help != NULL || option != found + 1));
        found = found == NULL ? option : found;
        int more = snprintf(matches + used, sizeof matches - used, " '--%s'", option->name);
        used += more > 0 && (size_t)more < sizeof matches - used ? (size_t)more : 0;
    }
    if (found == NULL) {
        snprintf(name, sizeof name, "%.*s", (int)length, word);
        suggest_option(reader, name);
    } else if (ambiguous) {
        vmail_error_set(&reader->error, 0, "option '--%s' is ambiguous; possibilities:%s", word,
                        matches);
    }
    return ambiguous ? NULL : found;
}

static bool read_long(struct options_reader *reader, const char *word)
{
    const struct command_option *option = find_long(reader, word);
    const char *value = strchr(word, '=');
    if (option == NULL)
        return false;
    if (option->argument == NULL && value == NULL)
        return take_option(reader, option, NULL);
    if (option->argument != NULL && value != NULL)
        return take_option(reader, option, value + 1);
    if (option->argument != NULL && reader->next < reader->argc)
        return take_option(reader, option, reader->argv[reader->next++]);
    vmail_error_set(&reader->error, 0,
                    value != NULL ? "option '--%s' doesn't allow an argument"
                                  : "option '--%s' requires an argument",
                    option->name);
    return false;
}

/** Reads "ny", "nofile" or "no" with the file in the next word. */
static bool read_letters(struct options_reader *reader, const char *letters)
{
    for (; *letters != '\0' && reader->context->show == SHOW_NOTHING; letters++) {
        const struct command_option *option = NULL;
        do
            option = options_after(reader->own, option);
        while (option != NULL && option->letter != *letters);
        if (option != NULL && option->argument == NULL) {
            if (!take_option(reader, option, NULL))
                return false;
            continue;
        }
        if (option != NULL && letters[1] != '\0')
            return take_option(reader, option, letters + 1);
        if (option != NULL && reader->next < reader->argc)
            return take_option(reader, option, reader->argv[reader->next++]);
        vmail_error_set(&reader->error, 0,
                        option == NULL ? "invalid option -- '%c'"
                                       : "option requires an argument -- '%c'",
                        *letters);
        return false;
    }
    return true;
}

bool options_read(struct options_reader *reader, char **argument)
{
    char *word = reader->argv[reader->next++];
    *argument = NULL;
    if (reader->only_arguments || word[0] != '-' || word[1] == '\0')
        *argument = word;
    else if (word[1] != '-')
        return read_letters(reader, word + 1);
    else if (word[2] != '\0')
        return read_long(reader, word + 2);
    else
        reader->only_arguments = true;
    return true;
}
