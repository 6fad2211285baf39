/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Passwords: converts the password of a source to a hash for shadow(5). A password is never stored
 * in clear.
 */
#ifndef VMAILCTL_IMPORT_PASSWORD_H
#define VMAILCTL_IMPORT_PASSWORD_H

#include "error.h"
#include "import/plan.h"

/**
 * Sets USER's hash; or leaves it NULL with the clear-text password, for import_password_make; or
 * sets decision.skipped if the password cannot be checked here. Users without a password are
 * locked.
 */
void import_password_decide(struct import_plan *plan, struct import_user *user);

/** Makes the hash if decide left it NULL. This is slow on purpose. False with ERROR. */
bool import_password_make(struct import_plan *plan, struct import_user *user,
                          struct vmail_error *error);

#endif
