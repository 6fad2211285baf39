/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "text.h"

void output_rows_start(struct output_rows *rows, const struct context *context,
                       const struct output_column *columns)
{
    *rows = (struct output_rows){ .context = context, .columns = columns };
    if (context->json)
        return;
    while (columns[rows->column_count].key != NULL)
        rows->column_count++;
    rows->width = calloc(rows->column_count + 1, sizeof *rows->width);
    rows->numbers = calloc(rows->column_count + 1, sizeof *rows->numbers);
    rows->others = calloc(rows->column_count + 1, sizeof *rows->others);
    rows->cells = tmpfile();
    if (rows->cells == NULL)
        rows->error = errno;
    rows->no_memory = rows->width == NULL || rows->numbers == NULL || rows->others == NULL;
    for (size_t i = 0; i < rows->column_count && !rows->no_memory; i++)
        rows->width[i] = text_width(columns[i].heading);
}

static bool is_failed(const struct output_rows *rows)
{
    return rows->no_memory || rows->error != 0;
}

/** Keeps the text of VALUE, or of LIST if it is not NULL, for column I. */
static void add_cell(struct output_rows *rows, size_t i, const json_t *value,
                     const struct output_list *list)
{
    size_t width = 0;
    if (list != NULL) {
        rows->no_memory = !output_list_text(rows->cells, list, &width);
        rows->others[i] = true;
    } else {
        char *text = output_text(value);
        rows->no_memory = text == NULL;
        if (text != NULL) {
            fputs(text, rows->cells);
            width = text_width(text);
        }
        free(text);
        rows->numbers[i] = rows->numbers[i] || json_is_number(value);
        rows->others[i] =
            rows->others[i] || (value != NULL && !json_is_number(value) && !json_is_null(value));
    }
    putc('\0', rows->cells);
    if (ferror(rows->cells))
        rows->error = errno == 0 ? EIO : errno;
    if (width > rows->width[i])
        rows->width[i] = width;
}

void output_row_with(struct output_rows *rows, json_t *object, const struct output_list *list)
{
    rows->no_memory = rows->no_memory || object == NULL;
    if (!is_failed(rows) && rows->context->json) {
        fputs(rows->count == 0 ? "[\n  " : ",\n  ", stdout);
        output_json_object(object, list, 2);
    }
    for (size_t i = 0; i < rows->column_count && !is_failed(rows); i++) {
        const char *key = rows->columns[i].key;
        const bool is_list = list != NULL && strcmp(key, list->key) == 0;
        add_cell(rows, i, json_object_get(object, key), is_list ? list : NULL);
    }
    rows->count++;
    json_decref(object);
}

void output_row(struct output_rows *rows, json_t *object)
{
    output_row_with(rows, object, NULL);
}

/** Prints TEXT in WIDTH columns; nothing follows the LAST one. */
static void print_cell(const char *text, size_t width, bool right, bool last, bool bold)
{
    const size_t own = last && !right ? width : text_width(text);
    const int padding = (int)(own < width ? width - own : 0);
    if (right)
        printf("%*s", padding, "");
    printf("%s%s%s", bold ? "\x1b[1m" : "", text, bold ? "\x1b[0m" : "");
    if (!right && !last)
        printf("%*s", padding, "");
    fputs(last ? "\n" : "  ", stdout);
}

static void print_table(struct output_rows *rows)
{
    const bool bold = output_in_color(rows->context);
    const size_t columns = rows->column_count;
    char *text = NULL;
    size_t room = 0;
    for (size_t i = 0; i < columns; i++)
        print_cell(rows->columns[i].heading, rows->width[i], rows->numbers[i] && !rows->others[i],
                   i + 1 == columns, bold);
    for (size_t row = 0; row < rows->count && !is_failed(rows); row++)
        for (size_t i = 0; i < columns && !is_failed(rows); i++) {
            errno = 0;
            if (getdelim(&text, &room, '\0', rows->cells) < 0)
                rows->error = errno == 0 ? EIO : errno;
            else
                print_cell(text, rows->width[i], rows->numbers[i] && !rows->others[i],
                           i + 1 == columns, false);
        }
    free(text);
}

enum exit_code output_rows_end(struct output_rows *rows)
{
    const struct context *context = rows->context;
    enum exit_code code = EXIT_DONE;
    if (rows->cells != NULL && fflush(rows->cells) != 0)
        rows->error = errno;
    if (context->json)
        puts(rows->count == 0 ? "[]" : "\n]");
    else if (!is_failed(rows) && rows->count > 0 && fseek(rows->cells, 0, SEEK_SET) == 0)
        print_table(rows);
    if (rows->no_memory) {
        code = message_no_memory(context);
    } else if (rows->error != 0) {
        message_error(context, "cannot write the table to a temporary file: %s",
                      strerrordesc_np(rows->error));
        code = EXIT_UNAVAILABLE;
    }
    if (rows->cells != NULL)
        fclose(rows->cells);
    free(rows->width);
    free(rows->numbers);
    free(rows->others);
    *rows = (struct output_rows){ 0 };
    return code;
}

enum exit_code output_table(const struct context *context, json_t *rows,
                            const struct output_column *columns)
{
    struct output_rows out;
    size_t i;
    json_t *object;
    if (rows == NULL)
        return message_no_memory(context);
    output_rows_start(&out, context, columns);
    json_array_foreach(rows, i, object)
    {
        output_row(&out, json_incref(object));
    }
    json_decref(rows);
    return output_rows_end(&out);
}
