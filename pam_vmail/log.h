/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Messages for syslog, all sent by pam_syslog(3). They never contain a password or a hash.
 */
#ifndef PAM_VMAIL_LOG_H
#define PAM_VMAIL_LOG_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "error.h"

/** Logs an error that an administrator must fix. */
void log_error(const pam_handle_t *pamh, const struct vmail_error *error);

/** The same for a RESULT of common/ other than VMAIL_OK. */
void log_result(const pam_handle_t *pamh, enum vmail_result result,
                const struct vmail_error *error);

/** Logs the invalid lines of vmail.conf, but only a few at each log-in. */
struct log_config {
    const pam_handle_t *pamh;
    unsigned count;
};
void log_config_line(void *log_config, const char *text);

/**
 * Escapes a text from a client for the log. Characters that could start another field of the line
 * (white space, '=', ':', quotes and backslashes), control characters and bytes above 0x7e become
 * \ooo, in octal. The text is cut to the size of OUT. Returns OUT. A TEXT of NULL gives "".
 */
enum { LOG_NAME_MAX = 512 };
const char *log_name(char out[LOG_NAME_MAX + 1], const char *text);

/**
 * Logs that a log-in was refused with RESULT. For a wrong password or an unknown user, the line has
 * the format of pam_unix(8), which log readers know. For an unknown user, another line comes before
 * it. Other results are not the client's fault, so their line has another format. NAME is the name
 * that the client typed, or the canonical name.
 */
void log_refusal(const pam_handle_t *pamh, const char *name, int result);

#endif
