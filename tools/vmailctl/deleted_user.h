/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A user whose deletion was cut short: what is left, and what is still known of the user.
 *
 * While home and mailbox are being removed, a comment in passwd.DOMAIN, "#purge: " and the line
 * that the user had, without a hash, tells whose and where they are.
 */
#ifndef VMAILCTL_DELETED_USER_H
#define VMAILCTL_DELETED_USER_H

#include "change.h"
#include "resolver.h"
#include "table.h"

struct deleted_user {
    bool to_purge; /* there is a comment, which UID and HOME are of */
    uint32_t uid;
    char home[VMAIL_PATH_MAX]; /* "" for the usual one */
};

/** The user of a comment in passwd.DOMAIN: LINE, of LENGTH bytes, becomes what is behind the sign.
 * False: no such comment. */
bool deleted_user_read(const char **line, size_t *length);

/** Makes the line of NAME in passwd.DOMAIN such a comment: the user is gone. Further lines of that
 * name go. EXIT_NO_SUCH, without a message, where there is none. */
enum exit_code deleted_user_keep(struct change *change, const char *name);

/** Removes the comment. EXIT_DONE also where there is none. */
enum exit_code deleted_user_forget(struct change *change, const char *name);

/**
 * Whether USER is none, but was: passwd.DOMAIN has the comment, or shadow.DOMAIN a line, or with
 * GROUPS a group the member. Prints nothing; false also where it cannot be told.
 */
bool deleted_user_find(const struct context *context, const struct vmail_identity *user,
                       bool groups, struct deleted_user *deleted);

#endif
