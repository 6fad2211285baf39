/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Domain oddities: files that look as if they belonged to a domain, but that nobody ever reads.
 */
#ifndef VMAIL_DOMAIN_ODDITIES_H
#define VMAIL_DOMAIN_ODDITIES_H

#include <stddef.h>

#include "error.h"
#include "paths.h"

struct vmail_oddity {
    char *file;         /* its name in the directory; as hostile as any file name, unlike an error's
                         * text: it may hold control characters */
    const char *reason; /* why it counts for nothing, and what to do */
};

struct vmail_oddity_list {
    struct vmail_oddity *oddity; /* sorted by file */
    size_t count;
};

/**
 * Lists the files passwd.X, shadow.X, group.X and aliases.X, in upper or lower case, that make no
 * domain or belong to none: X not valid, in upper case, too long, or what editors and packaging
 * tools leave behind; or no passwd.X beside them. Returns as vmail_domains_list; the caller frees.
 */
enum vmail_result vmail_domains_oddities(const struct vmail_paths *paths,
                                         struct vmail_oddity_list *list, struct vmail_error *error);

void vmail_oddities_free(struct vmail_oddity_list *list);

#endif
