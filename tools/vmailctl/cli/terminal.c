/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

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

ssize_t terminal_read_line(int fd, char *line, size_t size)
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

static void put(int fd, const char *text)
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
        put(fd, prompt);
        length = caught != 0 ? -1 : terminal_read_line(fd, line, size);
    }
    int code = errno;
    if (!echo)
        put(fd, "\n");
    while (tcsetattr(fd, TCSADRAIN, &usual) != 0 && errno == EINTR && caught != SIGTTOU)
        ;
    release_signals(before);
    errno = code;
    return length;
}

ssize_t terminal_ask(const char *prompt, bool echo, char *line, size_t size)
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
