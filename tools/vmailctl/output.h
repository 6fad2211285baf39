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
#include <stdio.h>

#include "context.h"

struct output_column {
    const char *key;     /* of the member, a word in lower case; programs rely on it */
    const char *heading; /* what people read; ASCII */
};

/** A member of an object that is an array of texts, too long perhaps to be one of JSON's: the
 * object has null in its place. */
struct output_list {
    const char *key;
    size_t count;
    const char *(*item)(const void *context, size_t i); /* any bytes */
    const void *context;
};

/** Prints OBJECT, and releases it, a line "HEADING: VALUE" a member; fields until one has the key
 * NULL. NULL counts as short memory. EXIT_DONE, or EXIT_UNAVAILABLE with a message printed. */
enum exit_code output_object(const struct context *context, json_t *object,
                             const struct output_column *fields);

/** The same with LIST (NULL for none) in it. */
enum exit_code output_object_with(const struct context *context, json_t *object,
                                  const struct output_column *fields,
                                  const struct output_list *list);

/* What output_rows.c is made of as well. */

/** Prints OBJECT as JSON, INDENT columns from the left but for its first line. */
void output_json_object(json_t *object, const struct output_list *list, size_t indent);

/** VALUE as clean text, which the caller frees; NULL where memory is short. */
char *output_text(const json_t *value);

/** Prints LIST as clean text to OUT; WIDTH becomes the columns it takes. False: no memory. */
bool output_list_text(FILE *out, const struct output_list *list, size_t *width);

/** Whether standard output may be coloured, by --color, NO_COLOR and what it is. */
bool output_in_color(const struct context *context);

#endif
