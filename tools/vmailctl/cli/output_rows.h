/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Output of many objects of one form, one after the other: a table for people, an array for
 * programs. They are not kept in memory: JSON is printed at once, and the texts of a table are
 * written to an unnamed file until the widths of all columns are known.
 */
#ifndef VMAILCTL_OUTPUT_ROWS_H
#define VMAILCTL_OUTPUT_ROWS_H

#include "output.h"

struct output_rows {
    const struct context *context;
    const struct output_column *columns; /* the last one has the key NULL */
    size_t column_count;
    size_t count;           /* rows so far */
    FILE *cells;            /* the texts, each followed by a NUL; NULL for programs */
    size_t *width;          /* of each column so far */
    bool *numbers, *others; /* the contents of each column: only numbers are aligned right */
    bool no_memory;
    int error; /* of the file */
};

/** Begins. Errors here and in output_row are returned by output_rows_end. */
void output_rows_start(struct output_rows *rows, const struct context *context,
                       const struct output_column *columns);

/** Takes OBJECT and releases it; NULL for short memory. */
void output_row(struct output_rows *rows, json_t *object);

/** The same with LIST (NULL for none) in it. */
void output_row_with(struct output_rows *rows, json_t *object, const struct output_list *list);

/**
 * Prints the rest. Without rows: nothing for people, [] for programs. EXIT_DONE, or
 * EXIT_UNAVAILABLE with a message.
 */
enum exit_code output_rows_end(struct output_rows *rows);

/** Prints all of ROWS, an array of objects, and releases it; NULL for short memory. */
enum exit_code output_table(const struct context *context, json_t *rows,
                            const struct output_column *columns);

#endif
