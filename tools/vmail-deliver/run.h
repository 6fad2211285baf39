/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Runs something with the message on its standard input, and with the rights of one user.
 */
#ifndef VMAIL_DELIVER_RUN_H
#define VMAIL_DELIVER_RUN_H

#include <stdbool.h>
#include <sys/types.h>

#include "error.h"

struct task {
    const char *name; /* for messages */
    char **words;     /* a program, which is named by its path, and its arguments; or NULL: */
    int (*act)(void *context); /* code of ours, which returns a status of sysexits(3) */
    void *context;             /* of it */
    char **environment;
    const char *user; /* whose rights it gets; NULL: those of this process */
    uid_t uid;
    gid_t gid;
};

/** Whether this process can act as the user with UID: it is root, or is that user already. */
bool run_may_become(uid_t uid);

/**
 * Runs TASK and waits until it ends. It has three descriptors: MESSAGE is 0; what it writes to 1
 * and 2 is the reason if it fails. No signal is blocked or ignored.
 *
 * Returns 0; or, with ERROR, a status of sysexits(3): its own if that means a permanent failure,
 * else EX_TEMPFAIL, also if it could not be started, or was killed.
 */
int run(const struct task *task, int message, struct vmail_error *error);

#endif
