/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Output: the same data as JSON for programs (--json), or as a table or list for people.
 *
 * A command makes a JSON value of objects, and sets the headings of their members. For people, null
 * is "-", true is "yes", and an array is its elements separated by ", ". Numbers are aligned right.
 * Headings are bold on a terminal, unless NO_COLOR or --color turns this off. Characters that could
 * control a terminal are always escaped.
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

/**
 * A member of an object that is an array of texts, which may be too long for a JSON array: the
 * object has null in its place.
 */
struct output_list {
    const char *key;
    size_t count;
    const char *(*item)(const void *context, size_t i); /* any bytes */
    const void *context;
};

/**
 * Prints OBJECT, one line "HEADING: VALUE" per member, and releases it; the last element of FIELDS
 * has the key NULL. OBJECT may be NULL for short memory. EXIT_DONE, or EXIT_UNAVAILABLE with a
 * message.
 */
enum exit_code output_object(const struct context *context, json_t *object,
                             const struct output_column *fields);

/** The same with LIST (NULL for none) in it. */
enum exit_code output_object_with(const struct context *context, json_t *object,
                                  const struct output_column *fields,
                                  const struct output_list *list);

/* Also used by output_rows.c. */

/** Prints OBJECT as JSON; all lines but the first are indented by INDENT columns. */
void output_json_object(json_t *object, const struct output_list *list, size_t indent);

/** VALUE as clean text, which the caller frees; NULL where memory is short. */
char *output_text(const json_t *value);

/** Prints LIST as clean text to OUT; WIDTH becomes its number of columns. False: no memory. */
bool output_list_text(FILE *out, const struct output_list *list, size_t *width);

/**
 * Whether standard output may be coloured, according to --color, NO_COLOR and the kind of output.
 */
bool output_in_color(const struct context *context);

#endif
