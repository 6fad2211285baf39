/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "hash.h"
#include "message.h"
#include "text.h"

enum { PROMPT_MAX = 1024, ANSWER_MAX = 15 };

static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU };
enum { SIGNAL_COUNT = sizeof signals / sizeof *signals };

/* A handler gets no argument from its caller, so this is a variable. */
static volatile sig_atomic_t caught;

static void note_signal(int number)
{
    caught = number;
}

static void catch_signals(struct sigaction before[SIGNAL_COUNT])
{
    struct sigaction action = { .sa_handler = note_signal }; /* no SA_RESTART: read(2) must end */
    sigemptyset(&action.sa_mask);
    caught = 0;
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        sigaction(signals[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}

static void release_signals(const struct sigaction before[SIGNAL_COUNT])
{
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        sigaction(signals[i], &before[i], NULL);
}

/**
 * Reads a line from FD, byte by byte so that nothing after it is consumed, into LINE (SIZE bytes)
 * without its newline. Returns its length, even if it does not fit (then it is cut off); -1 at the
 * end of the input before any byte, or on an error, with errno; a signal gives EINTR.
 */
static ssize_t read_line(int fd, char *line, size_t size)
{
    size_t length = 0;
    for (;;) {
        char byte;
        ssize_t got = read(fd, &byte, 1);
        if (got < 0 || (got == 0 && length == 0)) {
            explicit_bzero(line, size);
            return -1;
        }
        if (got == 0 || byte == '\n')
            break;
        if (length + 1 < size)
            line[length] = byte;
        length++;
        explicit_bzero(&byte, 1);
    }
    line[length < size ? length : size - 1] = '\0';
    return (ssize_t)length;
}

static void put_text(int fd, const char *text)
{
    ssize_t written = write(fd, text, strlen(text));
    (void)written; /* only the answer matters */
}

static ssize_t ask_once(int fd, const char *prompt, bool echo, char *line, size_t size)
{
    struct sigaction before[SIGNAL_COUNT];
    struct termios usual, silent;
    if (tcgetattr(fd, &usual) != 0)
        return -1;
    silent = usual;
    if (!echo)
        silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    catch_signals(before);
    ssize_t length = -1;
    if (tcsetattr(fd, TCSAFLUSH, &silent) == 0) {
        put_text(fd, prompt);
        length = caught != 0 ? -1 : read_line(fd, line, size);
    }
    int code = errno;
    if (!echo)
        put_text(fd, "\n");
    while (tcsetattr(fd, TCSADRAIN, &usual) != 0 && errno == EINTR && caught != SIGTTOU)
        ;
    release_signals(before);
    errno = code;
    return length;
}

/**
 * Prints PROMPT on /dev/tty and reads the answer as read_line does, hidden without ECHO.
 * Restores the terminal before a signal takes effect; after a stop, asks again. -1 also if there is
 * no terminal.
 */
static ssize_t ask_terminal(const char *prompt, bool echo, char *line, size_t size)
{
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t length;
    int number;
    do {
        length = ask_once(fd, prompt, echo, line, size);
        number = caught;
        caught = 0;
        if (number != 0) {
            explicit_bzero(line, size);
            length = -1;
            raise(number);
        }
        /* Reached again when the process continues after a stop. */
    } while (number == SIGTSTP || number == SIGTTIN || number == SIGTTOU);
    close(fd);
    return length;
}

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
    if (ask_terminal(prompt, true, answer, sizeof answer) < 0) {
        message_error(context,
                      "cannot ask for confirmation without a terminal; use --yes to confirm");
        return EXIT_USAGE;
    }
    bool yes = strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0;
    return yes ? EXIT_DONE : EXIT_NEGATIVE;
}

/** Checks a password of LENGTH bytes; SECRET contains as much as fits. */
static enum exit_code judge_password(const struct context *context, const struct secret *secret,
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

static enum exit_code ask_password(const struct context *context, const char *label,
                                   struct secret *secret)
{
    char prompt[PROMPT_MAX];
    snprintf(prompt, sizeof prompt, "%s: ", label);
    ssize_t length = ask_terminal(prompt, false, secret->text, sizeof secret->text);
    if (length < 0) {
        message_error(context,
                      "cannot ask for the password without a terminal; use --password-stdin");
        return EXIT_USAGE;
    }
    return judge_password(context, secret, length);
}

enum exit_code prompt_password(const struct context *context, const char *label, bool twice,
                               struct secret *secret)
{
    struct secret again = { 0 };
    enum exit_code code = ask_password(context, label, secret);
    if (code != EXIT_DONE || !twice)
        goto out;
    code = ask_password(context, "Repeat the password", &again);
    if (code != EXIT_DONE || vmail_hash_equal(secret->text, again.text))
        goto out;
    message_error(context, "the two passwords differ; nothing was changed");
    code = EXIT_BAD_DATA;
out:
    secret_wipe(&again);
    if (code != EXIT_DONE)
        secret_wipe(secret);
    return code;
}

enum exit_code prompt_password_stdin(const struct context *context, struct secret *secret)
{
    ssize_t length = read_line(STDIN_FILENO, secret->text, sizeof secret->text);
    if (length < 0) {
        message_error(context, "standard input has no password");
        return EXIT_BAD_DATA;
    }
    enum exit_code code = judge_password(context, secret, length);
    if (code != EXIT_DONE)
        secret_wipe(secret);
    return code;
}
