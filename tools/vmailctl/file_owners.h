/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Whose files lie where homes and mailboxes are: ids that must not be given to anybody new.
 */
#ifndef VMAILCTL_FILE_OWNERS_H
#define VMAILCTL_FILE_OWNERS_H

#include <stdint.h>

#include "context.h"

#define VMAIL_SPOOL_ROOT "/var/spool/vmail" /* of mailboxes, DOMAIN/USER */

/** Is told the uid or gid that a file has. False ends the walk. */
typedef bool file_owner_function(void *data, uint32_t id);

/**
 * Tells FUNCTION, with DATA, whose the homes in /vhome/DOMAIN and the mailboxes in DOMAIN's spool
 * directory are; with ALL, the homes of all domains. What cannot be read is passed over. False
 * where FUNCTION ended it.
 */
bool file_owners_walk(const struct context *context, const char *domain, bool all,
                      file_owner_function *function, void *data);

/**
 * Tells FUNCTION, with DATA, whose the homes in VMAIL_HOME_ROOT and the mailboxes in
 * VMAIL_SPOOL_ROOT are of all domains that have no block of ids but DOMAIN: domains that were
 * deleted, above all, whose users' ids nobody else knows of. False where FUNCTION ended it.
 */
bool file_owners_walk_former(const struct context *context, const char *domain,
                             file_owner_function *function, void *data);

#endif
