/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * One line of a PAM service: whether its module is there, and whether ours understands it.
 */
#ifndef VMAILCTL_CHECK_PAM_LINE_H
#define VMAILCTL_CHECK_PAM_LINE_H

#include "areas.h"
#include "pam_file.h"

struct finding_place pam_line_place(const struct pam_line *line);

/** Whether LINE names our module, or one that does not exist and has nearly its name. */
bool pam_line_is_meant_for_us(const struct pam_line *line);

/** Adds what is wrong with LINE, which is one of a service that is meant to ask our module. */
void pam_line_check(struct check *check, const struct pam_line *line);

#endif
