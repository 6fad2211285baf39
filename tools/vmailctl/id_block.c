/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "id_block.h"

#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain_rows.h"
#include "message.h"
#include "number.h"
#include "table.h"

enum { OWNER_MAX = 319 };

/** Everybody's ids, and what is looked for in them. */
struct survey {
    const struct context *context;
    const char *domain;
    struct vmail_id_range *taken;
    size_t count, room;
    bool no_memory;
    const struct vmail_id_range *checked; /* NULL where a block is to be found */
    char owner[OWNER_MAX + 1];            /* who has an id in CHECKED; "" for nobody */
};

__attribute__((format(printf, 4, 5))) static void take(struct survey *survey, uint64_t first,
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
    if (survey->count == survey->room) {
        size_t room = survey->room == 0 ? 64 : survey->room * 2;
        struct vmail_id_range *more = reallocarray(survey->taken, room, sizeof *more);
        if (more == NULL) {
            survey->no_memory = true;
            return;
        }
        survey->taken = more;
        survey->room = room;
    }
    survey->taken[survey->count++] = ids;
}

static void take_blocks(struct survey *survey)
{
    const struct vmail_config *config = survey->context->config;
    take(survey, 65534, 65535, "the kernel, to which it means nobody,");
    for (size_t i = 0; i < config->block_count; i++) {
        const struct vmail_ids_row *block = &config->blocks[i];
        const char *owner = config->domains[block->domain].name;
        if (strcmp(owner, survey->domain) != 0)
            take(survey, block->ids.first, block->ids.last, "the block %lu-%lu of %s",
                 (unsigned long)block->ids.first, (unsigned long)block->ids.last, owner);
    }
}

static enum exit_code take_table(struct survey *survey, enum vmail_kind kind, const char *domain)
{
    const struct context *context = survey->context;
    struct vmail_table table;
    struct vmail_record record;
    struct vmail_error error = { 0 };
    enum vmail_result result =
        vmail_table_open(&table, context->paths, context->config, kind, domain, &error);
    if (result == VMAIL_NOT_FOUND)
        return EXIT_DONE;
    if (result != VMAIL_OK)
        return message_result(context, result, &error);
    while ((result = vmail_table_next(&table, &record)) == VMAIL_OK) {
        uint32_t id = vmail_record_id(&record);
        take(survey, id, id, "%s@%s (%s %lu)", vmail_record_name(&record), domain,
             kind == VMAIL_PASSWD ? "uid" : "gid", (unsigned long)id);
        if (kind == VMAIL_PASSWD && record.passwd.gid != id)
            take(survey, record.passwd.gid, record.passwd.gid, "%s@%s (gid %lu)",
                 record.passwd.name, domain, (unsigned long)record.passwd.gid);
    }
    vmail_table_close(&table);
    return result == VMAIL_NOT_FOUND ? EXIT_DONE : message_read_failed(context, kind, domain);
}

static enum exit_code take_domains(struct survey *survey)
{
    struct vmail_domain_list list;
    enum exit_code code = domain_rows_names(survey->context, &list);
    if (code != EXIT_DONE)
        return code;
    for (size_t i = 0; i < list.count && code == EXIT_DONE; i++) {
        if (strcmp(list.name[i], survey->domain) == 0)
            continue;
        code = take_table(survey, VMAIL_PASSWD, list.name[i]);
        if (code == EXIT_DONE)
            code = take_table(survey, VMAIL_GROUP, list.name[i]);
    }
    vmail_domains_free(&list);
    return code;
}

/** The system's own files, not NSS, which would name our users as well. */
static void take_system(struct survey *survey)
{
    const struct vmail_paths *paths = survey->context->paths;
    const struct passwd *user;
    const struct group *group;
    FILE *file = fopen(paths->system_passwd, "re");
    while (file != NULL && (user = fgetpwent(file)) != NULL)
        take(survey, user->pw_uid, user->pw_uid, "the system user %s", user->pw_name);
    if (file != NULL)
        fclose(file);
    file = fopen(paths->system_group, "re");
    while (file != NULL && (group = fgetgrent(file)) != NULL)
        take(survey, group->gr_gid, group->gr_gid, "the system group %s", group->gr_name);
    if (file != NULL)
        fclose(file);
}

/** NAME:FIRST:COUNT, subuid(5); whoever has such ids can become a user who gets one of them. */
static void take_subordinate(struct survey *survey, const char *path)
{
    char *line = NULL;
    size_t room = 0;
    FILE *file = fopen(path, "re");
    while (file != NULL && getline(&line, &room, file) >= 0) {
        char *rest = line;
        const char *name = strsep(&rest, ":"), *start = strsep(&rest, ":");
        const char *number = strsep(&rest, "\n");
        uint64_t first, count;
        if (start != NULL && number != NULL && name[0] != '#' &&
            vmail_number_parse(start, strlen(start), UINT32_MAX, &first) &&
            vmail_number_parse(number, strlen(number), UINT32_MAX, &count) && count > 0)
            take(survey, first, first + count - 1, "%s, by %s,", name, path);
    }
    free(line);
    if (file != NULL)
        fclose(file);
}

static enum exit_code survey_all(struct survey *survey)
{
    take_blocks(survey);
    take_system(survey);
    take_subordinate(survey, "/etc/subuid");
    take_subordinate(survey, "/etc/subgid");
    enum exit_code code = take_domains(survey);
    return survey->no_memory ? message_no_memory(survey->context) : code;
}

static int compare(const void *a, const void *b)
{
    const struct vmail_id_range *first = a, *second = b;
    return first->first < second->first ? -1 : first->first > second->first;
}

/** The first gap of SIZE ids. */
static bool find_gap(struct survey *survey, uint32_t size, struct vmail_id_range *range)
{
    const struct vmail_id_range *ids = &survey->context->config->ids;
    uint64_t next = ids->first;
    if (survey->count > 0)
        qsort(survey->taken, survey->count, sizeof *survey->taken, compare);
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
    enum exit_code code = survey_all(&survey);
    if (code == EXIT_DONE && !find_gap(&survey, size, range)) {
        message_error(context,
                      "no %lu ids in a row are free within %lu-%lu; ask for fewer with --ids-size, "
                      "or widen `ids` in [vmail] of vmail.conf",
                      (unsigned long)size, (unsigned long)context->config->ids.first,
                      (unsigned long)context->config->ids.last);
        code = EXIT_UNAVAILABLE;
    }
    free(survey.taken);
    return code;
}

enum exit_code id_block_check(const struct context *context, const char *domain,
                              const struct vmail_id_range *range)
{
    const struct vmail_id_range *ids = &context->config->ids;
    struct survey survey = { .context = context, .domain = domain, .checked = range };
    if (range->first < ids->first || range->last > ids->last) {
        message_error(context, "%lu-%lu is not within `ids` of [vmail], %lu-%lu",
                      (unsigned long)range->first, (unsigned long)range->last,
                      (unsigned long)ids->first, (unsigned long)ids->last);
        return EXIT_BAD_DATA;
    }
    enum exit_code code = survey_all(&survey);
    if (code != EXIT_DONE || survey.owner[0] == '\0')
        return code;
    message_error(context, "%lu-%lu is not free: %s has ids of it", (unsigned long)range->first,
                  (unsigned long)range->last, survey.owner);
    return EXIT_EXISTS;
}

void id_block_format(char out[ID_BLOCK_TEXT_MAX + 1], const struct vmail_id_range *range)
{
    snprintf(out, ID_BLOCK_TEXT_MAX + 1, "%lu-%lu", (unsigned long)range->first,
             (unsigned long)range->last);
}
