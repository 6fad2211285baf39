/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * pam_shells before pam_vmail: it refuses users whose shell is not in /etc/shells, which is true
 * for most virtual users.
 */
#ifndef VMAILCTL_CHECK_PAM_SHELLS_H
#define VMAILCTL_CHECK_PAM_SHELLS_H

#include "areas.h"
#include "pam_file.h"

/** Adds a finding if SERVICE, called NAME, refuses a user of a domain for this reason. */
void pam_shells_check(struct check *check, const char *name, const struct pam_service *service);

#endif
