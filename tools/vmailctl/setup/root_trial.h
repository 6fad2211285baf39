/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Tries whether root can still log in by a PAM service, with the real libpam and pam_vmail.
 */
#ifndef VMAILCTL_SETUP_ROOT_TRIAL_H
#define VMAILCTL_SETUP_ROOT_TRIAL_H

#include <stdbool.h>

/**
 * Whether a log-in of root by SERVICE of /etc/pam.d would succeed if all other modules let root in:
 * in a copy of the directory, each module but pam_vmail and pam_deny is replaced by pam_permit.
 * False also if the trial cannot be made.
 */
bool root_trial_passes(const char *service);

#endif
