/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "id_pool.h"

#include <stdlib.h>
#include <string.h>

#include "id_block.h"
#include "id_owners.h"
#include "message.h"

/** Also true if an earlier block overlaps its ranges, unlike vmail_config_has_block: then no id is
 * free for it, until somebody writes other ranges. */
static bool has_ranges(const struct vmail_domain_config *section)
{
    return section != NULL && section->ids.count > 0;
}

/** The pool's `last' for the block of DOMAIN; NULL means ids outside all blocks. */
static uint32_t *last_of(const struct id_pool *pool, const char *domain)
{
    const struct vmail_config *config = pool->context->config;
    const struct vmail_domain_config *section =
        domain == NULL ? NULL : vmail_config_domain(config, domain);
    return &pool->last[has_ranges(section) ? (size_t)(section - config->domains)
                                           : config->domain_count];
}

static bool note_id(struct id_pool *pool, struct vmail_number_set *set, uint32_t id)
{
    uint32_t *last = last_of(pool, vmail_config_block(pool->context->config, id));
    if (id > *last && vmail_rules_allow_id(&pool->context->config->rules, id))
        *last = id;
    return vmail_number_set_add(set, id) != VMAIL_SET_NO_MEMORY;
}

static bool note_record(void *data, const char *domain, const struct vmail_record *record)
{
    struct id_pool *pool = data;
    (void)domain;
    return record->kind == VMAIL_PASSWD ? note_id(pool, &pool->uids, record->passwd.uid) &&
                                              note_id(pool, &pool->gids, record->passwd.gid)
                                        : note_id(pool, &pool->gids, record->group.gid);
}

enum exit_code id_pool_read(const struct context *context, struct id_pool *pool)
{
    *pool = (struct id_pool){ .context = context };
    pool->last = calloc(context->config->domain_count + 1, sizeof *pool->last);
    if (pool->last == NULL)
        return message_no_memory(context);
    enum exit_code code = id_owners_walk(context, NULL, note_record, pool);
    if (code != EXIT_DONE)
        return code;
    code = retired_ids_load(context, &pool->retired);
    if (code != EXIT_DONE)
        return code;
    return foreign_ids_read(context, &pool->foreign) ? EXIT_DONE : message_no_memory(context);
}

static bool is_foreign(const struct id_pool *pool, uint32_t id, bool own_block)
{
    const struct foreign_range *foreign = foreign_ids_find(&pool->foreign, id, id);
    return foreign != NULL && !(foreign->subordinate && own_block);
}

bool id_pool_take(struct id_pool *pool, const char *domain, uint32_t id, bool uid, bool gid)
{
    const struct vmail_config *config = pool->context->config;
    const char *owner = vmail_config_block(config, id);
    const bool its_own =
        owner == NULL ? !vmail_config_has_block(config, domain) : strcmp(owner, domain) == 0;
    return vmail_rules_allow_id(&config->rules, id) && its_own &&
           !is_foreign(pool, id, owner != NULL) && !retired_ids_has(&pool->retired, id) &&
           (!uid || vmail_number_set_add(&pool->uids, id) == VMAIL_SET_NEW) &&
           (!gid || vmail_number_set_add(&pool->gids, id) == VMAIL_SET_NEW);
}

static bool choose_from(struct id_pool *pool, const char *domain,
                        const struct vmail_id_ranges *ranges, uint64_t first, uint32_t *id)
{
    const struct vmail_domain_config *section = vmail_config_domain(pool->context->config, domain);
    for (size_t i = 0; i < ranges->count; i++) {
        const struct vmail_id_range *range = &ranges->range[i];
        for (uint64_t candidate = first < range->first ? range->first : first;
             candidate <= range->last; candidate++) {
            *id = (uint32_t)candidate;
            if ((has_ranges(section) || !id_is_low_in_16_bits(*id)) &&
                id_pool_take(pool, domain, *id, true, true))
                return true;
        }
    }
    return false;
}

bool id_pool_choose(struct id_pool *pool, const char *domain, uint32_t *id)
{
    const struct vmail_config *config = pool->context->config;
    const struct vmail_domain_config *section = vmail_config_domain(config, domain);
    struct vmail_id_range any = config->rules.ids;
    const struct vmail_id_ranges ranges =
        has_ranges(section) ? section->ids : (struct vmail_id_ranges){ &any, 1 };
    uint32_t *last = last_of(pool, domain);
    if (!choose_from(pool, domain, &ranges, (uint64_t)*last + 1, id) &&
        !choose_from(pool, domain, &ranges, 0, id))
        return false;
    *last = *id;
    return true;
}

void id_pool_free(struct id_pool *pool)
{
    vmail_number_set_free(&pool->uids);
    vmail_number_set_free(&pool->gids);
    retired_ids_free(&pool->retired);
    foreign_ids_free(&pool->foreign);
    free(pool->last);
}
