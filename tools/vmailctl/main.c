/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <argp.h>
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

/* Read by the C library, hence visible to it. */
__attribute__((visibility("default"))) const char *argp_program_version =
    "vmailctl (nss-pam-vmail) " PACKAGE_VERSION;

/**
 * An opened file must never get the number of a missing standard stream. Writing to a closed output
 * is still an error.
 */
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
    context.restricted = actor_is_vmail_admin(argv[0]); /* before argp can set another name */
    umask(022); /* for any caller: homes are 0700, directories above them 0755 */
    text_set_locale();
    argp_err_exit_status = EXIT_USAGE;
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
