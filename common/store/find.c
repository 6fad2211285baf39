/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "find.h"

#include <stdlib.h>
#include <string.h>

#include "filled.h"

/* The search key: a name, or an id if the name is NULL. */
struct wanted {
    const char *name;
    uint32_t id;
    struct vmail_error *error; /* may be NULL */
    bool broken;               /* invalid lines of the name are an answer of their own */
};

static enum vmail_result find_in_text(struct vmail_file file, const struct wanted *wanted,
                                      struct vmail_found *found)
{
    struct vmail_table *table = malloc(sizeof *table);
    if (table == NULL)
        return VMAIL_NO_MEMORY;
    enum vmail_result result = vmail_table_open(table, file, wanted->error);
    if (result == VMAIL_OK) {
        result = wanted->name != NULL
                     ? vmail_table_find_name(table, wanted->name, &found->record, wanted->error)
                     : vmail_table_find_id(table, wanted->id, &found->record);
        if (result == VMAIL_OK) {
            found->table = table;
            found->domain = table->domain;
            return VMAIL_OK;
        }
        vmail_table_close(table);
    }
    free(table);
    return result == VMAIL_BROKEN && !wanted->broken ? VMAIL_NOT_FOUND : result;
}

static enum vmail_result find_record(struct vmail_file file, const struct wanted *wanted,
                                     const struct vmail_file_state *seen, struct vmail_found *found)
{
    VMAIL_FILLED struct vmail_index_hit hit;
    found->index = NULL;
    found->table = NULL;
    found->fold = file.rules->fold_case;
    struct vmail_shared_index *shared = vmail_index_cache_fresh(file, seen);
    if (shared == NULL)
        return find_in_text(file, wanted, found);
    struct vmail_index *index = vmail_shared_index(shared);
    enum vmail_index_answer answer =
        wanted->name != NULL ? vmail_index_find_name(index, wanted->name, found->fold, &hit)
                             : vmail_index_find_id(index, wanted->id, &hit);
    if (answer == VMAIL_INDEX_HIT) {
        found->record = hit.record;
        found->index = shared;
        found->domain = vmail_shared_domain(shared);
        return VMAIL_OK;
    }
    if (answer == VMAIL_INDEX_MISS && wanted->broken && vmail_index_has_broken(index, wanted->name))
        answer = VMAIL_INDEX_UNSURE; /* the text says what is wrong */
    vmail_index_cache_release(shared);
    return answer == VMAIL_INDEX_MISS ? VMAIL_NOT_FOUND : find_in_text(file, wanted, found);
}

enum vmail_result vmail_find_name(struct vmail_file file, const char *name,
                                  const struct vmail_file_state *seen, struct vmail_found *found)
{
    return find_record(file, &(struct wanted){ .name = name }, seen, found);
}

enum vmail_result vmail_find_line(struct vmail_file file, const char *name,
                                  const struct vmail_file_state *seen, struct vmail_found *found,
                                  struct vmail_error *error)
{
    const struct wanted wanted = { .name = name, .error = error, .broken = true };
    return find_record(file, &wanted, seen, found);
}

enum vmail_result vmail_find_id(struct vmail_file file, uint32_t id, struct vmail_found *found)
{
    return find_record(file, &(struct wanted){ .id = id }, NULL, found);
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
