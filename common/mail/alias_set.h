/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The mail aliases of a domain: aliases.DOMAIN and the additional files named in vmail.conf.
 */
#ifndef VMAIL_ALIAS_SET_H
#define VMAIL_ALIAS_SET_H

#include "aliases.h"
#include "config.h"
#include "error.h"
#include "file_state.h"
#include "paths.h"

/** One of them. */
struct vmail_alias_file {
    char *path; /* absolute */
    struct vmail_file_version version;
    struct vmail_aliases aliases;
    const struct vmail_alias **used; /* for each name the first entry, sorted by name */
    size_t used_count;
};

/**
 * Reads the aliases in the file PATH; a missing file has none. A file that co-administrators may
 * edit is restricted (vmail_aliases_restrict), unless root allowed programs. CONFIG is not from an
 * image. Returns VMAIL_OK; VMAIL_UNAVAILABLE with ERROR if the file cannot be read or is not
 * trusted; VMAIL_NO_MEMORY. The caller ends FILE in each case.
 */
enum vmail_result vmail_alias_file_read(const struct vmail_paths *paths,
                                        const struct vmail_config *config, const char *path,
                                        struct vmail_alias_file *file, struct vmail_error *error);

void vmail_alias_file_end(struct vmail_alias_file *file);

/** Returns the entry that is used for NAME (any case), or NULL. */
const struct vmail_alias *vmail_alias_file_find(const struct vmail_alias_file *file,
                                                const char *name);

struct vmail_alias_set {
    struct vmail_alias_file *file; /* in order of precedence */
    size_t count;
};

/**
 * Reads the aliases of DOMAIN, each file as vmail_alias_file_read does. The caller ends SET in each
 * case; after a failure it has the files before the one that cannot be read.
 */
enum vmail_result vmail_alias_set_read(const struct vmail_paths *paths,
                                       const struct vmail_config *config, const char *domain,
                                       struct vmail_alias_set *set, struct vmail_error *error);

void vmail_alias_set_end(struct vmail_alias_set *set);

/** Returns the entry that is used for NAME, and sets FILE (may be NULL) to its file; or NULL. */
const struct vmail_alias *vmail_alias_set_find(const struct vmail_alias_set *set, const char *name,
                                               const struct vmail_alias_file **file);

/**
 * Writes the path of file NUMBER of DOMAIN, in the order of precedence, to OUT, which the caller
 * frees. VMAIL_NOT_FOUND: it has no more files. VMAIL_NO_MEMORY.
 */
enum vmail_result vmail_alias_set_path(const struct vmail_paths *paths,
                                       const struct vmail_config *config, const char *domain,
                                       size_t number, char **out);

#endif
