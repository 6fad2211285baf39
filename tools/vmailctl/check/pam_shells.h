/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * pam_shells in front of pam_vmail: refuses whoever has a shell that /etc/shells does not list, as
 * most virtual users.
 */
#ifndef VMAILCTL_CHECK_PAM_SHELLS_H
#define VMAILCTL_CHECK_PAM_SHELLS_H

#include "areas.h"
#include "pam_file.h"

/** Adds a finding where SERVICE, called NAME, refuses a user of a domain in this way. */
void pam_shells_check(struct check *check, const char *name, const struct pam_service *service);

#endif
