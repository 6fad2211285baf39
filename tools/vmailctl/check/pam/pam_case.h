/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Cases that a PAM stack must handle correctly: for example, a user refused by pam_vmail but
 * accepted by other modules.
 */
#ifndef VMAILCTL_CHECK_PAM_CASE_H
#define VMAILCTL_CHECK_PAM_CASE_H

#include "pam_control.h"
#include "pam_file.h"

enum pam_fault {
    PAM_FAULT_NONE,
    PAM_FAULT_NOT_ASKED,     /* another line ends the stack first */
    PAM_FAULT_REFUSAL_LOST,  /* pam_vmail says no, but the service says yes */
    PAM_FAULT_STRANGER_IN,   /* no module accepts the user, but the service says yes */
    PAM_FAULT_ACCEPT_LOST,   /* pam_vmail says yes, but the service says no unless others say yes */
    PAM_FAULT_SYSTEM_LOCKED, /* system users are refused, though another module accepts them */
    PAM_FAULT_NO_CHECK,      /* resolve_only on every line */
};

/**
 * What is wrong with the lines of TYPE, which include pam_vmail. LINE becomes the line of pam_vmail
 * to report, and OTHER the line that decided, or NULL. PAM_FAULT_NONE also if memory is short.
 */
enum pam_fault pam_case_find(const struct pam_service *service, enum pam_type type,
                             const struct pam_line **line, const struct pam_line **other);

#endif
