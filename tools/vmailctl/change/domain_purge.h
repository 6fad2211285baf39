/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The homes and mailboxes of a deleted domain. Before they are removed, its passwd file is set
 * aside (see vmail_set_aside); it records who owns them. From then on nobody in the domain can log
 * in or get mail, and if the command is interrupted, the next run still knows what to remove.
 */
#ifndef VMAILCTL_DOMAIN_PURGE_H
#define VMAILCTL_DOMAIN_PURGE_H

#include "change.h"

/** Whether a passwd file of DOMAIN is set aside: its deletion has started and not finished. */
bool domain_purge_has_begun(const struct context *context, const char *domain);

/** Counts the users in that file; 0 if there is none. EXIT_DONE, or another code with a message. */
enum exit_code domain_purge_count(const struct context *context, const char *domain,
                                  unsigned long *count);

/**
 * Sets the passwd file of CHANGE's domain aside, after purging what an earlier run set aside. A dry
 * run shows which homes and mailboxes would be removed. LEFT becomes EXIT_DONE, or why some of them
 * were kept. EXIT_DONE, or another code with a message; then the caller must not remove anything
 * else.
 */
enum exit_code domain_purge_begin(struct change *change, enum exit_code *left);

/**
 * Removes the homes and mailboxes listed in the file that is set aside, the domain's directory, and
 * then that file. As above; nothing in a dry run.
 */
enum exit_code domain_purge(struct change *change, enum exit_code *left);

/** Removes the file that an earlier run set aside, because the homes are now kept. */
enum exit_code domain_purge_forget(struct change *change);

#endif
