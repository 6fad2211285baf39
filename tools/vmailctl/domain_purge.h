/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The homes and mailboxes of a domain that is deleted. Before they go, its passwd file is set aside
 * (see set_aside.h), which says whose they are: nobody of the domain can log in or get mail any
 * more, and who does it again after an interruption still knows what to remove.
 */
#ifndef VMAILCTL_DOMAIN_PURGE_H
#define VMAILCTL_DOMAIN_PURGE_H

#include "change.h"

/** Whether DOMAIN has a passwd file set aside: its deletion has begun and not ended. */
bool domain_purge_has_begun(const struct context *context, const char *domain);

/** Counts the users of that file; 0 where there is none. EXIT_DONE, or another with a message. */
enum exit_code domain_purge_count(const struct context *context, const char *domain,
                                  unsigned long *count);

/**
 * Sets the passwd file of CHANGE's domain aside, after purging by what a former run has set aside.
 * On a dry run shows which homes and mailboxes would go. LEFT becomes EXIT_DONE, or why some of
 * them stay. EXIT_DONE, or another with a message: then nothing more should be removed.
 */
enum exit_code domain_purge_begin(struct change *change, enum exit_code *left);

/** Removes homes, mailboxes and the domain's directory by the file that is set aside, and then that
 * file. As above; nothing on a dry run. */
enum exit_code domain_purge(struct change *change, enum exit_code *left);

/** Forgets what a former run has set aside, where the homes shall stay now. */
enum exit_code domain_purge_forget(struct change *change);

#endif
