/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Mailboxes: where a user's mail is stored.
 */
#ifndef VMAIL_MAILBOX_H
#define VMAIL_MAILBOX_H

#include <stdbool.h>

/**
 * Returns the path in MAILBOX ("maildir:PATH" or "mbox:PATH", the key `mailbox` of vmail.conf) for
 * one user: "~" at its start becomes HOME, "%u" USER, "%d" DOMAIN and "%%" a percent sign. The
 * caller frees the string. NULL if memory is short.
 */
char *vmail_mailbox_path(const char *mailbox, const char *user, const char *domain,
                         const char *home);

/**
 * Whether the path in MAILBOX cannot belong to another user: it is in the home, or has "%u" and the
 * domain, as "%d" or as the name of a directory. Otherwise users of the same name, in two domains
 * or of the system, share it.
 */
bool vmail_mailbox_is_own(const char *mailbox, const char *domain);

#endif
