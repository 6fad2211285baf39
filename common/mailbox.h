/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Mailboxes: where a user's mail is kept.
 */
#ifndef VMAIL_MAILBOX_H
#define VMAIL_MAILBOX_H

/**
 * The path in MAILBOX ("maildir:PATH" or "mbox:PATH", the key `mailbox` of vmail.conf) for one
 * user:
 * "~" at its start is HOME, "%u" the USER, "%d" the DOMAIN, "%%" a percent sign. Returns a string
 * that the caller frees, or NULL where memory is short.
 */
char *vmail_mailbox_path(const char *mailbox, const char *user, const char *domain,
                         const char *home);

#endif
