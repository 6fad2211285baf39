/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "export/shadow_rows.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "message.h"
#include "records.h"

static int compare_shadow_rows(const void *a, const void *b)
{
    const struct shadow_row *left = a, *right = b;
    int order = strcmp(left->shadow.name, right->shadow.name);
    if (order != 0)
        return order;
    return left->order < right->order ? -1 : left->order > right->order;
}

static char *copy_name(const char *name, bool fold)
{
    char folded[VMAIL_USER_MAX + 1];
    vmail_fold_copy(folded, name, strlen(name));
    return strdup(fold ? folded : name);
}

static bool add_shadow_row(struct shadow_rows *rows, const struct vmail_shadow *shadow)
{
    const size_t number = rows->count;
    struct shadow_row *row = vmail_array_append(&rows->row, &rows->count, sizeof *row);
    if (row == NULL)
        return false;
    *row = (struct shadow_row){ *shadow, number };
    row->shadow.name = copy_name(shadow->name, rows->fold);
    row->shadow.hash = strdup(shadow->hash);
    return row->shadow.name != NULL && row->shadow.hash != NULL;
}

enum exit_code shadow_rows_load(struct shadow_rows *rows, const struct context *context,
                                const char *domain)
{
    struct records records;
    bool good = true;
    *rows = (struct shadow_rows){ .fold = context->config->rules.fold_case };
    records_begin(&records, context, VMAIL_SHADOW, domain);
    while (good && records_next(&records))
        good = add_shadow_row(rows, &records.record.shadow);
    const enum exit_code code = records_end(&records);
    if (!good)
        return message_no_memory(context);
    if (rows->count > 0)
        qsort(rows->row, rows->count, sizeof *rows->row, compare_shadow_rows);
    return code;
}

const struct vmail_shadow *shadow_rows_find(const struct shadow_rows *rows, const char *name)
{
    char *wanted = copy_name(name, rows->fold);
    size_t low = 0, high = wanted == NULL ? 0 : rows->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(rows->row[middle].shadow.name, wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found =
        wanted != NULL && low < rows->count && strcmp(rows->row[low].shadow.name, wanted) == 0;
    free(wanted);
    return found ? &rows->row[low].shadow : NULL;
}

void shadow_rows_free(struct shadow_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        char *hash = (char *)rows->row[i].shadow.hash;
        if (hash != NULL)
            explicit_bzero(hash, strlen(hash));
        free(hash);
        free((char *)rows->row[i].shadow.name);
    }
    free(rows->row);
    *rows = (struct shadow_rows){ 0 };
}
