/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The list of PAM services.
 */
#ifndef VMAILCTL_CHECK_PAM_SERVICES_H
#define VMAILCTL_CHECK_PAM_SERVICES_H

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#define PAM_SERVICES "/etc/pam.d"

/**
 * Lists them by name, as scandir(3); -1 with errno. Leaves out files that others include
 * (common-*), and leftovers of editors and package managers.
 */
int pam_services_list(struct dirent ***list);

void pam_services_free(struct dirent **list, int count);

/** Writes the first service that has pam_vmail in an auth line to NAME. False: there is none. */
bool pam_services_first(char name[NAME_MAX + 1]);

/** Whether the service NAME has pam_vmail in an auth line. */
bool pam_services_ask_us(const char *name);

#endif
