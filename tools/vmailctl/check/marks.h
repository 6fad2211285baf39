/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Marks: where a name or an id was seen, 32 bytes each, to be sorted: then what is there twice
 * stands side by side. So a million users are compared in a second or two.
 */
#ifndef VMAILCTL_CHECK_MARKS_H
#define VMAILCTL_CHECK_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct mark {
    uint64_t key;    /* an id, or mark_key of a name */
    uint32_t domain; /* a number that the caller gives */
    uint32_t line;
    int64_t offset; /* of the line in its file */
    uint64_t name;  /* mark_key of the name that goes with an id; or what else the caller keeps */
};

/** All zero: none. */
struct marks {
    struct mark *mark;
    size_t count;
};

/**
 * The key of the LENGTH bytes of a name. Two names may have the same one, though hardly ever by
 * chance: whoever would do harm then compares the names.
 */
uint64_t mark_key(const char *name, size_t length);

/** Adds MARK. False: no memory. */
bool marks_add(struct marks *marks, const struct mark *mark);

/** Sorts by key, within one by domain and line. */
void marks_sort(struct marks *marks);

/** The first mark of KEY in the sorted MARKS, or NULL; the others follow it. */
const struct mark *marks_find(const struct marks *marks, uint64_t key);

/** The mark behind MARK where it has the same key, else NULL. */
const struct mark *marks_next(const struct marks *marks, const struct mark *mark);

void marks_free(struct marks *marks);

#endif
