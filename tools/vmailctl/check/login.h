/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * `vmailctl check --login`: the way that a log-in takes, step by step, and what each one answers.
 */
#ifndef VMAILCTL_CHECK_LOGIN_H
#define VMAILCTL_CHECK_LOGIN_H

#include <stdbool.h>

#include "context.h"

struct login_options {
    const char *name; /* as a client would give it; may be a plain one where there is an address */
    const char *service; /* of PAM; NULL for the first that asks pam_vmail */
    const char *address; /* that the client is connected to; NULL for none */
    bool password_stdin;
};

/**
 * Asks for the password and shows a row for each step. It is a real log-in: it is logged, and a
 * module that counts failures counts it. EXIT_DONE where every step said yes, else EXIT_NEGATIVE;
 * EXIT_REFUSED for who is not root; EXIT_USAGE, EXIT_UNAVAILABLE with a message.
 */
enum exit_code login_show(const struct context *context, const struct login_options *options);

#endif
