/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Postfix and its services smtpd: who may send mail through them.
 */
#ifndef VMAILCTL_CHECK_POSTFIX_SMTPD_H
#define VMAILCTL_CHECK_POSTFIX_SMTPD_H

#include "server.h"

struct postfix {
    struct server server;
    struct settings main;      /* main.cf and defaults: KEY = VALUE */
    struct settings services;  /* master.cf: NAME/TYPE/FIELD = VALUE */
    struct settings overrides; /* master.cf: NAME/TYPE/KEY = VALUE */
};

/**
 * Adds findings for each service smtpd: an open relay; log-ins that may send with any address, or
 * without TLS, or that nobody can check.
 */
void postfix_judge_smtpd(struct postfix *postfix);

/** Whether a service that runs PROGRAM does so in a chroot. */
bool postfix_chroots(const struct postfix *postfix, const char *program);

/** As server_judge_socket, for a path that may be relative to Postfix's queue directory. */
void postfix_judge_socket(struct postfix *postfix, const struct server_socket *use);

#endif
