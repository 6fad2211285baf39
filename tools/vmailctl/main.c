/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "actor.h"
#include "command.h"
#include "message.h"
#include "text.h"

/** A file that is opened must never get the number of a missing standard stream. Writing to an
 * output that was closed is an error all the same. */
static void open_standard_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 1 ? O_RDONLY : O_RDWR) != fd)
            _exit(EXIT_UNAVAILABLE);
}

int main(int argc, char **argv)
{
    struct context context = { .paths = &vmail_system_paths };
    char *no_words[] = { NULL, NULL };
    open_standard_streams();
    context.restricted = actor_is_vmail_admin(argv[0]);
    umask(022); /* whatever the caller's: homes are 0700, directories above them 0755 */
    text_set_locale();
    enum exit_code code =
        argc > 0 ? command_line(&context, argc, argv) : command_line(&context, 1, no_words);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        message_error(&context, "%scannot write the output: %s",
                      code == EXIT_DONE ? "done, but " : "", strerror(errno));
        code = code == EXIT_DONE || code == EXIT_NEGATIVE ? EXIT_UNAVAILABLE : code;
    }
    context_free(&context);
    return (int)code;
}
