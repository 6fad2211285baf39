/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A user whose deletion was interrupted: what remains, and what is still known of the user.
 *
 * While the home and mailbox are being removed, a comment in passwd.DOMAIN, "#purge: " and the
 * user's line without the hash, records their owner and their paths.
 */
#ifndef VMAILCTL_DELETED_USER_H
#define VMAILCTL_DELETED_USER_H

#include "change.h"
#include "resolver.h"
#include "table.h"

struct deleted_user {
    bool to_purge; /* there is a comment, with UID and HOME */
    uint32_t uid;
    char home[VMAIL_PATH_MAX]; /* "" for the usual one */
};

/**
 * Finds the user of a comment in passwd.DOMAIN: LINE, of LENGTH bytes, becomes the text after
 * "#purge: ". False: not such a comment.
 */
bool deleted_user_read(const char **line, size_t *length);

/**
 * Turns the line of NAME in passwd.DOMAIN into such a comment, which deletes the user. Removes
 * other lines of that name. EXIT_NO_SUCH, without a message, if there is none.
 */
enum exit_code deleted_user_keep(struct change *change, const char *name);

/** Removes the comment. EXIT_DONE also if there is none. */
enum exit_code deleted_user_forget(struct change *change, const char *name);

/**
 * Whether USER does not exist but did: passwd.DOMAIN has the comment, or shadow.DOMAIN a line, or
 * with GROUPS a group has the member. Prints nothing; false also if this is unknown.
 */
bool deleted_user_find(const struct context *context, const struct vmail_identity *user,
                       bool groups, struct deleted_user *deleted);

#endif
