/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Output of many objects of one form, one after the other: a table for people, an array for
 * programs. None stays in memory: JSON goes out at once, and the texts of a table lie in a file
 * without a name until all columns have their widths.
 */
#ifndef VMAILCTL_OUTPUT_ROWS_H
#define VMAILCTL_OUTPUT_ROWS_H

#include "output.h"

struct output_rows {
    const struct context *context;
    const struct output_column *columns; /* until one has the key NULL */
    size_t column_count;
    size_t count;           /* rows so far */
    FILE *cells;            /* the texts, each with a NUL behind it; NULL for programs */
    size_t *width;          /* of each column so far */
    bool *numbers, *others; /* what each column has: numbers alone stand on the right */
    bool no_memory;
    int error; /* of the file */
};

/** Begins. What fails here and in output_row, output_rows_end tells. */
void output_rows_start(struct output_rows *rows, const struct context *context,
                       const struct output_column *columns);

/** Takes OBJECT, which is released; NULL counts as short memory. */
void output_row(struct output_rows *rows, json_t *object);

/** The same with LIST (NULL for none) in it. */
void output_row_with(struct output_rows *rows, json_t *object, const struct output_list *list);

/** Prints what is left to print. With no rows: nothing for people, [] for programs. EXIT_DONE, or
 * EXIT_UNAVAILABLE with a message. */
enum exit_code output_rows_end(struct output_rows *rows);

/** All of ROWS, an array of objects, which is released; NULL counts as short memory. */
enum exit_code output_table(const struct context *context, json_t *rows,
                            const struct output_column *columns);

#endif
