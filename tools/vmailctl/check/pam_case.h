/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Cases that a PAM stack must come through: what becomes of somebody whom pam_vmail refuses, though
 * the other modules would let him in, and the like.
 */
#ifndef VMAILCTL_CHECK_PAM_CASE_H
#define VMAILCTL_CHECK_PAM_CASE_H

#include "pam_control.h"
#include "pam_file.h"

enum pam_fault {
    PAM_FAULT_NONE,
    PAM_FAULT_NOT_ASKED,     /* another line ends the stack first */
    PAM_FAULT_REFUSAL_LOST,  /* pam_vmail says no, and the service yes */
    PAM_FAULT_STRANGER_IN,   /* nobody vouches for him, and the service says yes */
    PAM_FAULT_ACCEPT_LOST,   /* pam_vmail says yes, and the service no, unless others say yes */
    PAM_FAULT_SYSTEM_LOCKED, /* who is no virtual user is refused, though another module knows him
                              */
    PAM_FAULT_NO_CHECK,      /* resolve_only on every line */
};

/**
 * What is wrong with the lines of TYPE, which have pam_vmail among them. LINE becomes the line of
 * pam_vmail that is to be named, and OTHER the line that decided, or NULL. PAM_FAULT_NONE where
 * memory is short as well.
 */
enum pam_fault pam_case_find(const struct pam_service *service, enum pam_type type,
                             const struct pam_line **line, const struct pam_line **other);

/** Whether LINE is one of our module. */
bool pam_line_is_ours(const struct pam_line *line);

#endif
