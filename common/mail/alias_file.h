/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A file of mail aliases: aliases.DOMAIN, or an additional one named in vmail.conf.
 */
#ifndef VMAIL_ALIAS_FILE_H
#define VMAIL_ALIAS_FILE_H

#include "aliases.h"
#include "config.h"
#include "error.h"
#include "file_state.h"
#include "paths.h"

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

#endif
