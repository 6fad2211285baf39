/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * `vmailctl check --login`: the steps of a log-in, and the answer to each.
 */
#ifndef VMAILCTL_CHECK_LOGIN_H
#define VMAILCTL_CHECK_LOGIN_H

#include <stdbool.h>

#include "context.h"

struct login_options {
    const char *name;    /* as a client types it; may be plain if there is an address */
    const char *service; /* the PAM service; NULL for the first that uses pam_vmail */
    const char *address; /* that the client is connected to; NULL for none */
    bool password_stdin;
};

/**
 * Asks for the password and shows a row for each step. This is a real log-in: it is logged, and
 * modules that count failures count it. EXIT_DONE if every step said yes, otherwise EXIT_NEGATIVE;
 * EXIT_REFUSED for users other than root; EXIT_USAGE, EXIT_UNAVAILABLE with a message.
 */
enum exit_code login_show(const struct context *context, const struct login_options *options);

#endif
