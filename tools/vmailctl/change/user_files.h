/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A user's files: creates, moves and removes the home and the mailbox.
 */
#ifndef VMAILCTL_USER_FILES_H
#define VMAILCTL_USER_FILES_H

#include <stdint.h>

#include "change.h"
#include "made_files.h"
#include "record.h"

/** Whether HOME exists, and its owner; EXIT_UNAVAILABLE, with a message, if this is unknown. */
enum exit_code user_files_look(const struct context *context, const char *home, bool *exists,
                               uint32_t *owner);

/**
 * Creates USER's home, with mode 0700 and owned by the user, and in it or where `mailbox` of DOMAIN
 * says the mailbox: a Maildir or an empty mbox. Missing directories above are owned by root. What
 * exists must be owned by the user, and is kept. The home, and a mailbox that cannot belong to
 * another user (vmail_mailbox_is_own()), may also be owned by root, and then change their owner. A
 * dry run only shows it. EXIT_DONE, or EXIT_UNAVAILABLE with a message; in either case MADE has
 * what was created, except the directories above.
 */
enum exit_code user_files_make(struct change *change, const struct vmail_passwd *user,
                               struct made_files *made);

/**
 * Removes what the user owns of the home and the mailbox; prints what is left. The directory
 * /vhome/DOMAIN/USER itself may be owned by root: a chroot.
 */
enum exit_code user_files_remove(struct change *change, const struct vmail_passwd *user);

/**
 * Moves OLD, a home or mailbox of the user UID or a home that root owns as a chroot, to NEW on the
 * same file system; NEW must not exist. If OLD is missing, there is nothing to do, unless NEW is
 * owned by somebody else. EXIT_REFUSED if OLD is owned by somebody else, EXIT_EXISTS,
 * EXIT_UNAVAILABLE, with a message.
 */
enum exit_code user_files_move(struct change *change, const char *old, const char *new,
                               uint32_t uid);

#endif
