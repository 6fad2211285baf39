/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * A set of 64-bit numbers: which ids or names have been seen, in 16 to 32 bytes each.
 */
#ifndef VMAIL_NUMBER_SET_H
#define VMAIL_NUMBER_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** All zero: empty. */
struct vmail_number_set {
    uint64_t *slot; /* 0: a free slot */
    size_t size;    /* a power of two, or 0 */
    size_t count;
    bool has_zero;
};

/** What vmail_number_set_add found. */
enum vmail_set_result { VMAIL_SET_NEW, VMAIL_SET_OLD, VMAIL_SET_NO_MEMORY };

/** Adds NUMBER and returns whether it is new. */
enum vmail_set_result vmail_number_set_add(struct vmail_number_set *set, uint64_t number);

void vmail_number_set_free(struct vmail_number_set *set);

#endif
