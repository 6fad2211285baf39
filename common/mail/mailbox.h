/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Mailboxes: where a user's mail is kept.
 */
#ifndef VMAIL_MAILBOX_H
#define VMAIL_MAILBOX_H

#include <stdbool.h>

/**
 * The path in MAILBOX ("maildir:PATH" or "mbox:PATH", the key `mailbox` of vmail.conf) for one
 * user:
 * "~" at its start is HOME, "%u" the USER, "%d" the DOMAIN, "%%" a percent sign. Returns a string
 * that the caller frees, or NULL where memory is short.
 */
char *vmail_mailbox_path(const char *mailbox, const char *user, const char *domain,
                         const char *home);

/**
 * Whether the path in MAILBOX can be no other user's: it lies in the home, or has "%u" and the
 * domain, as "%d" or as the name of a directory. Else users of the same name, in two domains or of
 * the system, share it.
 */
bool vmail_mailbox_is_own(const char *mailbox, const char *domain);

#endif
