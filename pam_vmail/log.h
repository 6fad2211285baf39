/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What goes to syslog, all through pam_syslog(3). Never a password or a hash.
 */
#ifndef PAM_VMAIL_LOG_H
#define PAM_VMAIL_LOG_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "error.h"

/** Logs an error that an administrator has to mend. A text of "" is no error. */
void log_error(const pam_handle_t *pamh, const struct vmail_error *error);

/** Logs each wrong line of vmail.conf, but not more than a few at one log-in. */
struct log_config {
    const pam_handle_t *pamh;
    unsigned count;
};
void log_config_line(void *log_config, const char *text);

/**
 * A text that a client typed, made fit for a log: whatever could be taken for another field of the
 * line (white space, '=', ':', quotes and backslashes), control characters and bytes above 0x7e
 * become \ooo, in octal; and it is cut to what OUT holds. Returns OUT. TEXT
 * may be NULL: "".
 */
enum { LOG_NAME_MAX = 512 };
const char *log_name(char out[LOG_NAME_MAX + 1], const char *text);

/**
 * Logs that a log-in was refused with RESULT. A wrong password and an unknown user get a line of
 * the form that pam_unix(8) gives it, which tools that read logs know; for an unknown user, a line
 * before it says so. Anything else is not the client's fault, and gets a line of another form. NAME
 * is what the client typed, or the canonical name.
 */
void log_refusal(const pam_handle_t *pamh, const char *name, int result);

#endif
