/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A map from ranges of ids, none of which overlaps another, to whatever they belong to.
 */
#ifndef VMAIL_RANGE_MAP_H
#define VMAIL_RANGE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"

struct vmail_range_entry {
    struct vmail_id_range ids;
    void *value;
};

/** All zero: empty. */
struct vmail_range_map {
    struct vmail_range_entry *entry; /* by their ids */
    size_t count, size;
};

/** The value of the range that ID is in, or NULL. */
void *vmail_range_map_find(const struct vmail_range_map *map, uint32_t id);

/**
 * Has RANGE lead to VALUE, in place of what it led to. False where memory is short, the range is
 * empty, or it overlaps another one: then the map stays as it is.
 */
bool vmail_range_map_put(struct vmail_range_map *map, struct vmail_id_range range, void *value);

/** Takes the ranges out that lead to VALUE: reads them all. */
void vmail_range_map_remove(struct vmail_range_map *map, const void *value);

/** Takes all out, and keeps the memory for others. */
void vmail_range_map_clear(struct vmail_range_map *map);

void vmail_range_map_free(struct vmail_range_map *map);

#endif
