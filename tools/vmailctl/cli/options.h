/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Options: a command declares its own in a table, and the command line is read by it, and by the
 * table of those that every command has.
 */
#ifndef VMAILCTL_OPTIONS_H
#define VMAILCTL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "context.h"
#include "error.h"

/** What an option does to the member that it names. */
enum option_kind {
    OPTION_PLAIN, /* a bool becomes true; where the option has an argument, a const char * is it */
    OPTION_VALUE, /* an unsigned becomes the option's value */
    OPTION_COUNT, /* a uint32_t becomes a number from 1 up */
    OPTION_DAYS,  /* a const char * becomes days, or "" for "never" */
    OPTION_WORD,  /* a struct option_words grows by the argument */
};

enum { OPTION_WORDS_MAX = 64 };

/** The keys of a domain's section that options gave, each as often as it stood, in their order. */
struct option_words {
    struct {
        const char *key; /* of the option's entry */
        const char *text;
    } word[OPTION_WORDS_MAX];
    size_t count;
};

struct command_option {
    const char *name;     /* without dashes; NULL ends a table */
    const char *argument; /* what --help calls it; it must be one of them in "a|b|c"; or NULL */
    const char *help;     /* NULL: another name for the entry before */
    size_t at;            /* offsetof the member, in the command's struct or struct context */
    enum option_kind kind;
    char letter;          /* or '\0' */
    unsigned value;       /* for OPTION_VALUE */
    const char *key;      /* for OPTION_WORD */
    const char *excludes; /* one of those with this text may stand; the text says so */
    /** NULL, or whether VALUE is good for the member AT; ERROR says why not. */
    bool (*accept)(const char *value, const void *at, struct vmail_error *error);
};

/**
 * The option behind OPTION among those of a command, of which OWN (or NULL) is the table, and the
 * global ones; the first for NULL. NULL for none.
 */
const struct command_option *options_after(const struct command_option *own,
                                           const struct command_option *option);

/** Whether OPTION is one that every command has: its member is one of struct context. */
bool options_is_global(const struct command_option *option);

/** A command line that is read, word by word. */
struct options_reader {
    char **argv;
    int argc, next; /* the next word is argv[next] */
    const struct command_option *own;
    void *into; /* the command's struct */
    struct context *context;
    bool only_arguments;                 /* "--" was read */
    const struct command_option *chosen; /* the last one that excludes others */
    struct vmail_error error;            /* what is wrong with the command line */
};

/**
 * Reads the next word, there being one: an argument goes to ARGUMENT, which is else NULL; an option
 * does what it does. False with reader->error where the word is wrong.
 */
bool options_read(struct options_reader *reader, char **argument);

/** Calls VISIT for each choice in CHOICES, "a|b|c". */
void options_each_choice(const char *choices, void (*visit)(void *context, const char *choice),
                         void *context);

#endif
