/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "log.h"

#include <security/pam_ext.h>
#include <stddef.h>
#include <syslog.h>

enum { CONFIG_LINES_MAX = 5 };

void log_error(const pam_handle_t *pamh, const struct vmail_error *error)
{
    if (error->text[0] != '\0')
        pam_syslog(pamh, LOG_ERR, "%s", error->text);
}

void log_config_line(void *context, const char *text)
{
    struct log_config *log = context;
    log->count++;
    if (log->count <= CONFIG_LINES_MAX)
        pam_syslog(log->pamh, LOG_WARNING, "%s", text);
    else if (log->count == CONFIG_LINES_MAX + 1)
        pam_syslog(log->pamh, LOG_WARNING, "vmail.conf: more lines are wrong; mend these first");
}

const char *log_name(char out[LOG_NAME_MAX + 1], const char *text)
{
    size_t i = 0;
    for (; i < LOG_NAME_MAX && text[i] != '\0'; i++)
        out[i] = text[i] < ' ' || text[i] > '~' ? '?' : text[i];
    out[i] = '\0';
    return out;
}
