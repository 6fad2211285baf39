/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Options: those that every command has, and help for commands with options of their own.
 */
#ifndef VMAILCTL_OPTIONS_H
#define VMAILCTL_OPTIONS_H

#include <argp.h>
#include <stddef.h>

/** --json, --dry-run, --color, --yes; an argp child whose input is a struct context. */
extern const struct argp options_global;

/**
 * The place of VALUE in CHOICES ("auto|always|never"). Where it is none of them: says so about
 * OPTION
 * ("--color"), with a suggestion, and ends the program as a wrong command line does.
 */
size_t options_choice(struct argp_state *state, const char *option, const char *value,
                      const char *choices);

/** Calls VISIT for each choice in CHOICES, "a|b|c". */
void options_each_choice(const char *choices, void (*visit)(void *context, const char *choice),
                         void *context);

#endif
