/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ids_compile.h"

#include <errno.h>
#include <string.h>

#include "domains.h"
#include "ids_index.h"
#include "index_writer.h"
#include "number_set.h"
#include "table.h"

struct ids {
    struct vmail_index_writer writer;
    const struct vmail_paths *paths;
    const struct vmail_config *config;
    const struct vmail_index_effort *effort;
    struct vmail_number_set taken; /* uids, and gids with a bit beyond */
    struct vmail_error *error;
};

static const uint64_t group_bit = (uint64_t)1 << 32;

static enum vmail_result no_memory(struct ids *ids)
{
    vmail_error_set(ids->error, ENOMEM, "out of memory while making the index of ids");
    return VMAIL_NO_MEMORY;
}

static enum vmail_result add_id(struct ids *ids, enum vmail_kind kind, uint32_t id,
                                const char *domain)
{
    char key[1 + sizeof id] = { kind == VMAIL_GROUP ? 'g' : 'i' };
    char value[sizeof(uint64_t) + VMAIL_DOMAIN_MAX + 1];
    const size_t length = strlen(domain) + 1;
    const char *block = vmail_config_block(ids->config, id);
    if (block != NULL && strcmp(block, domain) == 0)
        return VMAIL_OK;
    switch (vmail_number_set_add(&ids->taken, id | (kind == VMAIL_GROUP ? group_bit : 0))) {
    case VMAIL_SET_NEW:
        break;
    case VMAIL_SET_OLD:
        return VMAIL_OK;
    case VMAIL_SET_NO_MEMORY:
        return no_memory(ids);
    }
    memcpy(key + 1, &id, sizeof id);
    const uint64_t sum = vmail_index_sum(0, domain, length);
    memcpy(value, &sum, sizeof sum);
    memcpy(value + sizeof sum, domain, length);
    ids->writer.header.entries++;
    return vmail_index_writer_add(&ids->writer, key, sizeof key, value, sizeof sum + length, NULL);
}

/* Reads KIND.DOMAIN; SEEN becomes its state. VMAIL_NOT_FOUND: this domain cannot be covered. */
static enum vmail_result add_file(struct ids *ids, enum vmail_kind kind, const char *domain,
                                  struct vmail_file_state *seen)
{
    struct vmail_table table;
    struct vmail_record record;
    enum vmail_result result =
        vmail_table_open(&table, ids->paths, ids->config, kind, domain, NULL);
    memset(seen, 0, sizeof *seen);
    if (result == VMAIL_NOT_FOUND && kind == VMAIL_GROUP)
        return VMAIL_OK;
    if (result != VMAIL_OK)
        return result == VMAIL_NO_MEMORY ? no_memory(ids) : VMAIL_NOT_FOUND;
    *seen = table.state;
    bool settled = vmail_file_state_settle(&table.state, ids->effort->milliseconds);
    while ((result = vmail_table_next(&table, &record)) == VMAIL_OK) {
        result = add_id(ids, kind, vmail_record_id(&record), domain);
        if (result != VMAIL_OK)
            break;
    }
    bool whole = result == VMAIL_NOT_FOUND && settled;
    vmail_table_close(&table);
    if (result == VMAIL_OK || result == VMAIL_NOT_FOUND)
        return whole ? VMAIL_OK : VMAIL_NOT_FOUND;
    return result == VMAIL_NO_MEMORY ? no_memory(ids) : result;
}

static enum vmail_result add_domain(struct ids *ids, const char *domain)
{
    char key[1 + VMAIL_DOMAIN_MAX] = { 's' };
    struct vmail_ids_seen seen;
    struct vmail_file_state passwd, group;
    memset(&seen, 0, sizeof seen);
    enum vmail_result result = add_file(ids, VMAIL_PASSWD, domain, &seen.passwd);
    if (result == VMAIL_OK)
        result = add_file(ids, VMAIL_GROUP, domain, &seen.group);
    if (result != VMAIL_OK)
        return result == VMAIL_NOT_FOUND ? VMAIL_OK : result;
    if (!vmail_file_look(ids->paths, VMAIL_PASSWD, domain, &passwd) ||
        !vmail_file_look(ids->paths, VMAIL_GROUP, domain, &group) ||
        !vmail_file_state_equal(&passwd, &seen.passwd) ||
        !vmail_file_state_equal(&group, &seen.group))
        return VMAIL_OK; /* it has changed while it was read */
    seen.sum = vmail_ids_seen_sum(&seen);
    const size_t length = strlen(domain);
    memcpy(key + 1, domain, length);
    return vmail_index_writer_add(&ids->writer, key, 1 + length, &seen, sizeof seen, NULL);
}

static enum vmail_result write_ids(struct ids *ids, const struct vmail_domain_list *list)
{
    enum vmail_result result = VMAIL_OK;
    for (size_t i = 0; i < list->count && result == VMAIL_OK; i++)
        result = add_domain(ids, list->name[i]);
    if (result == VMAIL_OK)
        return vmail_index_writer_finish(&ids->writer, NULL, 0644, 0);
    vmail_index_writer_abort(&ids->writer);
    return result;
}

enum vmail_result vmail_ids_compile(const struct vmail_paths *paths,
                                    const struct vmail_config *config,
                                    const struct vmail_index_effort *effort,
                                    struct vmail_error *error)
{
    struct ids ids = { .paths = paths, .config = config, .effort = effort, .error = error };
    struct vmail_domain_list list;
    const struct vmail_index_settings settings = vmail_index_settings(config);
    enum vmail_result result = vmail_domains_list(paths, &list, error);
    if (result != VMAIL_OK)
        return result == VMAIL_NOT_FOUND ? VMAIL_OK : result;
    result = vmail_index_writer_start(&ids.writer, paths, VMAIL_INDEX_IDS, "", &settings,
                                      effort->seconds, error);
    if (result == VMAIL_OK)
        result = write_ids(&ids, &list);
    vmail_number_set_free(&ids.taken);
    vmail_domains_free(&list);
    return result;
}
