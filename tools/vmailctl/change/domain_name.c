/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain_name.h"

#include <string.h>

#include "domain_purge.h"
#include "domains.h"
#include "message.h"
#include "name.h"

bool domain_name_is_relay(const struct vmail_config *config, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < config->relay_count; i++)
        if (strlen(config->relays[i].name) == length &&
            vmail_equal_folded(config->relays[i].name, name, length))
            return true;
    return false;
}

enum exit_code domain_name_check(const struct context *context, const char *name)
{
    const struct vmail_config *config = context->config;
    struct vmail_file_state state;
    const char *owner = vmail_config_alias(config, name);
    if (vmail_config_has_domain(config, name) || vmail_domain_exists(context->paths, name, &state))
        message_error(context,
                      vmail_domain_exists(context->paths, name, &state)
                          ? "the domain %s already exists"
                          : "%s already has a section in vmail.conf, but no users; add one with "
                            "vmailctl user add",
                      name);
    else if (domain_purge_has_begun(context, name))
        message_error(context,
                      "the deletion of %s is not finished; run vmailctl domain del --force --purge",
                      name);
    else if (owner != NULL)
        message_error(context, "%s is already an alias of %s", name, owner);
    else if (domain_name_is_relay(config, name))
        message_error(context, "%s is already a relay; see vmailctl relay del", name);
    else
        return EXIT_DONE;
    return EXIT_EXISTS;
}
