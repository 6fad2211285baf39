/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * How much of their limit users have used, and the limits that a file system enforces.
 */
#ifndef VMAILCTL_MAILBOX_USE_H
#define VMAILCTL_MAILBOX_USE_H

#include <jansson.h>

#include "context.h"
#include "name.h"
#include "record.h"

/** What the machine says about a user's mailbox. */
struct mailbox_use {
    bool quotas;         /* its file system enforces quotas */
    uint64_t file_limit; /* the user's one there; 0 for none */
    bool known;          /* the next member is filled in */
    uint64_t used;       /* bytes: of all the user's files there if quotas, else of the mailbox */
};

/**
 * Looks at the mailbox of USER in DOMAIN: at the quota of the file system; else at the file
 * maildirsize of a Maildir, which Dovecot keeps, or at the size of an mbox. Never counts the files
 * in a Maildir, and follows no symbolic link. What cannot be read is unknown.
 */
void mailbox_use_look(const struct context *context, const struct vmail_passwd *user,
                      const char *domain, struct mailbox_use *use);

enum { MAILBOX_USE_LINE_MAX = VMAIL_CANONICAL_MAX + 120 };

/** Writes to LINE, with a newline, what Dovecot's list of limits says for the limit of NAME, a user
 * or "@DOMAIN", in the words of Dovecot 2.3 and of 2.4; each leaves out the other's. */
void mailbox_use_line(char line[MAILBOX_USE_LINE_MAX + 1], const char *name, uint64_t limit);

/** GECOS without a limit, for output; NULL if memory is short. */
json_t *mailbox_use_comment(const char *gecos);

/**
 * Sets the members mailbox_used and mailbox_limit (bytes, or null) of OBJECT. Looks at the mailbox
 * only if there is a limit, or if ALWAYS.
 */
void mailbox_use_put(const struct context *context, const struct vmail_passwd *user,
                     const char *domain, bool always, json_t *object);

/**
 * Makes the file system enforce the limits of DOMAIN's users, or of USER only, if it has quotas
 * on; otherwise does nothing. Removes the quota of users without a limit only if CLEAR.
 * context->config must be as it is now. EXIT_DONE, or EXIT_UNAVAILABLE with a message.
 */
enum exit_code mailbox_use_enforce(const struct context *context, const char *domain,
                                   const char *user, bool clear);

#endif
