/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Parts of the area "pam": the lines of a service one by one, and settings of other modules that
 * keep virtual users out.
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

/**
 * Adds a finding if SERVICE, called NAME, has pam_shells before pam_vmail and so refuses a user of
 * a domain: the shell of most virtual users is not in /etc/shells.
 */
void pam_shells_check(struct check *check, const char *name, const struct pam_service *service);

/**
 * Adds the rules in /etc/security/access.conf and access.d that never match the virtual user they
 * name: pam_access(8) splits a name at the @, and treats bob@va.example as bob from the host
 * va.example.
 */
void pam_access_check(struct check *check);

#endif
