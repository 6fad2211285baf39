/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "relay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alias_file.h"
#include "file.h"
#include "name.h"
#include "text_buffer.h"

enum { FILE_MAX = 64 << 20 };

const struct vmail_relay_config *vmail_relay_find(const struct vmail_config *config,
                                                  const char *name)
{
    const size_t length = strlen(name);
    char domain[VMAIL_DOMAIN_MAX + 1];
    if (!vmail_domain_valid(name, length))
        return NULL;
    vmail_fold_copy(domain, name, length);
    for (size_t i = 0; i < config->relay_count; i++) {
        const struct vmail_relay_config *relay = &config->relays[i];
        const size_t own = strlen(relay->name);
        if (own == length && strcmp(relay->name, domain) == 0)
            return relay;
        if (relay->subdomains && own < length && domain[length - own - 1] == '.' &&
            strcmp(relay->name, domain + length - own) == 0)
            return relay;
    }
    return NULL;
}

/* Whether the LENGTH bytes at LINE, without blanks around them, are ADDRESS or its local part. */
static bool is_line_of(const char *line, size_t length, const char *address)
{
    const char *at = strrchr(address, '@');
    const size_t local = at == NULL ? 0 : (size_t)(at - address), whole = strlen(address);
    while (length > 0 && strchr(" \t\r", line[length - 1]) != NULL)
        length--;
    while (length > 0 && strchr(" \t", *line) != NULL) {
        line++;
        length--;
    }
    return length > 0 && *line != '#' && (length == whole || length == local) &&
           vmail_equal_folded(line, address, length);
}

enum vmail_result vmail_relay_takes(const struct vmail_paths *paths,
                                    const struct vmail_relay_config *relay, const char *address,
                                    struct vmail_error *error)
{
    struct vmail_file_state state;
    size_t length = 0;
    int fd;
    if (relay->recipients[0] == '\0')
        return VMAIL_OK;
    enum vmail_result result = vmail_alias_file_open(paths, relay->recipients, &fd, &state, error);
    if (result != VMAIL_OK)
        return result;
    if (fd < 0) {
        vmail_error_set(error, ENOENT, "%s: no such file", relay->recipients);
        return VMAIL_UNAVAILABLE;
    }
    char *text = vmail_file_read_all(fd, FILE_MAX, &length);
    const int code = errno;
    close(fd);
    if (text == NULL) {
        vmail_error_set(error, code, "%s: cannot read: %s", relay->recipients,
                        strerrordesc_np(code));
        return code == ENOMEM ? VMAIL_NO_MEMORY : VMAIL_UNAVAILABLE;
    }
    result = VMAIL_NOT_FOUND;
    for (size_t at = 0; result == VMAIL_NOT_FOUND && at < length;
         at = vmail_text_next_line(text, length, at))
        if (is_line_of(text + at, vmail_text_line_end(text, length, at) - at, address))
            result = VMAIL_OK;
    free(text);
    return result;
}
