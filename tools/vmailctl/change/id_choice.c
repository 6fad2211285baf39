/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "id_choice.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "authority.h"
#include "change_log.h"
#include "change_config.h"
#include "domains.h"
#include "id_block.h"
#include "id_map.h"
#include "id_pool.h"
#include "message.h"

/** Also by another source of users than its files. */
static bool known_to_the_system(uint32_t id)
{
    return getpwuid(id) != NULL || getgrgid(id) != NULL;
}

static enum exit_code choose_any(struct id_pool *pool, const char *domain, uint32_t *id)
{
    while (id_pool_choose(pool, domain, id))
        if (!known_to_the_system(*id))
            return EXIT_DONE;
    message_error(pool->context,
                  "no id is free for %s, because ids of deleted users are not used again; set "
                  "another block of `ids' in vmail.conf",
                  domain);
    return EXIT_UNAVAILABLE;
}

static enum exit_code check_wish(struct id_pool *pool, const char *domain,
                                 const struct id_wish *wish)
{
    const struct context *context = pool->context;
    const char *owner = vmail_config_block(context->config, wish->id);
    if (!vmail_rules_allow_id(&context->config->rules, wish->id)) {
        message_error(context, "%lu is not within `ids' of vmail.conf", (unsigned long)wish->id);
        return EXIT_REFUSED;
    }
    if (context->restricted && (owner == NULL || strcmp(owner, domain) != 0))
        return authority_refuse(context, "id %lu is not in the block of %s",
                                (unsigned long)wish->id, domain);
    if (owner != NULL && strcmp(owner, domain) != 0) {
        message_error(context, "%lu is in the block of %s", (unsigned long)wish->id, owner);
        return EXIT_REFUSED;
    }
    if (vmail_number_set_add(&pool->uids, wish->id) != VMAIL_SET_NEW ||
        vmail_number_set_add(&pool->gids, wish->id) != VMAIL_SET_NEW ||
        known_to_the_system(wish->id)) {
        message_error(context, "the id %lu is already in use", (unsigned long)wish->id);
        return EXIT_EXISTS;
    }
    if (wish->may_be_retired || !retired_ids_has(&pool->retired, wish->id))
        return EXIT_DONE;
    if (context->restricted)
        return authority_refuse(context, "id %lu belonged to a deleted user or group",
                                (unsigned long)wish->id);
    message_warning(context,
                    "the id %lu belonged to a deleted user or group: files, processes, crontabs "
                    "and at jobs that remain now belong to its new owner",
                    (unsigned long)wish->id);
    return EXIT_DONE;
}

/**
 * Whether a choice for DOMAIN needs the lock for ids: true if it has no block. A block is only used
 * for its own domain, whose lock is enough.
 */
static bool needs_lock(const struct context *context, const char *domain)
{
    return !vmail_config_has_block(context->config, domain);
}

enum exit_code id_choice_begin(struct change *change, struct context *context, const char *domain)
{
    const bool ids = needs_lock(context, domain);
    enum exit_code code = change_begin(change, context, domain, ids);
    /*
     * Typing a password may have taken long. For co-administrators, change_begin has checked: a
     * file read now may be another one, in which nobody has checked their rights.
     */
    if (code == EXIT_DONE && !context->dry_run && !context->restricted)
        code = context_reread_config(context);
    if (code != EXIT_DONE || ids || !needs_lock(context, domain))
        return code;
    struct vmail_file_state state;
    if (!vmail_config_has_domain(context->config, domain) &&
        !vmail_domain_exists(context->paths, domain, &state)) {
        message_error(context, "the domain %s no longer exists", domain);
        return EXIT_NO_SUCH;
    }
    message_error(context, "%s no longer has a block of ids; run the command again", domain);
    return EXIT_UNAVAILABLE;
}

static void warn_if_subordinate(const struct id_pool *pool, uint32_t id)
{
    const struct foreign_range *foreign = foreign_ids_find(&pool->foreign, id, id);
    if (foreign != NULL && foreign->subordinate)
        message_warning(pool->context,
                        "the id %lu also belongs to %s, who can use it in a user namespace; move "
                        "one of the ranges",
                        (unsigned long)id, foreign->whose);
}

/** All ids of a domain with a block must be in it. ID is in nobody's, and free. */
static enum exit_code extend_block(struct change *change, uint32_t id)
{
    char text[ID_BLOCK_TEXT_MAX + 1];
    id_block_format(text, &(struct vmail_id_range){ id, id });
    const struct vmail_config_change addition = { VMAIL_CONFIG_ADD_WORD, "domain", change->domain,
                                                  "ids", text };
    enum exit_code code = change_config(change, &addition, 1);
    if (code == EXIT_DONE)
        change_log(change->context, "domain set %s ids: added %s", change->domain, text);
    return code;
}

static enum exit_code choose_from(struct id_pool *pool, struct change *change,
                                  const struct id_wish *wish, uint32_t *id)
{
    const struct context *context = change->context;
    *id = wish->id;
    enum exit_code code = wish->id != 0 ? check_wish(pool, change->domain, wish)
                                        : choose_any(pool, change->domain, id);
    if (code != EXIT_DONE)
        return code;
    code = id_map_check(context, &(struct vmail_id_range){ *id, *id });
    if (code != EXIT_DONE)
        return code;
    warn_if_subordinate(pool, *id);
    return vmail_config_has_block(context->config, change->domain) &&
                   vmail_config_block(context->config, *id) == NULL
               ? extend_block(change, *id)
               : EXIT_DONE;
}

enum exit_code id_choose(struct change *change, const struct id_wish *wish, uint32_t *id)
{
    struct id_pool pool;
    enum exit_code code = id_pool_read(change->context, &pool);
    if (code == EXIT_DONE)
        code = choose_from(&pool, change, wish, id);
    id_pool_free(&pool);
    return code;
}
