/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "id_choice.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "authority.h"
#include "domains.h"
#include "id_block.h"
#include "id_map.h"
#include "id_owners.h"
#include "message.h"
#include "number_set.h"
#include "retired_ids.h"
#include "subordinate_ids.h"

/** What is known of the ids in use. */
struct taken {
    const struct context *context;
    struct vmail_id_ranges ranges; /* where a new one may lie */
    bool has_ranges;               /* they are the domain's own */
    struct vmail_number_set used;
    struct retired_ids retired;
    uint32_t highest; /* within the ranges; 0 for none */
};

static bool take(struct taken *taken, uint32_t id)
{
    if (id > taken->highest && vmail_id_ranges_have(&taken->ranges, id))
        taken->highest = id;
    return vmail_number_set_add(&taken->used, id) != VMAIL_SET_NO_MEMORY;
}

static bool take_record(void *data, const char *domain, const struct vmail_record *record)
{
    struct taken *taken = data;
    (void)domain;
    return take(taken, vmail_record_id(record)) &&
           (record->kind != VMAIL_PASSWD || take(taken, record->passwd.gid));
}

static bool known_to_the_system(uint32_t id)
{
    return getpwuid(id) != NULL || getgrgid(id) != NULL;
}

static bool is_domains(const struct taken *taken, const char *domain, uint32_t id)
{
    const char *owner = vmail_config_block(taken->context->config, id);
    return vmail_config_id_allowed(taken->context->config, id) &&
           (owner == NULL || strcmp(owner, domain) == 0);
}

/** The first free id of RANGE from FIRST on. */
static bool find_free(struct taken *taken, const char *domain, const struct vmail_id_range *range,
                      uint64_t first, uint32_t *id)
{
    for (uint64_t candidate = first < range->first ? range->first : first; candidate <= range->last;
         candidate++) {
        *id = (uint32_t)candidate;
        if (is_domains(taken, domain, *id) && (taken->has_ranges || !id_is_low_in_16_bits(*id)) &&
            vmail_number_set_add(&taken->used, *id) == VMAIL_SET_NEW &&
            !retired_ids_has(&taken->retired, *id) && !known_to_the_system(*id))
            return true;
    }
    return false;
}

static enum exit_code choose_any(struct taken *taken, const char *domain, uint32_t *id)
{
    const struct vmail_id_ranges *ranges = &taken->ranges;
    for (size_t i = 0; i < ranges->count; i++)
        if (find_free(taken, domain, &ranges->range[i], (uint64_t)taken->highest + 1, id))
            return EXIT_DONE;
    for (size_t i = 0; i < ranges->count; i++)
        if (find_free(taken, domain, &ranges->range[i], 0, id))
            return EXIT_DONE;
    message_error(taken->context,
                  "no id is free for %s, because ids of deleted users are not used again; set "
                  "another block of `ids' in vmail.conf",
                  domain);
    return EXIT_UNAVAILABLE;
}

static enum exit_code check_wish(struct taken *taken, const char *domain,
                                 const struct id_wish *wish)
{
    const struct context *context = taken->context;
    const char *owner = vmail_config_block(context->config, wish->id);
    bool inside = taken->has_ranges && vmail_id_ranges_have(&taken->ranges, wish->id);
    if (!vmail_config_id_allowed(context->config, wish->id)) {
        message_error(context, "%lu is not within `ids' of vmail.conf", (unsigned long)wish->id);
        return EXIT_REFUSED;
    }
    if (context->restricted && !inside)
        return authority_refuse(context, "id %lu is not in the block of %s",
                                (unsigned long)wish->id, domain);
    if (owner != NULL && strcmp(owner, domain) != 0) {
        message_error(context, "%lu is in the block of %s", (unsigned long)wish->id, owner);
        return EXIT_REFUSED;
    }
    if (vmail_number_set_add(&taken->used, wish->id) != VMAIL_SET_NEW ||
        known_to_the_system(wish->id)) {
        message_error(context, "the id %lu is already in use", (unsigned long)wish->id);
        return EXIT_EXISTS;
    }
    if (wish->may_be_retired || !retired_ids_has(&taken->retired, wish->id))
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

static bool has_block(const struct vmail_domain_config *section)
{
    return section != NULL && section->ids.count > 0;
}

bool id_choice_needs_lock(const struct context *context, const char *domain)
{
    return !has_block(vmail_config_domain(context->config, domain));
}

enum exit_code id_choice_begin(struct change *change, struct context *context, const char *domain)
{
    const bool ids = id_choice_needs_lock(context, domain);
    enum exit_code code = change_begin(change, context, domain, ids);
    /*
     * Typing a password may have taken long. For co-administrators, change_begin has checked: a
     * file read now may be another one, in which nobody has checked their rights.
     */
    if (code == EXIT_DONE && !context->dry_run && !context->restricted)
        code = context_reread_config(context);
    if (code != EXIT_DONE || ids || !id_choice_needs_lock(context, domain))
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

enum exit_code id_choose(const struct context *context, const char *domain,
                         const struct id_wish *wish, uint32_t *id)
{
    const struct vmail_domain_config *section = vmail_config_domain(context->config, domain);
    struct vmail_id_range any = context->config->ids;
    struct taken taken = { .context = context,
                           .ranges = has_block(section) ? section->ids
                                                        : (struct vmail_id_ranges){ &any, 1 },
                           .has_ranges = has_block(section) };
    const struct id_owners owners = { .function = take_record, .data = &taken };
    enum exit_code code = id_owners_walk(context, &owners);
    if (code == EXIT_DONE)
        code = retired_ids_load(context, &taken.retired);
    *id = wish->id;
    if (code == EXIT_DONE)
        code = wish->id != 0 ? check_wish(&taken, domain, wish) : choose_any(&taken, domain, id);
    if (code == EXIT_DONE)
        code = id_map_check(context, &(struct vmail_id_range){ *id, *id });
    if (code == EXIT_DONE)
        subordinate_ids_warn(context, *id);
    vmail_number_set_free(&taken.used);
    retired_ids_free(&taken.retired);
    return code;
}
