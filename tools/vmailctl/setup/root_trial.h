/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Tries whether root can still log in by a PAM service, with the real libpam and pam_vmail.
 */
#ifndef VMAILCTL_SETUP_ROOT_TRIAL_H
#define VMAILCTL_SETUP_ROOT_TRIAL_H

enum root_trial {
    ROOT_UNKNOWN, /* the trial cannot be made */
    ROOT_PASSES,
    ROOT_REFUSED,
};

/**
 * Whether a log-in of root by SERVICE of /etc/pam.d would succeed if all other modules let root in:
 * in a copy of the directory, each module but pam_vmail and pam_deny is replaced by pam_permit.
 * Each line of pam_vmail in the service's own file must also say by itself that it ignores root,
 * whatever its type is and even if no other module leads to it.
 */
enum root_trial root_trial(const char *service);

#endif
