/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * One line of a PAM service: whether its module exists, and whether ours accepts its options.
 */
#ifndef VMAILCTL_CHECK_PAM_LINE_H
#define VMAILCTL_CHECK_PAM_LINE_H

#include "areas.h"
#include "pam_file.h"

struct finding_place pam_line_place(const struct pam_line *line);

/** Whether LINE names our module, or a module that does not exist and has almost the same name. */
bool pam_line_is_meant_for_us(const struct pam_line *line);

/** Adds the problems of LINE, which belongs to a service that should use our module. */
void pam_line_check(struct check *check, const struct pam_line *line);

#endif
