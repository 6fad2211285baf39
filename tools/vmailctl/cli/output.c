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
    if (context->color != NULL && strcmp(context->color, "auto") != 0)
        return strcmp(context->color, "always") == 0;
    return isatty(STDOUT_FILENO) && (no_color == NULL || *no_color == '\0') &&
           (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

/** Where JSON goes, and how far its lines are indented. */
struct json_out {
    FILE *file;
    size_t indent;
};

/**
 * jansson escapes non-ASCII and control characters, except DEL. A newline is never part of a
 * string.
 */
static int print_json_bytes(const char *bytes, size_t length, void *data)
{
    const struct json_out *out = data;
    for (size_t i = 0; i < length; i++) {
        if ((bytes[i] == 0x7f ? fputs("\\u007f", out->file) : putc(bytes[i], out->file)) == EOF)
            return -1;
        for (size_t k = 0; bytes[i] == '\n' && k < out->indent; k++)
            putc(' ', out->file);
    }
    return 0;
}

/** Prints VALUE; its further lines are indented by INDENT columns. */
static void print_json_at(const json_t *value, size_t indent)
{
    struct json_out out = { stdout, indent };
    const size_t ascii = isatty(STDOUT_FILENO) ? JSON_ENSURE_ASCII : 0;
    json_dump_callback(value, print_json_bytes, &out, JSON_INDENT(2) | JSON_ENCODE_ANY | ascii);
}

static void print_json_list(const struct output_list *list, size_t indent)
{
    putchar('[');
    for (size_t i = 0; i < list->count; i++) {
        json_t *item = text_json(list->item(list->context, i));
        printf("%s\n%*s", i > 0 ? "," : "", (int)indent + 2, "");
        print_json_at(item, indent + 2);
        json_decref(item);
    }
    if (list->count > 0)
        printf("\n%*s", (int)indent, "");
    putchar(']');
}

void output_json_object(json_t *object, const struct output_list *list, size_t indent)
{
    const char *key;
    json_t *value;
    bool first = true;
    if (list == NULL) {
        print_json_at(object, indent);
        return;
    }
    json_object_foreach(object, key, value)
    {
        printf("%s\n%*s\"%s\": ", first ? "{" : ",", (int)indent + 2, "", key);
        first = false;
        if (strcmp(key, list->key) == 0)
            print_json_list(list, indent + 2);
        else
            print_json_at(value, indent + 2);
    }
    printf("\n%*s}", (int)indent, "");
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

char *output_text(const json_t *value)
{
    char *raw = NULL;
    size_t size = 0;
    if (json_is_string(value))
        return text_clean(json_string_value(value));
    FILE *out = open_memstream(&raw, &size);
    if (out == NULL)
        return NULL;
    if (value != NULL)
        print_value(out, value);
    else
        fputs("-", out);
    raw = text_end(out, &raw);
    char *clean = raw == NULL ? NULL : text_clean(raw);
    free(raw);
    return clean;
}

bool output_list_text(FILE *out, const struct output_list *list, size_t *width)
{
    *width = 0;
    for (size_t i = 0; i < list->count; i++) {
        char *text = text_clean(list->item(list->context, i));
        if (text == NULL)
            return false;
        fprintf(out, "%s%s", i > 0 ? ", " : "", text);
        *width += text_width(text) + (i > 0 ? 2 : 0);
        free(text);
    }
    return true;
}

static bool print_field(const json_t *value, const struct output_list *list)
{
    size_t width;
    if (list != NULL)
        return output_list_text(stdout, list, &width);
    char *text = output_text(value);
    if (text != NULL)
        fputs(text, stdout);
    free(text);
    return text != NULL;
}

static enum exit_code print_fields(const struct context *context, const json_t *object,
                                   const struct output_column *fields,
                                   const struct output_list *list)
{
    int width = 0;
    for (size_t i = 0; fields[i].key != NULL; i++)
        if ((int)strlen(fields[i].heading) > width)
            width = (int)strlen(fields[i].heading);
    for (size_t i = 0; fields[i].key != NULL; i++) {
        const bool bold = output_in_color(context);
        const bool is_list = list != NULL && strcmp(fields[i].key, list->key) == 0;
        printf("%s%s:%s", bold ? "\x1b[1m" : "", fields[i].heading, bold ? "\x1b[0m" : "");
        printf("%*s", width + 1 - (int)strlen(fields[i].heading), "");
        if (!print_field(json_object_get(object, fields[i].key), is_list ? list : NULL))
            return message_no_memory(context);
        putchar('\n');
    }
    return EXIT_DONE;
}

enum exit_code output_object_with(const struct context *context, json_t *object,
                                  const struct output_column *fields,
                                  const struct output_list *list)
{
    enum exit_code code = EXIT_DONE;
    if (object == NULL)
        return message_no_memory(context);
    if (context->json) {
        output_json_object(object, list, 0);
        putchar('\n');
    } else {
        code = print_fields(context, object, fields, list);
    }
    json_decref(object);
    return code;
}

enum exit_code output_object(const struct context *context, json_t *object,
                             const struct output_column *fields)
{
    return output_object_with(context, object, fields, NULL);
}
