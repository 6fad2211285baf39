/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Stores a new hash so that the user whose program this is cannot stop the change half way.
 */
#ifndef PAM_VMAIL_STORE_HASH_H
#define PAM_VMAIL_STORE_HASH_H

#include "set_password.h"

/**
 * As vmail_set_password with vmail_system_paths. In a set-user-id program the user may stop the
 * process (kill(2) compares their uid with its real and saved uid; a terminal and a control group
 * stop whoever is in them), and a stopped process keeps the lock of the domain. There a child does
 * the work that is root in all its uids, in a session and a control group that are not the user's,
 * and with none of their limits. It forks in set-user-id programs only, which have one thread.
 *
 * Where the child ends without a result: VMAIL_UNAVAILABLE, and the hash may have been stored.
 */
enum vmail_result store_hash(const struct vmail_config *config,
                             const struct vmail_new_password *new, struct vmail_error *error);

#endif
