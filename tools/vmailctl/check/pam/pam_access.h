/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Rules of pam_access(8) that never match the virtual user they name: pam_access splits a name at
 * the @, and treats bob@va.example as bob from the host va.example.
 */
#ifndef VMAILCTL_CHECK_PAM_ACCESS_H
#define VMAILCTL_CHECK_PAM_ACCESS_H

#include "areas.h"

/** Looks at /etc/security/access.conf and access.d; see access.conf(5). */
void pam_access_check(struct check *check);

#endif
