/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "alias_left.h"

#include <strings.h>

#include "alias_set.h"
#include "message.h"
#include "name.h"

static bool leads_to(const struct vmail_alias *alias, const char *user, const char *canonical)
{
    for (size_t i = 0; i < alias->target_count; i++)
        if (strcasecmp(alias->target[i].text, user) == 0 ||
            strcasecmp(alias->target[i].text, canonical) == 0)
            return true;
    return false;
}

void alias_left_warn(const struct context *context, const struct vmail_identity *user)
{
    struct vmail_alias_set set = { 0 };
    struct vmail_error error = { 0 };
    char canonical[VMAIL_CANONICAL_MAX + 1];
    vmail_name_join(canonical, user->user, user->domain);
    if (context->dry_run || vmail_alias_set_read(context->paths, context->config, user->domain,
                                                 &set, &error) != VMAIL_OK) {
        vmail_alias_set_end(&set);
        return;
    }
    const bool is_alias = vmail_alias_set_find(&set, user->user, NULL) != NULL;
    for (size_t i = 0; i < set.count && !is_alias; i++) {
        const struct vmail_alias_file *file = &set.file[i];
        for (size_t k = 0; k < file->aliases.count; k++) {
            const struct vmail_alias *alias = &file->aliases.alias[k];
            if (alias->reason == NULL && leads_to(alias, user->user, canonical))
                message_warning(context, "%s:%lu: the alias %s still leads to %s", file->path,
                                alias->line, alias->name, canonical);
        }
    }
    vmail_alias_set_end(&set);
}
