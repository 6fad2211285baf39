/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Who gets a message: what an address leads to, by the rules of common/mail.
 */
#ifndef VMAIL_DELIVER_PLAN_H
#define VMAIL_DELIVER_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "mail.h"

enum job_kind { JOB_USER, JOB_FILE, JOB_PROGRAM };

/** Something that is done with the rights of one user. */
struct job {
    enum job_kind kind;
    char *text; /* USER: the address with its tag; FILE: a path; PROGRAM: a command */
    char *user; /* who does it: a virtual user's full name, or the `alias_user' */
    char *home;
    char *tag; /* USER: without its delimiter; "": none */
    uid_t uid;
    gid_t gid;
};

/** All zero: empty. */
struct plan {
    struct job *job;
    size_t count;
    char **elsewhere; /* addresses for the mail server */
    size_t elsewhere_count;
};

/**
 * Finds out what RECIPIENT leads to. Belongs to the question that the caller has begun with
 * vmail_mail_question. Descriptor 0 must not be a socket: the names of system users would be
 * those of a domain.
 *
 * Returns VMAIL_OK; VMAIL_NOT_FOUND: mail reaches nobody; else, with ERROR or VMAIL_NO_MEMORY, it
 * cannot be known now, or a program or file cannot get mail. The caller ends PLAN in each case.
 */
enum vmail_result plan_make(struct vmail_mail *mail, const char *recipient, struct plan *plan,
                            struct vmail_error *error);

void plan_end(struct plan *plan);

#endif
