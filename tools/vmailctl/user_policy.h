/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What may be chosen for a user: home, shell, comment, primary group; more by root than by a
 * co-administrator.
 *
 * A co-administrator's users live in /vhome/DOMAIN/USER, have a shell that lets nobody in, an id in
 * the domain's block, and as primary group their own or one that group.DOMAIN has.
 */
#ifndef VMAILCTL_USER_POLICY_H
#define VMAILCTL_USER_POLICY_H

#include <stdint.h>

#include "context.h"
#include "resolver.h"

#define USER_SHELL_DEFAULT "/bin/false"

/** EXIT_DONE; EXIT_USAGE for what nobody could use, EXIT_REFUSED; with a message. */
enum exit_code user_policy_home(const struct context *context,
                                const struct vmail_identity *identity, const char *home);
enum exit_code user_policy_shell(const struct context *context, const char *shell);
enum exit_code user_policy_comment(const struct context *context, const char *comment);

/**
 * Reads TEXT, a gid or the name of a group in group.DOMAIN, as the primary group of a user whose
 * uid is UID (0 where it is not known yet). EXIT_NO_SUCH where group.DOMAIN has no such name.
 */
enum exit_code user_policy_group(const struct context *context, const char *domain, uint32_t uid,
                                 const char *text, uint32_t *gid);

/** Reads TEXT as an id; EXIT_USAGE. */
enum exit_code user_policy_id(const struct context *context, const char *text, uint32_t *id);

#endif
