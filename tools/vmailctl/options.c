/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options.h"

#include <string.h>

#include "context.h"
#include "suggest.h"

enum { KEY_JSON = 0x200, KEY_COLOR, CHOICE_MAX = 63 };

#define COLOR_CHOICES "auto|always|never"

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
    size_t number, found;
};

static void try_choice(void *context, const char *word)
{
    struct choice *choice = context;
    choice->number++;
    if (strcmp(word, choice->suggestion.word) == 0)
        choice->found = choice->number;
    suggest_consider(&choice->suggestion, word);
}

size_t options_choice(struct argp_state *state, const char *option, const char *value,
                      const char *choices)
{
    struct choice choice = { .suggestion.word = value };
    char hint[SUGGEST_TEXT_MAX + 1];
    options_each_choice(choices, try_choice, &choice);
    if (choice.found == 0)
        argp_error(state, "%s must be one of %s, not '%s'%s", option, choices, value,
                   suggest_text(&choice.suggestion, hint));
    return choice.found - 1;
}

static error_t parse_global(int key, char *value, struct argp_state *state)
{
    struct context *context = state->input;
    switch (key) {
    case KEY_JSON:
        context->json = true;
        return 0;
    case 'n':
        context->dry_run = true;
        return 0;
    case 'y':
        context->yes = true;
        return 0;
    case KEY_COLOR:
        context->color = (enum color)options_choice(state, "--color", value, COLOR_CHOICES);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option global_options[] = {
    { "json", KEY_JSON, NULL, 0, "Print JSON for programs", 0 },
    { "dry-run", 'n', NULL, 0, "Show what would change; change nothing", 0 },
    { "yes", 'y', NULL, 0, "Answer yes to all questions", 0 },
    { "color", KEY_COLOR, COLOR_CHOICES, 0, "Print headings in colour", 0 },
    { 0 },
};

const struct argp options_global = { global_options, parse_global, NULL, NULL, NULL, NULL, NULL };
