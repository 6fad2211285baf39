/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "number_set.h"

#include <stdlib.h>

enum { SIZE_FIRST = 64 };

/* Returns the slot that holds NUMBER, or the free slot for it. */
static uint64_t *find_slot(uint64_t *slots, size_t size, uint64_t number)
{
    uint64_t hash = number * 0x9e3779b97f4a7c15u;
    size_t i = (size_t)(hash ^ hash >> 32) & (size - 1);
    while (slots[i] != 0 && slots[i] != number)
        i = (i + 1) & (size - 1);
    return &slots[i];
}

static bool grow(struct vmail_number_set *set)
{
    size_t size = set->size == 0 ? SIZE_FIRST : set->size * 2;
    uint64_t *slots = calloc(size, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < set->size; i++)
        if (set->slot[i] != 0)
            *find_slot(slots, size, set->slot[i]) = set->slot[i];
    free(set->slot);
    set->slot = slots;
    set->size = size;
    return true;
}

enum vmail_set_result vmail_number_set_add(struct vmail_number_set *set, uint64_t number)
{
    if (number == 0) {
        bool old = set->has_zero;
        set->has_zero = true;
        return old ? VMAIL_SET_OLD : VMAIL_SET_NEW;
    }
    if (set->count >= set->size / 4 * 3 && !grow(set))
        return VMAIL_SET_NO_MEMORY;
    uint64_t *slot = find_slot(set->slot, set->size, number);
    if (*slot == number)
        return VMAIL_SET_OLD;
    *slot = number;
    set->count++;
    return VMAIL_SET_NEW;
}

void vmail_number_set_free(struct vmail_number_set *set)
{
    free(set->slot);
    *set = (struct vmail_number_set){ NULL, 0, 0, false };
}
