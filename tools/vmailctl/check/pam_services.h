/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Which PAM services there are.
 */
#ifndef VMAILCTL_CHECK_PAM_SERVICES_H
#define VMAILCTL_CHECK_PAM_SERVICES_H

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#define PAM_SERVICES "/etc/pam.d"

/**
 * Lists them by name, as scandir(3); -1 with errno. Files that others include (common-*), and what
 * editors and package managers leave behind, are none.
 */
int pam_services_list(struct dirent ***list);

void pam_services_free(struct dirent **list, int count);

/** Writes to NAME the first service that has pam_vmail in an auth line. False: there is none. */
bool pam_services_first(char name[NAME_MAX + 1]);

#endif
