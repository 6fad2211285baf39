/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "log.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <security/pam_ext.h>
#include <security/pam_modutil.h>
#include <stdint.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

enum { CONFIG_LINES_MAX = 5 };

void log_error(const pam_handle_t *pamh, const struct vmail_error *error)
{
    pam_syslog(pamh, LOG_ERR, "%s", error->text);
}

void log_result(const pam_handle_t *pamh, enum vmail_result result, const struct vmail_error *error)
{
    if (result == VMAIL_NO_MEMORY)
        pam_syslog(pamh, LOG_ERR, "out of memory");
    else
        log_error(pamh, error);
}

void log_config_line(void *context, const char *text)
{
    struct log_config *log = context;
    log->count++;
    if (log->count <= CONFIG_LINES_MAX)
        pam_syslog(log->pamh, LOG_WARNING, "%s", text);
    else if (log->count == CONFIG_LINES_MAX + 1)
        pam_syslog(log->pamh, LOG_WARNING, "vmail.conf: more lines are invalid; fix these first");
}

static bool is_plain(unsigned char c)
{
    return c > ' ' && c <= '~' && strchr("=:\"'\\", c) == NULL;
}

const char *log_name(char out[LOG_NAME_MAX + 1], const char *text)
{
    size_t length = 0;
    for (; text != NULL && *text != '\0'; text++) {
        const unsigned char c = (unsigned char)*text;
        if (length + (is_plain(c) ? 1 : 4) > LOG_NAME_MAX)
            break;
        if (is_plain(c)) {
            out[length++] = (char)c;
        } else {
            out[length++] = '\\';
            out[length++] = (char)('0' + (c >> 6));
            out[length++] = (char)('0' + ((c >> 3) & 7));
            out[length++] = (char)('0' + (c & 7));
        }
    }
    out[length] = '\0';
    return out;
}

/* Colons of an IPv6 address are safe in this field, so they stay; its scope is left out. */
static const char *host_of(const pam_handle_t *pamh, char out[LOG_NAME_MAX + 1])
{
    const void *host = NULL;
    unsigned char address[sizeof(struct in6_addr)];
    if (pam_get_item(pamh, PAM_RHOST, &host) != PAM_SUCCESS || host == NULL)
        return log_name(out, NULL);
    const size_t length = strcspn(host, "%");
    if (length <= LOG_NAME_MAX) {
        memcpy(out, host, length);
        out[length] = '\0';
        if (inet_pton(AF_INET6, out, address) == 1)
            return out;
    }
    return log_name(out, host);
}

static const char *item_of(const pam_handle_t *pamh, int item, char out[LOG_NAME_MAX + 1])
{
    const void *text = NULL;
    return log_name(out, pam_get_item(pamh, item, &text) == PAM_SUCCESS ? text : NULL);
}

void log_refusal(const pam_handle_t *pamh, const char *name, int result)
{
    char login[LOG_NAME_MAX + 1], tty[LOG_NAME_MAX + 1], remote_user[LOG_NAME_MAX + 1];
    char host[LOG_NAME_MAX + 1], user[LOG_NAME_MAX + 1];
    if (result != PAM_AUTH_ERR && result != PAM_USER_UNKNOWN) {
        pam_syslog(pamh, LOG_NOTICE, "%s refused: %s", log_name(user, name),
                   pam_strerror((pam_handle_t *)(uintptr_t)pamh, result));
        return;
    }
    if (result == PAM_USER_UNKNOWN)
        pam_syslog(pamh, LOG_NOTICE, "check pass; user unknown");
    pam_syslog(pamh, LOG_NOTICE,
               "authentication failure; logname=%s uid=%lu euid=%lu tty=%s ruser=%s rhost=%s "
               "user=%s",
               log_name(login, pam_modutil_getlogin((pam_handle_t *)(uintptr_t)pamh)),
               (unsigned long)getuid(), (unsigned long)geteuid(), item_of(pamh, PAM_TTY, tty),
               item_of(pamh, PAM_RUSER, remote_user), host_of(pamh, host), log_name(user, name));
}
