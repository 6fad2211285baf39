/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "alias_wanted.h"

#include <stdlib.h>
#include <string.h>

#include "name.h"

static bool is_name(const char *target)
{
    const enum vmail_alias_kind kind = vmail_alias_kind(target);
    return kind == VMAIL_ALIAS_LOCAL || kind == VMAIL_ALIAS_ADDRESS;
}

/* Upper and lower case are equal in names of users and domains, but not in paths and commands. */
static int compare_targets(const char *one, const char *other)
{
    const bool names = is_name(one);
    if (names != is_name(other))
        return names ? -1 : 1;
    if (!names)
        return strcmp(one, other);
    while (*one != '\0' && vmail_fold(*one) == vmail_fold(*other)) {
        one++;
        other++;
    }
    return (unsigned char)vmail_fold(*one) - (unsigned char)vmail_fold(*other);
}

static int compare_rows(const void *a, const void *b)
{
    return compare_targets(((const struct vmail_alias_wanted_row *)a)->target,
                           ((const struct vmail_alias_wanted_row *)b)->target);
}

static struct vmail_alias_wanted_row *find(const struct vmail_alias_wanted *wanted,
                                           const char *target)
{
    const struct vmail_alias_wanted_row key = { .target = target };
    return wanted->count == 0
               ? NULL
               : bsearch(&key, wanted->row, wanted->count, sizeof *wanted->row, compare_rows);
}

bool vmail_alias_wanted_make(struct vmail_alias_wanted *wanted, const char *const *targets,
                             size_t count)
{
    *wanted = (struct vmail_alias_wanted){ .row = calloc(count + 1, sizeof *wanted->row) };
    if (wanted->row == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        wanted->row[i].target = targets[i];
    qsort(wanted->row, count, sizeof *wanted->row, compare_rows);
    for (size_t i = 0; i < count; i++) /* each once */
        if (i == 0 || compare_rows(&wanted->row[wanted->count - 1], &wanted->row[i]) != 0)
            wanted->row[wanted->count++] = wanted->row[i];
    return true;
}

void vmail_alias_wanted_end(struct vmail_alias_wanted *wanted)
{
    free(wanted->row);
    *wanted = (struct vmail_alias_wanted){ 0 };
}

void vmail_alias_wanted_look(struct vmail_alias_wanted *wanted, const struct vmail_alias *alias)
{
    for (size_t i = 0; i < wanted->count; i++)
        wanted->row[i].there = false;
    for (size_t i = 0; i < alias->target_count; i++)
        vmail_alias_wanted_take(wanted, alias->target[i].text);
}

bool vmail_alias_wanted_has(const struct vmail_alias_wanted *wanted, const char *target)
{
    return find(wanted, target) != NULL;
}

bool vmail_alias_wanted_take(struct vmail_alias_wanted *wanted, const char *target)
{
    struct vmail_alias_wanted_row *row = find(wanted, target);
    if (row == NULL || row->there)
        return false;
    row->there = true;
    return true;
}

size_t vmail_alias_wanted_there(const struct vmail_alias_wanted *wanted)
{
    size_t there = 0;
    for (size_t i = 0; i < wanted->count; i++)
        there += wanted->row[i].there;
    return there;
}
