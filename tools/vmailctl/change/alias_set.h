/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The mail aliases of a domain: aliases.DOMAIN and the additional files named in vmail.conf.
 */
#ifndef VMAILCTL_ALIAS_SET_H
#define VMAILCTL_ALIAS_SET_H

#include "aliases.h"
#include "context.h"

struct alias_source {
    char *path;
    char *text;
    struct vmail_aliases aliases;
};

/** An entry that is used. */
struct alias_entry {
    const struct vmail_alias *alias;
    const struct alias_source *source;
};

struct alias_set {
    struct alias_source *source; /* in order of precedence */
    size_t count;
    struct alias_entry *entry; /* sorted by name, each name once */
    size_t entry_count;
};

/**
 * Reads the aliases of DOMAIN. A missing file has none; a file that co-administrators may edit is
 * restricted (vmail_aliases_restrict), unless root allowed programs. EXIT_DONE, or EXIT_UNAVAILABLE
 * with a message if a file cannot be read or is not trusted; the caller ends SET in either case.
 */
enum exit_code alias_set_read(const struct context *context, const char *domain,
                              struct alias_set *set);

/** The same without messages: VMAIL_OK, VMAIL_NO_MEMORY, or VMAIL_UNAVAILABLE with ERROR. */
enum vmail_result alias_set_try(const struct context *context, const char *domain,
                                struct alias_set *set, struct vmail_error *error);

void alias_set_end(struct alias_set *set);

/** The entry that is used for NAME, and in SOURCE (may be NULL) its file; or NULL. */
const struct vmail_alias *alias_set_find(const struct alias_set *set, const char *name,
                                         const struct alias_source **source);

/** Whether DOMAIN accepts mail for unknown users: the key `fallback`. */
bool alias_set_has_fallback(const struct context *context, const char *domain);

#endif
