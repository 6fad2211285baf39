/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "text.h"

bool output_in_color(const struct context *context)
{
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    if (context->color != COLOR_AUTO)
        return context->color == COLOR_ALWAYS;
    return isatty(STDOUT_FILENO) && (no_color == NULL || *no_color == '\0') &&
           (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

/** jansson escapes what is no ASCII, and control characters but for this one. */
static int print_json_bytes(const char *bytes, size_t length, void *out)
{
    for (size_t i = 0; i < length; i++)
        if ((bytes[i] == 0x7f ? fputs("\\u007f", out) : putc(bytes[i], out)) == EOF)
            return -1;
    return 0;
}

static enum exit_code print_json(const json_t *value)
{
    size_t flags = JSON_INDENT(2) | (isatty(STDOUT_FILENO) ? JSON_ENSURE_ASCII : 0);
    if (json_dump_callback(value, print_json_bytes, stdout, flags) == 0)
        putchar('\n');
    return EXIT_DONE; /* what could not be written, main finds out */
}

static void print_value(FILE *out, const json_t *value)
{
    size_t i;
    json_t *element;
    switch (json_typeof(value)) {
    case JSON_STRING:
        fputs(json_string_value(value), out);
        return;
    case JSON_INTEGER:
        fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return;
    case JSON_REAL:
        fprintf(out, "%g", json_real_value(value));
        return;
    case JSON_TRUE:
    case JSON_FALSE:
        fputs(json_is_true(value) ? "yes" : "no", out);
        return;
    case JSON_ARRAY:
        json_array_foreach(value, i, element)
        {
            fputs(i > 0 ? ", " : "", out);
            print_value(out, element);
        }
        return;
    default:
        fputs("-", out);
    }
}

/** VALUE as clean text, which the caller frees; NULL where memory is short. */
static char *value_text(const json_t *value)
{
    char *raw = NULL, *clean = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&raw, &size);
    if (out == NULL)
        return NULL;
    if (value != NULL)
        print_value(out, value);
    else
        fputs("-", out);
    bool good = !ferror(out);
    if (fclose(out) == 0 && good)
        clean = text_clean(raw);
    free(raw);
    return clean;
}

static void print_padding(size_t width, size_t wanted)
{
    for (; width < wanted; width++)
        putchar(' ');
}

/** Prints TEXT in WIDTH columns; on the LAST one nothing goes behind it. */
static void print_cell(const char *text, size_t width, bool right, bool last, bool bold)
{
    if (right)
        print_padding(text_width(text), width);
    printf("%s%s%s", bold ? "\x1b[1m" : "", text, bold ? "\x1b[0m" : "");
    if (!right && !last)
        print_padding(text_width(text), width);
    fputs(last ? "\n" : "  ", stdout);
}

/** The texts of a table, row by row, and what its columns need. */
struct table {
    size_t rows, columns;
    char **cell;
    size_t *width;
    bool *right;
};

static size_t count_columns(const struct output_column *columns)
{
    size_t count = 0;
    while (columns[count].key != NULL)
        count++;
    return count;
}

static void free_table(struct table *table)
{
    for (size_t i = 0; table->cell != NULL && i < table->rows * table->columns; i++)
        free(table->cell[i]);
    free(table->cell);
    free(table->width);
    free(table->right);
}

static bool fill_column(struct table *table, const json_t *rows, const char *key, size_t column)
{
    bool numbers = false, others = false;
    for (size_t row = 0; row < table->rows; row++) {
        const json_t *value = json_object_get(json_array_get(rows, row), key);
        char *text = value_text(value);
        if (text == NULL)
            return false;
        table->cell[row * table->columns + column] = text;
        size_t width = text_width(text);
        if (width > table->width[column])
            table->width[column] = width;
        numbers = numbers || json_is_number(value);
        others = others || (value != NULL && !json_is_number(value) && !json_is_null(value));
    }
    table->right[column] = numbers && !others;
    return true;
}

static bool make_table(struct table *table, const json_t *rows, const struct output_column *columns)
{
    table->rows = json_array_size(rows);
    table->columns = count_columns(columns);
    table->cell = calloc(table->rows * table->columns + 1, sizeof *table->cell);
    table->width = calloc(table->columns + 1, sizeof *table->width);
    table->right = calloc(table->columns + 1, sizeof *table->right);
    if (table->cell == NULL || table->width == NULL || table->right == NULL)
        return false;
    for (size_t column = 0; column < table->columns; column++) {
        table->width[column] = text_width(columns[column].heading);
        if (!fill_column(table, rows, columns[column].key, column))
            return false;
    }
    return true;
}

static void print_table(const struct table *table, const struct output_column *columns, bool bold)
{
    for (size_t column = 0; column < table->columns; column++)
        print_cell(columns[column].heading, table->width[column], table->right[column],
                   column + 1 == table->columns, bold);
    for (size_t i = 0; i < table->rows * table->columns; i++) {
        size_t column = i % table->columns;
        print_cell(table->cell[i], table->width[column], table->right[column],
                   column + 1 == table->columns, false);
    }
}

enum exit_code output_table(const struct context *context, json_t *rows,
                            const struct output_column *columns)
{
    struct table table = { 0 };
    enum exit_code code = EXIT_DONE;
    if (rows == NULL)
        return message_no_memory(context);
    if (context->json)
        code = print_json(rows);
    else if (!make_table(&table, rows, columns))
        code = message_no_memory(context);
    else if (table.rows > 0)
        print_table(&table, columns, output_in_color(context));
    free_table(&table);
    json_decref(rows);
    return code;
}

enum exit_code output_json(const struct context *context, json_t *value)
{
    if (value == NULL)
        return message_no_memory(context);
    enum exit_code code = print_json(value);
    json_decref(value);
    return code;
}

static enum exit_code print_fields(const struct context *context, const json_t *object,
                                   const struct output_column *fields)
{
    size_t width = 0;
    for (size_t i = 0; fields[i].key != NULL; i++)
        if (strlen(fields[i].heading) > width)
            width = strlen(fields[i].heading);
    for (size_t i = 0; fields[i].key != NULL; i++) {
        char *text = value_text(json_object_get(object, fields[i].key));
        if (text == NULL)
            return message_no_memory(context);
        bool bold = output_in_color(context);
        printf("%s%s:%s", bold ? "\x1b[1m" : "", fields[i].heading, bold ? "\x1b[0m" : "");
        print_padding(strlen(fields[i].heading), width + 1);
        printf("%s\n", text);
        free(text);
    }
    return EXIT_DONE;
}

enum exit_code output_object(const struct context *context, json_t *object,
                             const struct output_column *fields)
{
    if (object == NULL)
        return message_no_memory(context);
    enum exit_code code =
        context->json ? print_json(object) : print_fields(context, object, fields);
    json_decref(object);
    return code;
}
