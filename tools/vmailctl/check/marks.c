/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "marks.h"

#include <stdlib.h>

#include "array.h"
#include "index_format.h"

uint64_t mark_key(const char *name, size_t length)
{
    return vmail_index_sum(0, name, length);
}

bool marks_add(struct marks *marks, const struct mark *mark)
{
    struct mark *new = vmail_array_append(&marks->mark, &marks->count, sizeof *new);
    if (new != NULL)
        *new = *mark;
    return new != NULL;
}

static int compare_marks(const void *a, const void *b)
{
    const struct mark *first = a, *second = b;
    if (first->key != second->key)
        return first->key < second->key ? -1 : 1;
    if (first->domain != second->domain)
        return first->domain < second->domain ? -1 : 1;
    return first->line < second->line ? -1 : first->line > second->line;
}

void marks_sort(struct marks *marks)
{
    if (marks->count > 1)
        qsort(marks->mark, marks->count, sizeof *marks->mark, compare_marks);
}

const struct mark *marks_find(const struct marks *marks, uint64_t key)
{
    size_t low = 0, high = marks->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (marks->mark[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < marks->count && marks->mark[low].key == key ? &marks->mark[low] : NULL;
}

const struct mark *marks_next(const struct marks *marks, const struct mark *mark)
{
    const struct mark *next = mark + 1;
    return next < marks->mark + marks->count && next->key == mark->key ? next : NULL;
}

void marks_free(struct marks *marks)
{
    free(marks->mark);
    *marks = (struct marks){ 0 };
}
