/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What libpam calls, as declared in <security/pam_modules.h>; see pam(3). These are exported, and
 * nothing else is (pam_vmail.map). Their results are a contract: pam_vmail(8), RETURN VALUES.
 */
#ifndef PAM_VMAIL_ENTRY_POINTS_H
#define PAM_VMAIL_ENTRY_POINTS_H

#pragma GCC visibility push(default)
#include <security/pam_modules.h>
#pragma GCC visibility pop

#endif
