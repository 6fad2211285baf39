/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The functions that libpam calls, declared in <security/pam_modules.h>; see pam(3). The module
 * exports only these (pam_vmail.map). pam_vmail(8), RETURN VALUES, specifies their results.
 */
#ifndef PAM_VMAIL_ENTRY_POINTS_H
#define PAM_VMAIL_ENTRY_POINTS_H

#pragma GCC visibility push(default)
#include <security/pam_modules.h>
#pragma GCC visibility pop

#endif
