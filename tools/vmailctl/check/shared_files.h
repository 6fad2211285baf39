/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Files that several domains share through links: a line in one may belong to a user of any of
 * these domains.
 */
#ifndef VMAILCTL_CHECK_SHARED_FILES_H
#define VMAILCTL_CHECK_SHARED_FILES_H

#include "areas.h"
#include "marks.h"
#include "record.h"

struct shared_files {
    struct vmail_domain_list domains;   /* all domains with a passwd file */
    struct marks file[VMAIL_GROUP + 1]; /* the shadow file and group file of each */
};

/** Looks at the files of all domains. False: no memory. The caller frees SHARED in either case. */
bool shared_files_read(struct check *check, struct shared_files *shared);

/** How many domains have the file KIND.DOMAIN; 0 if it does not exist. */
size_t shared_files_count(const struct check *check, const struct shared_files *shared,
                          enum vmail_kind kind, const char *domain);

/**
 * As reader_names with ALL, for the users of every domain that shares the file KIND.DOMAIN, and of
 * DOMAIN. VMAIL_OK only if all of them are known.
 */
enum vmail_result shared_files_users(struct check *check, const struct shared_files *shared,
                                     enum vmail_kind kind, const char *domain, struct marks *names);

void shared_files_free(struct shared_files *shared);

#endif
