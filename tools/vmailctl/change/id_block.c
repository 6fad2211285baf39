/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "id_block.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "foreign_ids.h"
#include "id_map.h"
#include "id_owners.h"
#include "message.h"
#include "retired_ids.h"

enum { OWNER_MAX = 319 };

/** The ids in use, and what is searched for in them. */
struct survey {
    const struct context *context;
    const char *domain;
    struct vmail_id_range *taken;
    size_t count;
    bool no_memory;
    const struct vmail_id_range *checked; /* NULL to search for a block */
    char owner[OWNER_MAX + 1];            /* who uses an id in CHECKED; "" for nobody */
    bool retired;                         /* CHECKED has ids of deleted users or groups */
};

__attribute__((format(printf, 4, 5))) static void take_ids(struct survey *survey, uint64_t first,
                                                           uint64_t last, const char *format, ...)
{
    if (first > UINT32_MAX)
        return;
    const struct vmail_id_range ids = { (uint32_t)first,
                                        last > UINT32_MAX ? UINT32_MAX : (uint32_t)last };
    if (survey->checked != NULL) {
        va_list arguments;
        if (survey->owner[0] != '\0' || ids.first > survey->checked->last ||
            ids.last < survey->checked->first)
            return;
        va_start(arguments, format);
        vsnprintf(survey->owner, sizeof survey->owner, format, arguments);
        va_end(arguments);
        return;
    }
    struct vmail_id_range *taken =
        vmail_array_append(&survey->taken, &survey->count, sizeof *taken);
    if (taken == NULL)
        survey->no_memory = true;
    else
        *taken = ids;
}

bool id_is_low_in_16_bits(uint32_t id)
{
    return (id & 0xffff) < VMAIL_IDS_LOWEST;
}

static void take_low(struct survey *survey)
{
    const struct vmail_id_range *ids = &survey->context->config->rules.ids;
    for (uint64_t high = ids->first >> 16; high <= ids->last >> 16; high++)
        take_ids(survey, high << 16, (high << 16) + VMAIL_IDS_LOWEST - 1, "16 bits");
}

static void take_blocks(struct survey *survey)
{
    const struct vmail_config *config = survey->context->config;
    take_ids(survey, 65534, 65535, "the kernel (nobody)");
    for (size_t i = 0; i < config->block_count; i++) {
        const struct vmail_ids_row *block = &config->blocks[i];
        const char *owner = config->domains[block->domain].name;
        if (strcmp(owner, survey->domain) != 0)
            take_ids(survey, block->ids.first, block->ids.last, "the block %lu-%lu of %s",
                     (unsigned long)block->ids.first, (unsigned long)block->ids.last, owner);
    }
}

static bool take_record(void *data, const char *domain, const struct vmail_record *record)
{
    struct survey *survey = data;
    uint32_t id = vmail_record_id(record);
    bool user = record->kind == VMAIL_PASSWD;
    take_ids(survey, id, id, "%s@%s (%s %lu)", vmail_record_name(record), domain,
             user ? "uid" : "gid", (unsigned long)id);
    if (user && record->passwd.gid != id)
        take_ids(survey, record->passwd.gid, record->passwd.gid, "%s@%s (gid %lu)",
                 record->passwd.name, domain, (unsigned long)record->passwd.gid);
    return !survey->no_memory;
}

/** Anybody with subordinate ids can become a user who gets one of them. */
static void take_foreign(struct survey *survey)
{
    struct foreign_ids foreign;
    if (!foreign_ids_read(survey->context, &foreign))
        survey->no_memory = true;
    for (size_t i = 0; i < foreign.count; i++)
        take_ids(survey, foreign.range[i].ids.first, foreign.range[i].ids.last, "%s",
                 foreign.range[i].whose);
    foreign_ids_free(&foreign);
}

/**
 * A block chosen by hand may contain some: new users do not get them. Those in the domain's own
 * block are not reported.
 */
static enum exit_code take_retired(struct survey *survey)
{
    const struct context *context = survey->context;
    const struct vmail_id_range *checked = survey->checked;
    struct retired_ids retired;
    enum exit_code code = retired_ids_load(context, &retired);
    for (size_t i = 0; code == EXIT_DONE && i < retired.count; i++) {
        const struct vmail_id_range *range = &retired.range[i];
        if (checked == NULL) {
            take_ids(survey, range->first, range->last, "deleted users");
        } else if (range->first <= checked->last && range->last >= checked->first) {
            const char *owner = vmail_config_block(
                context->config, range->first > checked->first ? range->first : checked->first);
            survey->retired =
                survey->retired || owner == NULL || strcmp(owner, survey->domain) != 0;
        }
    }
    retired_ids_free(&retired);
    return code;
}

static enum exit_code survey_all(struct survey *survey)
{
    take_blocks(survey);
    take_foreign(survey);
    enum exit_code code = take_retired(survey);
    if (code == EXIT_DONE)
        code = id_owners_walk(survey->context, survey->domain, take_record, survey);
    return code == EXIT_DONE && survey->no_memory ? message_no_memory(survey->context) : code;
}

/** The first gap of SIZE ids from FIRST on. */
static bool find_gap(const struct survey *survey, uint32_t first, uint32_t size,
                     struct vmail_id_range *range)
{
    const struct vmail_id_range *ids = &survey->context->config->rules.ids;
    uint64_t next = first < ids->first ? ids->first : first;
    for (size_t i = 0; i < survey->count; i++) {
        const struct vmail_id_range *taken = &survey->taken[i];
        if (taken->first >= next && taken->first - next >= size)
            break;
        if ((uint64_t)taken->last + 1 > next)
            next = (uint64_t)taken->last + 1;
    }
    if (ids->first > ids->last || next + size - 1 > ids->last)
        return false;
    *range = (struct vmail_id_range){ (uint32_t)next, (uint32_t)(next + size - 1) };
    return true;
}

enum exit_code id_block_find(const struct context *context, const char *domain, uint32_t size,
                             struct vmail_id_range *range)
{
    struct survey survey = { .context = context, .domain = domain };
    take_low(&survey);
    enum exit_code code = survey_all(&survey);
    if (survey.count > 0)
        qsort(survey.taken, survey.count, sizeof *survey.taken, retired_ids_compare);
    const bool found = code == EXIT_DONE && (find_gap(&survey, ID_BLOCK_FIRST, size, range) ||
                                             find_gap(&survey, 0, size, range));
    free(survey.taken);
    if (code != EXIT_DONE)
        return code;
    if (found)
        return id_map_check(context, range);
    message_error(context,
                  "no block of %lu free ids in %lu-%lu; use a smaller --ids-size, or extend `ids` "
                  "in [vmail] of vmail.conf",
                  (unsigned long)size, (unsigned long)context->config->rules.ids.first,
                  (unsigned long)context->config->rules.ids.last);
    return EXIT_UNAVAILABLE;
}

enum exit_code id_block_check(const struct context *context, const char *domain,
                              const struct vmail_id_range *range)
{
    const struct vmail_id_range *ids = &context->config->rules.ids;
    struct survey survey = { .context = context, .domain = domain, .checked = range };
    char text[ID_BLOCK_TEXT_MAX + 1];
    id_block_format(text, range);
    if (range->first < ids->first || range->last > ids->last) {
        message_error(context, "%s is not within `ids` of [vmail], %lu-%lu", text,
                      (unsigned long)ids->first, (unsigned long)ids->last);
        return EXIT_BAD_DATA;
    }
    enum exit_code code = id_map_check(context, range);
    if (code != EXIT_DONE)
        return code;
    code = survey_all(&survey);
    if (code == EXIT_DONE && survey.retired)
        message_warning(
            context,
            "%s contains ids of deleted users or groups: new users only get these on request",
            text);
    if (code != EXIT_DONE || survey.owner[0] == '\0')
        return code;
    message_error(context, "%s is not free: %s uses ids in it", text, survey.owner);
    return EXIT_EXISTS;
}

void id_block_format(char out[ID_BLOCK_TEXT_MAX + 1], const struct vmail_id_range *range)
{
    snprintf(out, ID_BLOCK_TEXT_MAX + 1, "%lu-%lu", (unsigned long)range->first,
             (unsigned long)range->last);
}
