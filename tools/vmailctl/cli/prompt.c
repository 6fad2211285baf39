/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "prompt.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hash.h"
#include "message.h"
#include "terminal.h"
#include "text.h"

enum { PROMPT_MAX = 1024, ANSWER_MAX = 15 };

void secret_wipe(struct secret *secret)
{
    explicit_bzero(secret, sizeof *secret);
}

void secret_free(char *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    free(text);
}

enum exit_code prompt_yes_no(const struct context *context, const char *format, ...)
{
    char *question = NULL, prompt[PROMPT_MAX], answer[ANSWER_MAX + 1];
    if (context->yes || context->dry_run)
        return EXIT_DONE;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&question, format, arguments);
    va_end(arguments);
    char *clean = length < 0 ? NULL : text_clean(question);
    if (length >= 0)
        free(question);
    if (clean == NULL)
        return message_no_memory(context);
    snprintf(prompt, sizeof prompt, "%s? [y/N] ", clean);
    free(clean);
    if (terminal_ask(prompt, true, answer, sizeof answer) < 0) {
        message_error(context,
                      "cannot ask for confirmation without a terminal; use --yes to confirm");
        return EXIT_USAGE;
    }
    bool yes = strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0;
    return yes ? EXIT_DONE : EXIT_NEGATIVE;
}

/** Checks a password of LENGTH bytes; SECRET contains as much as fits. */
static enum exit_code judge(const struct context *context, const struct secret *secret,
                            ssize_t length)
{
    if (length == 0)
        message_error(context, "the password is empty");
    else if (length > SECRET_MAX)
        message_error(context, "the password is longer than %d bytes", SECRET_MAX);
    else if (strlen(secret->text) != (size_t)length)
        message_error(context, "the password contains a NUL byte");
    else
        return EXIT_DONE;
    return EXIT_BAD_DATA;
}

static enum exit_code ask(const struct context *context, const char *label, struct secret *secret)
{
    char prompt[PROMPT_MAX];
    snprintf(prompt, sizeof prompt, "%s: ", label);
    ssize_t length = terminal_ask(prompt, false, secret->text, sizeof secret->text);
    if (length < 0) {
        message_error(context,
                      "cannot ask for the password without a terminal; use --password-stdin");
        return EXIT_USAGE;
    }
    return judge(context, secret, length);
}

enum exit_code prompt_password(const struct context *context, const char *label, bool twice,
                               struct secret *secret)
{
    struct secret again = { 0 };
    enum exit_code code = ask(context, label, secret);
    if (code == EXIT_DONE && twice)
        code = ask(context, "Repeat the password", &again);
    if (code == EXIT_DONE && twice && !vmail_hash_equal(secret->text, again.text)) {
        message_error(context, "the two passwords differ; nothing was changed");
        code = EXIT_BAD_DATA;
    }
    secret_wipe(&again);
    if (code != EXIT_DONE)
        secret_wipe(secret);
    return code;
}

enum exit_code prompt_password_stdin(const struct context *context, struct secret *secret)
{
    ssize_t length = terminal_read_line(STDIN_FILENO, secret->text, sizeof secret->text);
    if (length < 0) {
        message_error(context, "standard input has no password");
        return EXIT_BAD_DATA;
    }
    enum exit_code code = judge(context, secret, length);
    if (code != EXIT_DONE)
        secret_wipe(secret);
    return code;
}
