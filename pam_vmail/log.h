/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * What goes to syslog, all through pam_syslog(3). Never a password or a hash.
 */
#ifndef PAM_VMAIL_LOG_H
#define PAM_VMAIL_LOG_H

#include <security/pam_modules.h>

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
 * A text that a client typed, made fit for a log: control characters and bytes above 0x7e become
 * '?', and it is cut to what OUT holds. Returns OUT.
 */
enum { LOG_NAME_MAX = 96 };
const char *log_name(char out[LOG_NAME_MAX + 1], const char *text);

#endif
