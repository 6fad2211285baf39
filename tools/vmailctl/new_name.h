/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * New names of users, groups and aliases: valid ones may hold what means something to a shell, and
 * whoever gives such a name would have others type it.
 */
#ifndef VMAILCTL_NEW_NAME_H
#define VMAILCTL_NEW_NAME_H

#include "context.h"
#include "record.h"
#include "resolver.h"

/** The first character of NAME that means something to a shell; '\0' where none does. */
char new_name_oddity(const char *name);

/**
 * Whether the actor may give NAME, a valid one, to somebody. A co-administrator gets EXIT_REFUSED
 * and a message where it has such a character, root a warning and EXIT_DONE.
 */
enum exit_code new_name_check(const struct context *context, const char *name);

/**
 * Whether the system's own passwd file (KIND VMAIL_PASSWD) or group file (VMAIL_GROUP) has the name
 * USER@DOMAIN. Then the two would be one name with two ids.
 */
bool new_name_is_systems(const struct context *context, enum vmail_kind kind, const char *user,
                         const char *domain);

/** Warns where the system has an account or a user of the plain name of IDENTITY. */
void new_name_warn_system(const struct context *context, const struct vmail_identity *identity);

/** EXIT_DONE; or EXIT_EXISTS and a message where new_name_is_systems. */
enum exit_code new_name_check_system(const struct context *context, enum vmail_kind kind,
                                     const char *user, const char *domain);

#endif
