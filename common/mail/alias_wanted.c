/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "alias_wanted.h"

#include <stdlib.h>
#include <string.h>

#include "name.h"

/* Upper and lower case are equal in names of users and domains, but not in paths and commands. KEY
 * has room for TARGET and two bytes. */
static void make_key(const char *target, char *key)
{
    const enum vmail_alias_kind kind = vmail_alias_kind(target);
    const bool is_name = kind == VMAIL_ALIAS_LOCAL || kind == VMAIL_ALIAS_ADDRESS;
    const size_t length = strlen(target);
    *key++ = is_name ? 'n' : 'x';
    if (is_name)
        vmail_fold_copy(key, target, length);
    else
        memcpy(key, target, length + 1);
}

static int compare_rows(const void *a, const void *b)
{
    return strcmp(((const struct vmail_alias_wanted_row *)a)->key,
                  ((const struct vmail_alias_wanted_row *)b)->key);
}

static int compare_key(const void *key, const void *row)
{
    return strcmp(key, ((const struct vmail_alias_wanted_row *)row)->key);
}

/* Ensures room for the key of a target of LENGTH bytes. */
static bool make_room(struct vmail_alias_wanted *wanted, size_t length)
{
    if (length + 2 <= wanted->room)
        return true;
    free(wanted->scratch);
    wanted->scratch = malloc(length + 2);
    wanted->room = wanted->scratch == NULL ? 0 : length + 2;
    return wanted->scratch != NULL;
}

static void drop_repeated(struct vmail_alias_wanted *wanted)
{
    size_t kept = 0;
    for (size_t i = 0; i < wanted->count; i++)
        if (kept > 0 && strcmp(wanted->row[kept - 1].key, wanted->row[i].key) == 0)
            free(wanted->row[i].key);
        else
            wanted->row[kept++] = wanted->row[i];
    wanted->count = kept;
}

bool vmail_alias_wanted_make(struct vmail_alias_wanted *wanted, const char *const *targets,
                             size_t count)
{
    *wanted = (struct vmail_alias_wanted){ .row = calloc(count + 1, sizeof *wanted->row) };
    for (size_t i = 0; wanted->row != NULL && i < count; i++) {
        const size_t length = strlen(targets[i]);
        char *key = make_room(wanted, length) ? malloc(length + 2) : NULL;
        if (key == NULL)
            return false;
        make_key(targets[i], key);
        wanted->row[wanted->count++].key = key;
    }
    if (wanted->count > 0)
        qsort(wanted->row, wanted->count, sizeof *wanted->row, compare_rows);
    drop_repeated(wanted);
    return wanted->row != NULL;
}

void vmail_alias_wanted_end(struct vmail_alias_wanted *wanted)
{
    for (size_t i = 0; i < wanted->count; i++)
        free(wanted->row[i].key);
    free(wanted->row);
    free(wanted->scratch);
    *wanted = (struct vmail_alias_wanted){ 0 };
}

static struct vmail_alias_wanted_row *find(const struct vmail_alias_wanted *wanted,
                                           const char *target)
{
    if (wanted->count == 0)
        return NULL;
    make_key(target, wanted->scratch);
    return bsearch(wanted->scratch, wanted->row, wanted->count, sizeof *wanted->row, compare_key);
}

bool vmail_alias_wanted_look(struct vmail_alias_wanted *wanted, const struct vmail_alias *alias)
{
    for (size_t i = 0; i < wanted->count; i++)
        wanted->row[i].there = false;
    for (size_t i = 0; i < alias->target_count; i++) {
        if (!make_room(wanted, strlen(alias->target[i].text)))
            return false;
        struct vmail_alias_wanted_row *row = find(wanted, alias->target[i].text);
        if (row != NULL)
            row->there = true;
    }
    return true;
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

bool vmail_alias_wanted_all(const struct vmail_alias_wanted *wanted)
{
    for (size_t i = 0; i < wanted->count; i++)
        if (!wanted->row[i].there)
            return false;
    return true;
}

bool vmail_alias_wanted_none(const struct vmail_alias_wanted *wanted)
{
    for (size_t i = 0; i < wanted->count; i++)
        if (wanted->row[i].there)
            return false;
    return true;
}
