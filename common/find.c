/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "find.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tick.h"

/* The one system call of a look-up in a warm process. */
static bool look(const struct vmail_shared_index *shared, struct vmail_file_state *state)
{
    struct stat status;
    if (stat(vmail_shared_text(shared), &status) != 0)
        return false;
    *state = vmail_file_state(&status);
    return true;
}

struct vmail_shared_index *vmail_find_index(const struct vmail_paths *paths,
                                            const struct vmail_config *config, enum vmail_kind kind,
                                            const char *domain, const struct vmail_file_state *seen)
{
    struct vmail_file_state state;
    struct vmail_shared_index *shared = vmail_index_cache_get(paths, kind, domain);
    if (shared == NULL)
        return NULL;
    if (seen == NULL) {
        seen = &state;
        if (!look(shared, &state)) {
            vmail_index_cache_release(shared);
            return NULL;
        }
    }
    if (vmail_index_fresh(vmail_shared_index(shared), seen, config))
        return shared;
    shared = vmail_index_cache_renew(paths, shared);
    if (shared == NULL || vmail_index_fresh(vmail_shared_index(shared), seen, config))
        return shared;
    vmail_index_cache_release(shared);
    return NULL;
}

/* Whether SHARED was made with the settings in force, and "user@domain" means what it seems to: by
 * what was found out before, under the same version of the configuration, or by looking now. */
static bool suits(struct vmail_shared_index *shared)
{
    const struct vmail_config *config;
    struct vmail_shared_config *own;
    if (vmail_shared_suits(shared, vmail_config_cache_version(vmail_tick())))
        return true;
    if (vmail_config_cache_get(&config, &own) != VMAIL_OK)
        return false;
    const bool suitable =
        *config->separators == '\0' && vmail_index_made_with(vmail_shared_index(shared), config);
    if (suitable)
        vmail_shared_set_suits(shared, vmail_shared_config_version(own));
    vmail_config_cache_release(own);
    return suitable;
}

/* Whether SHARED (which may be NULL) is right now; else gives it back. */
static bool is_right(struct vmail_shared_index *shared)
{
    struct vmail_file_state state;
    if (shared == NULL)
        return false;
    if (suits(shared) && look(shared, &state) &&
        vmail_index_is_of(vmail_shared_index(shared), &state))
        return true;
    vmail_index_cache_release(shared);
    return false;
}

static enum vmail_index_answer take_hit(struct vmail_shared_index *shared,
                                        enum vmail_index_answer answer,
                                        const struct vmail_index_hit *hit,
                                        struct vmail_found *found)
{
    if (answer != VMAIL_INDEX_HIT) {
        vmail_index_cache_release(shared);
        return answer;
    }
    found->record = hit->record;
    found->index = shared;
    found->domain = vmail_shared_domain(shared);
    found->fold = vmail_shared_index(shared)->header->settings.fold_case != 0;
    found->table = NULL;
    return VMAIL_INDEX_HIT;
}

enum vmail_index_answer vmail_find_quickly(const struct vmail_paths *paths, const char *name,
                                           struct vmail_found *found)
{
    struct vmail_index_hit hit;
    char key[1 + VMAIL_USER_MAX] = { 'n' };
    const char *separator = strchr(name, VMAIL_SEPARATOR);
    if (separator == NULL || separator - name > VMAIL_USER_MAX ||
        strchr(separator + 1, VMAIL_SEPARATOR) != NULL)
        return VMAIL_INDEX_UNSURE;
    struct vmail_shared_index *shared = vmail_index_cache_peek(paths, VMAIL_PASSWD, separator + 1);
    if (!is_right(shared))
        return VMAIL_INDEX_UNSURE;
    struct vmail_index *index = vmail_shared_index(shared);
    const bool fold = index->header->settings.fold_case != 0;
    size_t length = 1;
    for (; name < separator; name++)
        key[length++] = fold ? vmail_fold(*name) : *name;
    enum vmail_index_answer answer = vmail_index_find_key(index, key, length, fold, &hit);
    return take_hit(shared, answer, &hit, found);
}

enum vmail_index_answer vmail_find_uid_quickly(const struct vmail_paths *paths, uint32_t uid,
                                               struct vmail_found *found)
{
    struct vmail_index_hit hit;
    struct vmail_shared_index *shared =
        vmail_index_cache_peek_id(paths, uid, vmail_config_cache_version(vmail_tick()));
    if (!is_right(shared))
        return VMAIL_INDEX_UNSURE;
    enum vmail_index_answer answer = vmail_index_find_id(vmail_shared_index(shared), uid, &hit);
    return take_hit(shared, answer, &hit, found);
}

/* What is looked for: a name, or without one an id. */
struct wanted {
    const char *name;
    uint32_t id;
};

static enum vmail_result find_in_text(const struct vmail_paths *paths,
                                      const struct vmail_config *config, enum vmail_kind kind,
                                      const char *domain, const struct wanted *wanted,
                                      struct vmail_found *found)
{
    struct vmail_table *table = malloc(sizeof *table);
    if (table == NULL)
        return VMAIL_NO_MEMORY;
    enum vmail_result result = vmail_table_open(table, paths, config, kind, domain, NULL);
    if (result == VMAIL_OK) {
        result = wanted->name != NULL
                     ? vmail_table_find_name(table, wanted->name, &found->record, NULL)
                     : vmail_table_find_id(table, wanted->id, &found->record);
        if (result == VMAIL_OK) {
            found->table = table;
            found->domain = table->domain;
            return VMAIL_OK;
        }
        vmail_table_close(table);
    }
    free(table);
    return result;
}

static enum vmail_result find(const struct vmail_paths *paths, const struct vmail_config *config,
                              enum vmail_kind kind, const char *domain, const struct wanted *wanted,
                              const struct vmail_file_state *seen, struct vmail_found *found)
{
    struct vmail_index_hit hit;
    found->index = NULL;
    found->table = NULL;
    found->fold = config->fold_case;
    struct vmail_shared_index *shared = vmail_find_index(paths, config, kind, domain, seen);
    if (shared == NULL)
        return find_in_text(paths, config, kind, domain, wanted, found);
    struct vmail_index *index = vmail_shared_index(shared);
    enum vmail_index_answer answer =
        wanted->name != NULL ? vmail_index_find_name(index, wanted->name, config->fold_case, &hit)
                             : vmail_index_find_id(index, wanted->id, &hit);
    if (answer == VMAIL_INDEX_HIT) {
        found->record = hit.record;
        found->index = shared;
        found->domain = vmail_shared_domain(shared);
        return VMAIL_OK;
    }
    vmail_index_cache_release(shared);
    return answer == VMAIL_INDEX_MISS ? VMAIL_NOT_FOUND
                                      : find_in_text(paths, config, kind, domain, wanted, found);
}

enum vmail_result vmail_find_name(const struct vmail_paths *paths,
                                  const struct vmail_config *config, enum vmail_kind kind,
                                  const char *domain, const char *name,
                                  const struct vmail_file_state *seen, struct vmail_found *found)
{
    const struct wanted wanted = { .name = name };
    return find(paths, config, kind, domain, &wanted, seen, found);
}

enum vmail_result vmail_find_id(const struct vmail_paths *paths, const struct vmail_config *config,
                                enum vmail_kind kind, const char *domain, uint32_t id,
                                struct vmail_found *found)
{
    const struct wanted wanted = { .id = id };
    return find(paths, config, kind, domain, &wanted, NULL, found);
}

void vmail_found_end(struct vmail_found *found)
{
    vmail_index_cache_release(found->index);
    if (found->table != NULL)
        vmail_table_close(found->table);
    free(found->table);
    found->index = NULL;
    found->table = NULL;
}
