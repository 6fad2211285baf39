/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Limits for a user's home, shell, comment, mailbox and primary group; stricter for
 * co-administrators than for root.
 *
 * A co-administrator's users live in /vhome/DOMAIN/USER, have a shell that lets nobody in, an id in
 * the domain's block, and as primary group their own or one in group.DOMAIN.
 */
#ifndef VMAILCTL_USER_POLICY_H
#define VMAILCTL_USER_POLICY_H

#include <stdint.h>

#include "context.h"
#include "resolver.h"

#define USER_SHELL_DEFAULT "/bin/false"

/** EXIT_DONE; EXIT_USAGE for invalid values, EXIT_REFUSED; with a message. */
enum exit_code user_policy_home(const struct context *context,
                                const struct vmail_identity *identity, const char *home);
enum exit_code user_policy_shell(const struct context *context, const char *shell);
enum exit_code user_policy_comment(const struct context *context, const char *comment);

/**
 * Reads TEXT as the limit of the mailbox of a user of DOMAIN, and sets SIZE to what vmail_limit_put
 * takes. Co-administrators cannot go beyond `mailbox_limit' of the domain. Codes as above.
 */
enum exit_code user_policy_limit(const struct context *context, const char *domain,
                                 const char *text, const char **size);

/**
 * Reads TEXT, a gid or the name of a group in group.DOMAIN, as the primary group of a user whose
 * uid is UID (0 if it is not known yet). EXIT_NO_SUCH if group.DOMAIN has no such name.
 */
enum exit_code user_policy_group(const struct context *context, const char *domain, uint32_t uid,
                                 const char *text, uint32_t *gid);

/** Reads TEXT as an id; EXIT_USAGE. */
enum exit_code user_policy_id(const struct context *context, const char *text, uint32_t *id);

#endif
