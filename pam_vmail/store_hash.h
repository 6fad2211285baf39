/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Stores a new hash so that the user who started the program cannot stop the change halfway.
 */
#ifndef PAM_VMAIL_STORE_HASH_H
#define PAM_VMAIL_STORE_HASH_H

#include "set_password.h"

/**
 * Same as vmail_set_password with vmail_system_paths. A user may stop a set-user-id program:
 * kill(2) compares their uid with its real and saved uid, and a terminal or a control group stops
 * all its processes. A stopped process keeps the lock of the domain. In such a program, a child
 * does the work: all its uids are root, its session and control group are not the user's, and the
 * user's limits are lifted. Only set-user-id programs fork here; they have one thread.
 *
 * Returns VMAIL_UNAVAILABLE if the child ends without a result; it may have stored the hash.
 */
enum vmail_result store_hash(const struct vmail_config *config,
                             const struct vmail_new_password *new, struct vmail_error *error);

#endif
