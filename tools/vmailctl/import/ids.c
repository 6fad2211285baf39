/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "import/ids.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "domains.h"
#include "home.h"
#include "message.h"
#include "number.h"
#include "table.h"

static bool note(struct vmail_number_set *set, uint64_t id)
{
    return vmail_number_set_add(set, id) != VMAIL_SET_NO_MEMORY;
}

static bool note_record(struct import_ids *ids, const struct vmail_record *record)
{
    if (record->kind == VMAIL_PASSWD)
        return note(&ids->uids, record->passwd.uid) && note(&ids->gids, record->passwd.gid);
    return note(&ids->gids, record->group.gid);
}

static enum exit_code load_domain(struct import_ids *ids, const struct context *context,
                                  enum vmail_kind kind, const char *domain)
{
    struct vmail_table table;
    struct vmail_record record;
    struct vmail_error error = { 0 };
    enum exit_code code = EXIT_DONE;
    enum vmail_result result =
        vmail_table_open(&table, context->paths, context->config, kind, domain, &error);
    if (result == VMAIL_NOT_FOUND)
        return EXIT_DONE;
    if (result != VMAIL_OK)
        return message_result(context, result, &error);
    while (code == EXIT_DONE && (result = vmail_table_next(&table, &record)) == VMAIL_OK)
        if (!note_record(ids, &record))
            code = message_no_memory(context);
    if (code == EXIT_DONE && result != VMAIL_NOT_FOUND)
        code = message_read_failed(context, kind, domain);
    vmail_table_close(&table);
    return code;
}

/** Calls TAKE for each line of the system's file PATH; one that is not there has none. */
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
           note_record(ids, &record);
}

static bool take_group(struct import_ids *ids, char *line, size_t length)
{
    struct vmail_record record;
    return vmail_record_parse(VMAIL_GROUP, line, length, &record) != NULL ||
           note_record(ids, &record);
}

/** A line of subuid(5): owner:first:count. */
static bool take_range(struct import_ids *ids, char *line, size_t length)
{
    uint64_t first, count;
    char *start = memchr(line, ':', length);
    char *number = start == NULL ? NULL : strchr(start + 1, ':');
    if (number == NULL ||
        !vmail_number_parse(start + 1, (size_t)(number - start - 1), UINT32_MAX, &first) ||
        !vmail_number_parse(number + 1, strlen(number + 1), UINT32_MAX, &count) || count == 0)
        return true;
    if (ids->range_count == ids->range_room) {
        size_t room = ids->range_room == 0 ? 16 : ids->range_room * 2;
        struct vmail_id_range *larger = reallocarray(ids->ranges, room, sizeof *larger);
        if (larger == NULL)
            return false;
        ids->ranges = larger;
        ids->range_room = room;
    }
    uint64_t last = first + count - 1;
    ids->ranges[ids->range_count++] =
        (struct vmail_id_range){ (uint32_t)first, last > UINT32_MAX ? UINT32_MAX : (uint32_t)last };
    return true;
}

enum exit_code import_ids_load(struct import_ids *ids, const struct context *context)
{
    struct vmail_domain_list list;
    struct vmail_error error = { 0 };
    *ids = (struct import_ids){ .config = context->config };
    enum vmail_result result = vmail_domains_list(context->paths, &list, &error);
    if (result != VMAIL_OK)
        return message_result(context, result, &error);
    enum exit_code code = EXIT_DONE;
    for (size_t i = 0; code == EXIT_DONE && i < list.count; i++) {
        code = load_domain(ids, context, VMAIL_PASSWD, list.name[i]);
        if (code == EXIT_DONE)
            code = load_domain(ids, context, VMAIL_GROUP, list.name[i]);
    }
    vmail_domains_free(&list);
    if (code == EXIT_DONE)
        code = each_line(ids, context, context->paths->system_passwd, take_passwd);
    if (code == EXIT_DONE)
        code = each_line(ids, context, context->paths->system_group, take_group);
    if (code == EXIT_DONE)
        code = each_line(ids, context, "/etc/subuid", take_range);
    if (code == EXIT_DONE)
        code = each_line(ids, context, "/etc/subgid", take_range);
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
    return (block == NULL || strcmp(block, domain) == 0) && !in_range(ids, (uint32_t)id);
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

void import_ids_avoid_owners(struct import_ids *ids, const char *domain)
{
    char path[sizeof VMAIL_HOME_ROOT + 1 + VMAIL_DOMAIN_MAX];
    struct dirent *entry;
    struct stat status;
    snprintf(path, sizeof path, "%s/%s", VMAIL_HOME_ROOT, domain);
    DIR *directory = opendir(path);
    if (directory == NULL)
        return;
    while ((entry = readdir(directory)) != NULL)
        if (fstatat(dirfd(directory), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
            vmail_number_set_add(&ids->uids, status.st_uid);
            vmail_number_set_add(&ids->gids, status.st_gid);
        }
    closedir(directory);
}

bool import_ids_new(struct import_ids *ids, const struct import_plan *plan, size_t domain,
                    uint32_t *id)
{
    const char *name = plan->domains[domain].name;
    const struct vmail_domain_config *section = vmail_config_domain(ids->config, name);
    bool has_block = section != NULL && section->ids.first <= section->ids.last;
    struct vmail_id_range range = has_block ? section->ids : ids->config->ids;
    if (ids->next_in_domain == NULL) {
        ids->next_in_domain = calloc(plan->domain_count, sizeof *ids->next_in_domain);
        ids->domain_count = plan->domain_count;
        if (ids->next_in_domain == NULL)
            return false;
    }
    uint32_t *next = has_block ? &ids->next_in_domain[domain] : &ids->next;
    for (uint64_t candidate = *next == 0 ? range.first : *next; candidate <= range.last;
         candidate++) {
        *next = (uint32_t)candidate;
        if (!has_block && vmail_config_block(ids->config, (uint32_t)candidate) != NULL)
            continue;
        if (import_ids_take_uid(ids, name, (int64_t)candidate, true)) {
            *id = (uint32_t)candidate;
            return true;
        }
    }
    return false;
}

void import_ids_free(struct import_ids *ids)
{
    vmail_number_set_free(&ids->uids);
    vmail_number_set_free(&ids->gids);
    free(ids->ranges);
    free(ids->next_in_domain);
}
