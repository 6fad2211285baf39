/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "index_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "message.h"

enum { GATHER_MILLISECONDS = 500 };

static enum exit_code failed(const struct context *context, const char *what)
{
    message_error(context, "%s: %s: %s", context->paths->directory, what, strerrordesc_np(errno));
    return EXIT_UNAVAILABLE;
}

static int start_watch(const struct context *context)
{
    const uint32_t events = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVE | IN_ATTRIB |
                            IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
    int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (fd >= 0 && inotify_add_watch(fd, context->paths->directory, events) < 0) {
        const int code = errno;
        close(fd);
        errno = code;
        return -1;
    }
    return fd;
}

/** In a separate process, so that a failure or its memory ends with it. */
static bool run_index(void)
{
    char name[] = "vmailctl", command[] = "index";
    char *const arguments[] = { name, command, NULL };
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status;
    int code = posix_spawn_file_actions_init(&actions);
    if (code == 0)
        code = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (code == 0)
        code = posix_spawn(&child, "/proc/self/exe", &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    errno = code;
    if (code != 0)
        return false;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return true;
}

/** Reads all pending events. False: the directory no longer exists. */
static bool take_events(int fd)
{
    _Alignas(struct inotify_event) char buffer[16 * 1024];
    ssize_t length;
    while ((length = read(fd, buffer, sizeof buffer)) > 0)
        for (ssize_t at = 0; at < length;) {
            const struct inotify_event *event = (const struct inotify_event *)(buffer + at);
            if ((event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT)) != 0)
                return false;
            at += (ssize_t)(sizeof *event + event->len);
        }
    return true;
}

enum exit_code index_watch(const struct context *context)
{
    const struct timespec gather = { .tv_nsec = GATHER_MILLISECONDS * 1000000L };
    struct pollfd watched = { .fd = start_watch(context), .events = POLLIN };
    if (watched.fd < 0)
        return failed(context, "cannot watch it");
    enum exit_code code = EXIT_DONE;
    while (code == EXIT_DONE) {
        if (!run_index())
            code = failed(context, "cannot run vmailctl index");
        else if (poll(&watched, 1, -1) < 0 && errno != EINTR)
            code = failed(context, "cannot watch it");
        nanosleep(&gather, NULL);
        if (code == EXIT_DONE && !take_events(watched.fd)) {
            message_error(context, "%s: moved away or removed", context->paths->directory);
            code = EXIT_UNAVAILABLE;
        }
    }
    close(watched.fd);
    return code;
}
