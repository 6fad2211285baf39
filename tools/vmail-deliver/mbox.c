/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "file.h"

enum { LOCK_TRIES = 100, LOCK_PAUSE = 100 * 1000 /* microseconds */ };

static int mbox_failed(const char *path, const char *what, struct vmail_error *error)
{
    vmail_error_set(error, errno, "%s: %s: %s", path, what, strerrordesc_np(errno));
    return EX_TEMPFAIL;
}

static bool lock(int fd)
{
    const struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (fcntl(fd, F_SETLK, &whole) == 0)
            return true;
        if (errno != EAGAIN && errno != EACCES && errno != EINTR)
            return false;
        usleep(LOCK_PAUSE);
    }
    errno = EAGAIN;
    return false;
}

/* Whether FD, locked, is still what PATH names, and nobody else's file under a second name. */
static bool is_own_file(int fd, const char *path, struct stat *status)
{
    struct stat named;
    return fstat(fd, status) == 0 && lstat(path, &named) == 0 && S_ISREG(status->st_mode) &&
           status->st_nlink == 1 && named.st_dev == status->st_dev &&
           named.st_ino == status->st_ino;
}

/* Writes TEXT; lines that start with "From " get a '>' in front. */
static bool write_text(int fd, const char *text, size_t length)
{
    static const char from[] = "\nFrom ";
    size_t at = 0;
    while (at < length) {
        const char *next = memmem(text + at, length - at, from, sizeof from - 1);
        const size_t end = next == NULL ? length : (size_t)(next - text) + 1;
        if (vmail_file_write_all(fd, text + at, end - at) != 0 ||
            (next != NULL && vmail_file_write_all(fd, ">", 1) != 0))
            return false;
        at = end;
    }
    return true;
}

/* A sender is one word there. */
static bool write_separator(int fd, const char *sender)
{
    char date[64], *line;
    const time_t now = time(NULL);
    struct tm parts;
    if (gmtime_r(&now, &parts) == NULL ||
        strftime(date, sizeof date, "%a %b %e %H:%M:%S %Y", &parts) == 0)
        return false;
    const int length =
        asprintf(&line, "From %s %s\n", *sender == '\0' ? "MAILER-DAEMON" : sender, date);
    if (length < 0)
        return false;
    for (char *at = line + strlen("From "), *end = at + strlen(sender); at < end; at++)
        if (*at == ' ')
            *at = '_';
    const bool good = vmail_file_write_all(fd, line, (size_t)length) == 0;
    free(line);
    return good;
}

static bool write_message(int fd, const char *sender, int message)
{
    struct stat status;
    if (fstat(message, &status) != 0 || !write_separator(fd, sender))
        return false;
    const size_t length = (size_t)status.st_size;
    char *text = length == 0 ? NULL : mmap(NULL, length, PROT_READ, MAP_PRIVATE, message, 0);
    if (text == MAP_FAILED)
        return false;
    bool good = length == 0 || write_text(fd, text, length);
    if (good && length > 0 && text[length - 1] != '\n')
        good = vmail_file_write_all(fd, "\n", 1) == 0;
    if (text != NULL)
        munmap(text, length);
    return good && vmail_file_write_all(fd, "\n", 1) == 0 && fsync(fd) == 0;
}

static int append_locked(int fd, const char *path, const char *sender, int message,
                         struct vmail_error *error)
{
    struct stat status;
    if (!lock(fd))
        return mbox_failed(path, "cannot lock it", error);
    errno = EINVAL;
    if (!is_own_file(fd, path, &status))
        return mbox_failed(path, "it is not a regular file with one name", error);
    if (write_message(fd, sender, message))
        return 0;
    const int code = mbox_failed(path, "cannot append to it", error);
    if (ftruncate(fd, status.st_size) != 0)
        vmail_error_set(error, errno, "%s: it ends with a part of a message: %s", path,
                        strerrordesc_np(errno));
    return code;
}

int mbox_append(const char *path, const char *sender, int fd, struct vmail_error *error)
{
    if (strcmp(path, "/dev/null") == 0)
        return 0;
    const int file = open(
        path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
    if (file < 0)
        return mbox_failed(path, "cannot open it", error);
    int code = append_locked(file, path, sender, fd, error);
    if (close(file) != 0 && code == 0)
        code = mbox_failed(path, "cannot append to it", error);
    return code;
}
