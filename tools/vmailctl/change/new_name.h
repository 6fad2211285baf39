/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * New names of users, groups and aliases. Valid names may contain special characters of the shell;
 * these are dangerous when others type the name.
 */
#ifndef VMAILCTL_NEW_NAME_H
#define VMAILCTL_NEW_NAME_H

#include "context.h"
#include "record.h"
#include "resolver.h"

/**
 * Whether the actor may use NAME, a valid one, for a new user, group or alias. If it contains a
 * special character of the shell, a co-administrator gets EXIT_REFUSED and a message, root a
 * warning and EXIT_DONE.
 */
enum exit_code new_name_check(const struct context *context, const char *name);

/**
 * Whether the system's passwd file (KIND VMAIL_PASSWD) or group file (VMAIL_GROUP) has the name
 * USER@DOMAIN. Then one name would have two ids.
 */
bool new_name_is_systems(const struct context *context, enum vmail_kind kind, const char *user,
                         const char *domain);

/** EXIT_DONE; or EXIT_EXISTS and a message if new_name_is_systems. */
enum exit_code new_name_check_system(const struct context *context, enum vmail_kind kind,
                                     const char *user, const char *domain);

/**
 * Both checks for a new user. Also warns if the system has an account or a user with the plain
 * name of IDENTITY.
 */
enum exit_code new_name_check_user(const struct context *context,
                                   const struct vmail_identity *identity);

#endif
