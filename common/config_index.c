/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config_index.h"

#include <stdlib.h>
#include <string.h>

#include "name.h"
#include "tick.h"

struct vmail_config_index {
    struct vmail_index index;
    const struct vmail_paths *paths;
    _Atomic uint64_t tick;               /* when the file was last seen to be what is mapped */
    atomic_bool lost;                    /* it is not */
    atomic_bool unsure;                  /* an answer was needed and could not be had */
    _Atomic(const char *) rows;          /* the blocks, once they have been checked */
    atomic_size_t row_count;             /* set before them */
    _Atomic(struct vmail_config *) text; /* read when the index turned out to be damaged */
};

enum vmail_result vmail_config_from_index(const struct vmail_paths *paths,
                                          const struct vmail_file_state *state,
                                          struct vmail_config **result)
{
    struct vmail_config *config = calloc(1, sizeof *config);
    struct vmail_config_index *own = calloc(1, sizeof *own);
    if (config == NULL || own == NULL ||
        vmail_index_open(paths, VMAIL_INDEX_CONFIG, "", &own->index, NULL) != VMAIL_OK)
        goto none;
    const struct vmail_index_settings *settings = &own->index.header->settings;
    if (!vmail_index_is_of(&own->index, state)) {
        vmail_index_close(&own->index);
        goto none;
    }
    own->paths = paths;
    atomic_init(&own->tick, vmail_tick());
    config->ids = (struct vmail_id_range){ settings->ids_first, settings->ids_last };
    memcpy(config->separators, settings->separators, sizeof config->separators - 1);
    config->fold_case = settings->fold_case != 0;
    config->enumerate = settings->enumerate != 0;
    config->nss_hashes = settings->nss_hashes != 0;
    config->blocks_sum = settings->blocks_sum;
    config->error_count = own->index.header->errors;
    config->index = own;
    *result = config;
    return VMAIL_OK;

none:
    free(own);
    free(config);
    return VMAIL_NOT_FOUND;
}

void vmail_config_index_free(struct vmail_config_index *own)
{
    if (own == NULL)
        return;
    vmail_config_free(atomic_load(&own->text));
    vmail_index_close(&own->index);
    free(own);
}

bool vmail_config_index_lost(const struct vmail_config *config)
{
    return config->index != NULL &&
           atomic_load_explicit(&config->index->lost, memory_order_relaxed);
}

bool vmail_config_index_unsure(const struct vmail_config *config)
{
    return config->index != NULL && atomic_load(&config->index->unsure);
}

/* The text, for answers that the index cannot give; NULL where it cannot be had either. */
static const struct vmail_config *text_of(const struct vmail_config *config)
{
    struct vmail_config_index *own = config->index;
    struct vmail_config *text = atomic_load(&own->text), *fresh;
    if (text != NULL)
        return text;
    if (vmail_config_load(own->paths, &fresh, NULL, NULL, NULL) != VMAIL_OK) {
        atomic_store(&own->lost, true);
        atomic_store(&own->unsure, true);
        return NULL;
    }
    if (atomic_compare_exchange_strong(&own->text, &text, fresh))
        return fresh;
    vmail_config_free(fresh); /* another thread was faster */
    return text;
}

/* Whether the file has not been cut short since it was mapped; asked once a tick. */
static bool is_intact(struct vmail_config_index *own)
{
    const uint64_t tick = vmail_tick();
    if (atomic_load_explicit(&own->tick, memory_order_relaxed) == tick)
        return true;
    if (!vmail_index_intact(&own->index, own->paths, VMAIL_INDEX_CONFIG, "")) {
        atomic_store_explicit(&own->lost, true, memory_order_relaxed);
        return false;
    }
    atomic_store_explicit(&own->tick, tick, memory_order_relaxed);
    return true;
}

/* The string in VALUE, behind its checksum. */
static enum vmail_index_answer checked_string(const void *value, size_t length, const char **string)
{
    uint64_t sum;
    if (value == NULL || length <= sizeof sum)
        return VMAIL_INDEX_UNSURE;
    memcpy(&sum, value, sizeof sum);
    *string = (const char *)value + sizeof sum;
    length -= sizeof sum;
    return sum == vmail_index_sum(0, *string, length) &&
                   memchr(*string, '\0', length) == *string + length - 1
               ? VMAIL_INDEX_HIT
               : VMAIL_INDEX_UNSURE;
}

static enum vmail_index_answer find(const struct vmail_config *config, char type, const void *name,
                                    size_t name_length, const char **string)
{
    char key[1 + VMAIL_DOMAIN_MAX] = { type };
    const void *value;
    size_t length;
    *string = NULL;
    if (name_length > VMAIL_DOMAIN_MAX)
        return VMAIL_INDEX_MISS;
    memcpy(key + 1, name, name_length);
    if (!is_intact(config->index))
        return VMAIL_INDEX_UNSURE;
    enum vmail_index_answer answer =
        vmail_index_get(&config->index->index, key, 1 + name_length, &value, &length);
    return answer == VMAIL_INDEX_HIT ? checked_string(value, length, string) : answer;
}

const char *vmail_config_index_mailbox(const struct vmail_config *config, const char *domain)
{
    const char *mailbox;
    if (find(config, 'd', domain, strlen(domain), &mailbox) != VMAIL_INDEX_UNSURE)
        return mailbox;
    const struct vmail_config *text = text_of(config);
    return text != NULL && vmail_config_has_domain(text, domain)
               ? vmail_config_mailbox(text, domain)
               : NULL;
}

const char *vmail_config_index_alias(const struct vmail_config *config, const char *alias)
{
    const char *domain;
    if (find(config, 'a', alias, strlen(alias), &domain) != VMAIL_INDEX_UNSURE)
        return domain;
    const struct vmail_config *text = text_of(config);
    return text == NULL ? NULL : vmail_config_alias(text, alias);
}

const char *vmail_config_index_address(const struct vmail_config *config,
                                       const struct vmail_address *address)
{
    const char *domain;
    if (find(config, 'A', address->bytes, sizeof address->bytes, &domain) != VMAIL_INDEX_UNSURE)
        return domain;
    const struct vmail_config *text = text_of(config);
    return text == NULL ? NULL : vmail_config_address(text, address);
}

/* The rows, whose checksum is looked at once a process: there may be a good many. */
static enum vmail_index_answer check_rows(struct vmail_config_index *own)
{
    uint64_t sum;
    const void *value;
    size_t length;
    enum vmail_index_answer answer = vmail_index_get(&own->index, "B", 1, &value, &length);
    if (answer != VMAIL_INDEX_HIT)
        return answer;
    if (length < sizeof sum)
        return VMAIL_INDEX_UNSURE;
    memcpy(&sum, value, sizeof sum);
    const char *rows = (const char *)value + sizeof sum;
    length -= sizeof sum;
    if (sum != vmail_index_sum(0, rows, length))
        return VMAIL_INDEX_UNSURE;
    own->row_count = length / sizeof(struct vmail_block_row);
    atomic_store(&own->rows, rows);
    return VMAIL_INDEX_HIT;
}

static enum vmail_index_answer block_rows(struct vmail_config_index *own, const char **rows,
                                          size_t *count)
{
    enum vmail_index_answer answer = is_intact(own) ? VMAIL_INDEX_HIT : VMAIL_INDEX_UNSURE;
    if (answer == VMAIL_INDEX_HIT && atomic_load(&own->rows) == NULL)
        answer = check_rows(own);
    if (answer == VMAIL_INDEX_HIT) {
        *rows = atomic_load(&own->rows);
        *count = own->row_count;
    }
    return answer;
}

static enum vmail_index_answer find_block(const struct vmail_config *config, uint32_t id,
                                          const char **domain, struct vmail_id_range *range)
{
    struct vmail_block_row row;
    const char *rows = NULL;
    size_t low = 0, high = 0;
    enum vmail_index_answer answer = block_rows(config->index, &rows, &high);
    *domain = NULL;
    while (answer == VMAIL_INDEX_HIT && low < high) {
        size_t middle = low + (high - low) / 2;
        memcpy(&row, rows + middle * sizeof row, sizeof row); /* not aligned */
        if (id >= row.first && id <= row.last) {
            *range = (struct vmail_id_range){ row.first, row.last };
            return checked_string(
                cdb_get(&config->index->index.cdb, row.domain.length, row.domain.position),
                row.domain.length, domain);
        }
        if (id < row.first)
            high = middle;
        else
            low = middle + 1;
    }
    return answer == VMAIL_INDEX_HIT ? VMAIL_INDEX_MISS : answer;
}

const char *vmail_config_index_block(const struct vmail_config *config, uint32_t id,
                                     struct vmail_id_range *range)
{
    const char *domain;
    if (find_block(config, id, &domain, range) != VMAIL_INDEX_UNSURE)
        return domain;
    const struct vmail_config *text = text_of(config);
    return text == NULL ? NULL : vmail_config_block_range(text, id, range);
}
