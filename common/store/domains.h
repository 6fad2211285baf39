/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Lists the domains that exist. A domain exists when its passwd file does.
 */
#ifndef VMAIL_DOMAINS_H
#define VMAIL_DOMAINS_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "file_state.h"
#include "paths.h"

struct vmail_domain_list {
    char **name; /* sorted, in lower case */
    size_t count;
};

/**
 * Lists the domains. A file whose DOMAIN part is not valid, or not in lower case, is skipped.
 * Returns as vmail_trusted_each_file. The caller frees the list.
 */
enum vmail_result vmail_domains_list(const struct vmail_paths *paths,
                                     struct vmail_domain_list *list, struct vmail_error *error);

void vmail_domains_free(struct vmail_domain_list *list);

/**
 * Looks for the passwd file of DOMAIN (valid, lower case), trusted or not. Returns VMAIL_OK;
 * VMAIL_NOT_FOUND, also for a domain longer than VMAIL_DOMAIN_FILE_MAX; VMAIL_UNAVAILABLE with
 * ERROR after an error other than "no such file". STATE is set to the file's state if known, else
 * to all 0.
 */
enum vmail_result vmail_domain_look(const struct vmail_paths *paths, const char *domain,
                                    struct vmail_file_state *state, struct vmail_error *error);

/**
 * Whether DOMAIN (valid, lower case) has a passwd file, as vmail_domain_look tells. An error means
 * yes: opening the file then reports what is wrong.
 */
bool vmail_domain_exists(const struct vmail_paths *paths, const char *domain,
                         struct vmail_file_state *state);

#endif
