/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Marks: where a name or an id was seen, in 32 bytes each. Sorting them puts duplicates side by
 * side, so a million users are compared in a second or two.
 */
#ifndef VMAILCTL_CHECK_MARKS_H
#define VMAILCTL_CHECK_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct mark {
    uint64_t key;    /* an id, or mark_key of a name */
    uint32_t domain; /* a number chosen by the caller */
    uint32_t line;
    int64_t offset; /* of the line in its file */
    uint64_t name;  /* mark_key of the name that belongs to an id; or other data of the caller */
};

/** All zero: none. */
struct marks {
    struct mark *mark;
    size_t count;
};

/**
 * The key of the LENGTH bytes of a name. Different names may have the same key, though hardly ever
 * by chance: code that could do harm compares the names too.
 */
uint64_t mark_key(const char *name, size_t length);

/** Adds MARK. False: no memory. */
bool marks_add(struct marks *marks, const struct mark *mark);

/** Sorts by key, then by domain and line. */
void marks_sort(struct marks *marks);

/** The first mark of KEY in the sorted MARKS, or NULL; the others follow it. */
const struct mark *marks_find(const struct marks *marks, uint64_t key);

/** The mark after MARK if it has the same key, otherwise NULL. */
const struct mark *marks_next(const struct marks *marks, const struct mark *mark);

void marks_free(struct marks *marks);

#endif
