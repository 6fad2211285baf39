/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A user's files: his home and his mailbox, made, moved and removed.
 */
#ifndef VMAILCTL_USER_FILES_H
#define VMAILCTL_USER_FILES_H

#include <stdint.h>

#include "change.h"
#include "made_files.h"
#include "record.h"

/** Whether there is something at HOME, and whose; EXIT_UNAVAILABLE, with a message, where in doubt.
 */
enum exit_code user_files_look(const struct context *context, const char *home, bool *exists,
                               uint32_t *owner);

/**
 * Makes USER's home, 0700 and his, and in it or where else `mailbox` of DOMAIN says his mailbox: a
 * Maildir or an empty mbox. Missing directories above are root's. What is there already must be
 * his, and stays. It may be root's, too, and becomes his: the home, and a mailbox that can be no
 * other user's (vmail_mailbox_is_own()). Nothing on a dry run, but it is shown. EXIT_DONE, or
 * EXIT_UNAVAILABLE with a message; in either case MADE has what was made, but not the directories
 * above.
 */
enum exit_code user_files_make(struct change *change, const struct vmail_passwd *user,
                               struct made_files *made);

/** Removes home and mailbox, as far as they are the user's; warns of what is left. The directory
 * /vhome/DOMAIN/USER itself may be root's: a chroot. */
enum exit_code user_files_remove(struct change *change, const struct vmail_passwd *user);

/**
 * Moves OLD, a home or a mailbox of the user UID or a home that root owns as a chroot, to NEW on
 * the same file system, where nothing may be. No OLD is nothing to do, unless NEW is somebody
 * else's. EXIT_REFUSED, where OLD is somebody else's, EXIT_EXISTS, EXIT_UNAVAILABLE, with a
 * message.
 */
enum exit_code user_files_move(struct change *change, const char *old, const char *new,
                               uint32_t uid);

#endif
