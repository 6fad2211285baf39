/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ask_program.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_MAX = 1024 * 1024 };

/** Starts the program, which writes all that it says into OUTPUT. An error number, 0 for none. */
static int start_program(const char *const *arguments, int output, pid_t *process)
{
    posix_spawn_file_actions_t actions;
    char *environment[] = { NULL };
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0)
        return error;
    error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", 0, 0);
    if (error != 0)
        goto out;
    error = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (error != 0)
        goto out;
    error = posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    if (error != 0)
        goto out;
    error = posix_spawn(process, arguments[0], &actions, NULL, (char *const *)(uintptr_t)arguments,
                        environment);
out:
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static char *read_all(int fd)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = fdopen(fd, "r");
    if (file == NULL) {
        close(fd);
        return NULL;
    }
    text = malloc(ANSWER_MAX);
    if (text != NULL) {
        length = fread(text, 1, ANSWER_MAX - 1, file);
        text[length] = '\0';
    }
    fclose(file);
    return text;
}

char *ask_program(const char *const *arguments, char *wrong, size_t size)
{
    int ends[2], status = 0;
    pid_t process;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        snprintf(wrong, size, "%s", strerror(errno));
        return NULL;
    }
    int error = start_program(arguments, ends[1], &process);
    close(ends[1]);
    char *text = read_all(ends[0]);
    if (error == 0)
        while (waitpid(process, &status, 0) < 0 && errno == EINTR)
            ;
    if (error != 0 || text == NULL)
        snprintf(wrong, size, "%s", strerror(error != 0 ? error : ENOMEM));
    else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        snprintf(wrong, size, "%.*s", (int)strcspn(text, "\r\n"), text);
    else
        return text;
    free(text);
    return NULL;
}
