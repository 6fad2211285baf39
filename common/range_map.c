/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "range_map.h"

#include <stdlib.h>
#include <string.h>

enum { SIZE_FIRST = 16 };

/* How many ranges end before ID. */
static size_t place_of(const struct vmail_range_map *map, uint32_t id)
{
    const struct vmail_range_entry *base = map->entry;
    size_t left = map->count;
    while (left > 0) {
        const size_t half = left / 2;
        const bool behind = base[half].ids.last < id;
        base = behind ? base + half + 1 : base;
        left = behind ? left - half - 1 : half;
    }
    return (size_t)(base - map->entry);
}

void *vmail_range_map_find(const struct vmail_range_map *map, uint32_t id)
{
    const size_t place = map->count == 0 ? 0 : place_of(map, id);
    return place < map->count && map->entry[place].ids.first <= id ? map->entry[place].value : NULL;
}

static bool grow(struct vmail_range_map *map)
{
    const size_t size = map->size == 0 ? SIZE_FIRST : map->size * 2;
    struct vmail_range_entry *larger = reallocarray(map->entry, size, sizeof *larger);
    if (larger == NULL)
        return false;
    map->entry = larger;
    map->size = size;
    return true;
}

bool vmail_range_map_put(struct vmail_range_map *map, struct vmail_id_range range, void *value)
{
    if (range.first > range.last || (map->count == map->size && !grow(map)))
        return false;
    struct vmail_range_entry *entry = map->entry + place_of(map, range.first);
    const size_t behind = (size_t)(map->entry + map->count - entry);
    if (behind > 0 && entry->ids.first <= range.last) {
        if (entry->ids.first != range.first || entry->ids.last != range.last)
            return false;
    } else {
        memmove(entry + 1, entry, behind * sizeof *entry);
        map->count++;
    }
    *entry = (struct vmail_range_entry){ range, value };
    return true;
}

void vmail_range_map_remove(struct vmail_range_map *map, const void *value)
{
    size_t kept = 0;
    for (size_t i = 0; i < map->count; i++)
        if (map->entry[i].value != value)
            map->entry[kept++] = map->entry[i];
    map->count = kept;
}

void vmail_range_map_clear(struct vmail_range_map *map)
{
    map->count = 0;
}

void vmail_range_map_free(struct vmail_range_map *map)
{
    free(map->entry);
    *map = (struct vmail_range_map){ 0 };
}
