/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Passwords: what shadow(5) gets for what a source had. A password is never stored as it is.
 */
#ifndef VMAILCTL_IMPORT_PASSWORD_H
#define VMAILCTL_IMPORT_PASSWORD_H

#include "error.h"
#include "import/plan.h"

/**
 * Sets USER's hash; or leaves it NULL with his password in clear, for import_password_make; or sets
 * decision.skipped where he has one that cannot be checked here. Who has none is locked.
 */
void import_password_decide(struct import_plan *plan, struct import_user *user);

/** Makes the hash that decide left open. This is slow on purpose. False with ERROR. */
bool import_password_make(struct import_plan *plan, struct import_user *user,
                          struct vmail_error *error);

#endif
