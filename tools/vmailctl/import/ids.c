/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/ids.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "id_block.h"
#include "id_owners.h"
#include "message.h"
#include "subordinate_ids.h"

static bool note(struct vmail_number_set *set, uint64_t id)
{
    return vmail_number_set_add(set, id) != VMAIL_SET_NO_MEMORY;
}

static bool note_record(void *data, const char *domain, const struct vmail_record *record)
{
    struct import_ids *ids = data;
    (void)domain;
    if (record->kind == VMAIL_PASSWD)
        return note(&ids->uids, record->passwd.uid) && note(&ids->gids, record->passwd.gid);
    return note(&ids->gids, record->group.gid);
}

/** Calls TAKE for each line of the system's file PATH; a missing file has none. */
static enum exit_code each_line(struct import_ids *ids, const struct context *context,
                                const char *path,
                                bool (*take)(struct import_ids *ids, char *line, size_t length))
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    bool good = true;
    FILE *file = path == NULL ? NULL : fopen(path, "re");
    if (file == NULL)
        return EXIT_DONE;
    while (good && (length = getline(&line, &size, file)) >= 0) {
        if (length > 0 && line[length - 1] == '\n')
            line[--length] = '\0';
        good = take(ids, line, (size_t)length);
    }
    free(line);
    fclose(file);
    return good ? EXIT_DONE : message_no_memory(context);
}

static bool take_passwd(struct import_ids *ids, char *line, size_t length)
{
    struct vmail_record record;
    return vmail_record_parse(VMAIL_PASSWD, line, length, &record) != NULL ||
           note_record(ids, NULL, &record);
}

static bool take_group(struct import_ids *ids, char *line, size_t length)
{
    struct vmail_record record;
    return vmail_record_parse(VMAIL_GROUP, line, length, &record) != NULL ||
           note_record(ids, NULL, &record);
}

static bool take_range(void *data, const char *file, const char *whose, uint32_t first,
                       uint32_t last)
{
    struct import_ids *ids = data;
    (void)file;
    (void)whose;
    struct vmail_id_range *range =
        vmail_array_append(&ids->ranges, &ids->range_count, sizeof *range);
    if (range != NULL)
        *range = (struct vmail_id_range){ first, last };
    return range != NULL;
}

enum exit_code import_ids_load(struct import_ids *ids, const struct context *context)
{
    *ids = (struct import_ids){ .context = context, .config = context->config };
    const struct id_owners owners = { .function = note_record, .data = ids };
    enum exit_code code = id_owners_walk(context, &owners);
    if (code == EXIT_DONE)
        code = each_line(ids, context, context->paths->system_passwd, take_passwd);
    if (code == EXIT_DONE)
        code = each_line(ids, context, context->paths->system_group, take_group);
    if (code == EXIT_DONE && !subordinate_ids_walk(take_range, ids))
        code = message_no_memory(context);
    if (code == EXIT_DONE)
        code = retired_ids_load(context, &ids->retired);
    return code;
}

static bool in_range(const struct import_ids *ids, uint32_t id)
{
    for (size_t i = 0; i < ids->range_count; i++)
        if (id >= ids->ranges[i].first && id <= ids->ranges[i].last)
            return true;
    return false;
}

static bool possible(const struct import_ids *ids, const char *domain, int64_t id)
{
    if (id < 0 || id > UINT32_MAX || !vmail_config_id_allowed(ids->config, (uint32_t)id))
        return false;
    const char *block = vmail_config_block(ids->config, (uint32_t)id);
    return (block == NULL || strcmp(block, domain) == 0) && !in_range(ids, (uint32_t)id) &&
           !retired_ids_has(&ids->retired, (uint32_t)id);
}

bool import_ids_take_uid(struct import_ids *ids, const char *domain, int64_t uid, bool as_gid)
{
    return possible(ids, domain, uid) &&
           vmail_number_set_add(&ids->uids, (uint64_t)uid) == VMAIL_SET_NEW &&
           (!as_gid || vmail_number_set_add(&ids->gids, (uint64_t)uid) == VMAIL_SET_NEW);
}

bool import_ids_take_gid(struct import_ids *ids, const char *domain, int64_t gid)
{
    return possible(ids, domain, gid) &&
           vmail_number_set_add(&ids->gids, (uint64_t)gid) == VMAIL_SET_NEW;
}

bool import_ids_new(struct import_ids *ids, const struct import_plan *plan, size_t domain,
                    uint32_t *id)
{
    const char *name = plan->domains[domain].name;
    const struct vmail_domain_config *section = vmail_config_domain(ids->config, name);
    bool has_block = section != NULL && section->ids.count > 0;
    struct vmail_id_range any = ids->config->ids;
    const struct vmail_id_ranges ranges =
        has_block ? section->ids : (struct vmail_id_ranges){ &any, 1 };
    if (ids->next_in_domain == NULL) {
        ids->next_in_domain = calloc(plan->domain_count, sizeof *ids->next_in_domain);
        ids->domain_count = plan->domain_count;
        if (ids->next_in_domain == NULL)
            return false;
    }
    uint32_t *next = has_block ? &ids->next_in_domain[domain] : &ids->next;
    for (size_t i = 0; i < ranges.count; i++) {
        const struct vmail_id_range *range = &ranges.range[i];
        for (uint64_t candidate = *next < range->first ? range->first : *next;
             candidate <= range->last; candidate++) {
            *next = (uint32_t)candidate;
            if (!has_block && (vmail_config_block(ids->config, (uint32_t)candidate) != NULL ||
                               id_is_low_in_16_bits((uint32_t)candidate)))
                continue;
            if (import_ids_take_uid(ids, name, (int64_t)candidate, true)) {
                *id = (uint32_t)candidate;
                return true;
            }
        }
    }
    return false;
}

void import_ids_free(struct import_ids *ids)
{
    vmail_number_set_free(&ids->uids);
    vmail_number_set_free(&ids->gids);
    retired_ids_free(&ids->retired);
    free(ids->ranges);
    free(ids->next_in_domain);
}
