/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "root_only.h"

#include <string.h>
#include <unistd.h>

#include "actor.h"
#include "change_log.h"
#include "message.h"

static bool is_co_administrator(const struct vmail_config *config, const char *name)
{
    for (size_t i = 0; i < config->domain_count; i++)
        for (size_t j = 0; j < config->domains[i].admins.count; j++)
            if (strcmp(config->domains[i].admins.item[j], name) == 0)
                return true;
    return false;
}

enum exit_code root_only(const struct context *context, const char *what)
{
    struct actor actor;
    bool known = actor_find(&actor);
    /* Whom sudo names and nobody knows is not to be told from a co-administrator. */
    if (known && geteuid() == 0 &&
        (!actor.by_sudo ||
         (actor.name[0] != '\0' && !is_co_administrator(context->config, actor.name))))
        return EXIT_DONE;
    change_log_refusal(context, "%s", what);
    message_error(context, "only root may %s", what);
    return EXIT_REFUSED;
}
