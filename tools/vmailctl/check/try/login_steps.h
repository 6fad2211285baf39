/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The steps of `vmailctl check --login`, and the list of their answers.
 */
#ifndef VMAILCTL_CHECK_LOGIN_STEPS_H
#define VMAILCTL_CHECK_LOGIN_STEPS_H

#include <jansson.h>
#include <time.h>

#include "login.h"
#include "prompt.h"
#include "record.h"
#include "resolver.h"

struct login {
    const struct context *context;
    const struct login_options *options;
    const char *service;
    struct vmail_context where; /* the address */
    struct vmail_identity identity;
    char canonical[VMAIL_CANONICAL_MAX + 1];
    uint32_t uid, gid;     /* as in passwd.DOMAIN */
    char *pam_user;        /* after the PAM stack; NULL before, or if it was not reached */
    struct timespec began; /* when the current step began */
    json_t *rows;
    bool refused; /* a step said no */
};

/** Starts the clock of a step. */
void login_begin(struct login *login);

/**
 * Adds the ANSWER of STEP, with the time since login_begin; it refuses the log-in unless it is
 * GOOD. DETAIL is made as by printf(3).
 */
void login_answer(struct login *login, bool good, const char *step, const char *answer,
                  const char *detail, ...) __attribute__((format(printf, 5, 6)));

/** Asks PAM with PASSWORD: authentication and account. */
void login_pam(struct login *login, const struct secret *password);

/** Asks the C library: the name, the groups, and the id back. */
void login_nss(struct login *login);

#endif
