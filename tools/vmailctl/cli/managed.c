/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "managed.h"

#include <string.h>

bool managed_domain(const struct context *context, const char *domain)
{
    if (!context->restricted)
        return true;
    if (context->config == NULL || context->administrator[0] == '\0')
        return false;
    const struct vmail_domain_config *section = vmail_config_domain(context->config, domain);
    for (size_t i = 0; section != NULL && i < section->admins.count; i++)
        if (strcmp(section->admins.item[i], context->administrator) == 0)
            return true;
    return false;
}
