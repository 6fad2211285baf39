/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Output: the same data as JSON for programs (--json), or as a table or list for people.
 *
 * A command makes a JSON value of objects, and says under which headings their members are shown.
 * For people null is "-", true is "yes", an array is its elements with ", " between. Numbers stand
 * on the right. Headings are in bold on a terminal, unless NO_COLOR is set or --color says
 * otherwise. Nothing that could steer a terminal comes out raw, of either view.
 */
#ifndef VMAILCTL_OUTPUT_H
#define VMAILCTL_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>

#include "context.h"

struct output_column {
    const char *key;     /* of the member, a word in lower case; programs rely on it */
    const char *heading; /* what people read; ASCII */
};

/**
 * Prints ROWS, an array of objects, and releases it; columns until one has the key NULL. With no
 * rows: nothing for people, [] for programs. NULL counts as short memory. Returns EXIT_DONE or
 * EXIT_UNAVAILABLE with a message printed.
 */
enum exit_code output_table(const struct context *context, json_t *rows,
                            const struct output_column *columns);

/** As output_table: one OBJECT, a line "HEADING: VALUE" a member. */
enum exit_code output_object(const struct context *context, json_t *object,
                             const struct output_column *fields);

/** Prints VALUE as JSON and releases it, for a command that has a text of its own for people. */
enum exit_code output_json(const struct context *context, json_t *value);

/** Whether standard output may be coloured, by --color, NO_COLOR and what it is. */
bool output_in_color(const struct context *context);

#endif
