/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Domains: which ones there are. A domain exists when its passwd file does.
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
 * Lists the domains. A file whose DOMAIN part is not valid, or not in lower case, makes no domain.
 * Returns as vmail_trusted_open_directory, or VMAIL_NO_MEMORY. The caller frees the list.
 */
enum vmail_result vmail_domains_list(const struct vmail_paths *paths,
                                     struct vmail_domain_list *list, struct vmail_error *error);

void vmail_domains_free(struct vmail_domain_list *list);

/**
 * Whether DOMAIN (valid, lower case) has a passwd file, be it to be believed or not. An error other
 * than "no such file" counts as yes: opening the file will then say what is wrong. No domain longer
 * than VMAIL_DOMAIN_FILE_MAX exists. STATE becomes the file's where that has been seen, else all 0.
 */
bool vmail_domain_exists(const struct vmail_paths *paths, const char *domain,
                         struct vmail_file_state *state);

#endif
