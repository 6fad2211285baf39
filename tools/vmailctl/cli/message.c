/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "message.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "table.h"
#include "text.h"

/** Where held messages go: memory; otherwise NULL. */
static FILE *held;
static char *held_text;
static size_t held_length;

static FILE *stream(void)
{
    return held != NULL ? held : stderr;
}

void message_hold(void)
{
    if (held == NULL)
        held = open_memstream(&held_text, &held_length); /* or none are held */
}

void message_release(void)
{
    if (held == NULL)
        return;
    fclose(held);
    held = NULL;
    fflush(stdout);
    fwrite(held_text, 1, held_length, stderr);
    free(held_text);
    held_text = NULL;
}

static void print_json(const char *kind, const char *text)
{
    json_t *object = json_object();
    if (object != NULL && json_object_set_new(object, kind, text_json(text)) == 0 &&
        json_dumpf(object, stream(), JSON_ENSURE_ASCII) == 0)
        fputc('\n', stream());
    json_decref(object);
}

__attribute__((format(printf, 3, 0))) static void print_message(const struct context *context,
                                                                const char *kind,
                                                                const char *format,
                                                                va_list arguments)
{
    char *text = NULL;
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    char *clean = text == NULL ? NULL : text_clean(text);
    if (held == NULL)
        fflush(stdout);
    if (clean == NULL)
        fprintf(stream(), "%s: out of memory\n", context_program(context));
    else if (context->json)
        print_json(kind, clean);
    else
        fprintf(stream(), "%s: %s%s\n", context_program(context), kind[0] == 'w' ? "warning: " : "",
                clean);
    free(clean);
    free(text);
}

void message_error(const struct context *context, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_message(context, "error", format, arguments);
    va_end(arguments);
}

void message_warning(const struct context *context, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_message(context, "warning", format, arguments);
    va_end(arguments);
}

enum exit_code message_result(const struct context *context, enum vmail_result result,
                              const struct vmail_error *error)
{
    static const enum exit_code codes[] = {
        [VMAIL_OK] = EXIT_DONE,
        [VMAIL_UNFINISHED] = EXIT_DONE,
        [VMAIL_NOT_FOUND] = EXIT_NO_SUCH,
        [VMAIL_EXISTS] = EXIT_EXISTS,
        [VMAIL_INVALID] = EXIT_BAD_DATA,
        [VMAIL_BROKEN] = EXIT_BAD_DATA,
        [VMAIL_CHANGED] = EXIT_UNAVAILABLE,
        [VMAIL_UNAVAILABLE] = EXIT_UNAVAILABLE,
        [VMAIL_NO_MEMORY] = EXIT_UNAVAILABLE,
    };
    if (result == VMAIL_NO_MEMORY)
        return message_no_memory(context);
    if (result == VMAIL_UNFINISHED)
        message_warning(context, "%s", error->text);
    else if (result != VMAIL_OK)
        message_error(context, "%s", error->text);
    return codes[result];
}

const char *message_reason(enum vmail_result result, const struct vmail_error *error)
{
    return result == VMAIL_NO_MEMORY ? "out of memory" : error->text;
}

enum exit_code message_no_memory(const struct context *context)
{
    message_error(context, "out of memory; stopped");
    return EXIT_UNAVAILABLE;
}
