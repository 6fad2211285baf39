/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "relay.h"

#include <string.h>

#include "name.h"

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

enum vmail_result vmail_relay_takes(struct vmail_mail *mail, const struct vmail_relay_config *relay,
                                    const char *address, struct vmail_error *error)
{
    const struct vmail_mail_file *file;
    if (relay->recipients[0] == '\0')
        return VMAIL_OK;
    const enum vmail_result result =
        vmail_mail_read(mail, relay->recipients, VMAIL_MAIL_RECIPIENTS, &file, error);
    return result == VMAIL_OK ? vmail_recipients_have(&file->recipients, address) : result;
}
