/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Domain oddities: files that look like files of a domain, but are never read.
 */
#ifndef VMAIL_DOMAIN_ODDITIES_H
#define VMAIL_DOMAIN_ODDITIES_H

#include <stddef.h>

#include "error.h"
#include "paths.h"

struct vmail_oddity {
    char *file; /* its name in the directory, not sanitized: unlike the text of an error, it may
                   hold control characters */
    const char *reason; /* why it is ignored, and what to do */
};

struct vmail_oddity_list {
    struct vmail_oddity *oddity; /* sorted by file */
    size_t count;
};

/**
 * Lists the files passwd.X, shadow.X, group.X and aliases.X, in upper or lower case, that create no
 * domain and belong to none: X is invalid, in upper case, too long, or the name of a file left by
 * an editor or packaging tool; or passwd.X is missing. Returns as vmail_domains_list; the caller
 * frees the list.
 */
enum vmail_result vmail_domains_oddities(const struct vmail_paths *paths,
                                         struct vmail_oddity_list *list, struct vmail_error *error);

void vmail_oddities_free(struct vmail_oddity_list *list);

#endif
