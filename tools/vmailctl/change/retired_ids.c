/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "retired_ids.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "array.h"
#include "message.h"
#include "number.h"
#include "records.h"
#include "system_account.h"
#include "table.h"
#include "transaction.h"

static const char heading[] =
    "# Ids of deleted users, groups and domains: they are not used again, see vmail(5).\n";

static bool put_range(struct retired_ids *ids, uint32_t first, uint32_t last)
{
    struct vmail_id_range *range = vmail_array_append(&ids->range, &ids->count, sizeof *range);
    if (range != NULL)
        *range = (struct vmail_id_range){ first, last };
    return range != NULL;
}

int retired_ids_compare(const void *a, const void *b)
{
    const struct vmail_id_range *left = a, *right = b;
    return left->first < right->first ? -1 : left->first > right->first;
}

/** Sorts, and joins ranges that overlap or touch. */
static void join(struct retired_ids *ids)
{
    size_t kept = 0;
    if (ids->count == 0)
        return;
    qsort(ids->range, ids->count, sizeof *ids->range, retired_ids_compare);
    for (size_t i = 1; i < ids->count; i++) {
        struct vmail_id_range *last = &ids->range[kept];
        const struct vmail_id_range *next = &ids->range[i];
        if (next->first > (uint64_t)last->last + 1)
            ids->range[++kept] = *next;
        else if (next->last > last->last)
            last->last = next->last;
    }
    ids->count = kept + 1;
}

static int compare_id(const void *key, const void *element)
{
    const uint32_t id = *(const uint32_t *)key;
    const struct vmail_id_range *range = element;
    return id < range->first ? -1 : id > range->last;
}

bool retired_ids_has(const struct retired_ids *ids, uint32_t id)
{
    return ids->count > 0 &&
           bsearch(&id, ids->range, ids->count, sizeof *ids->range, compare_id) != NULL;
}

void retired_ids_free(struct retired_ids *ids)
{
    free(ids->range);
    *ids = (struct retired_ids){ 0 };
}

static bool read_range(const char *text, size_t length, uint64_t *first, uint64_t *last)
{
    const char *dash = memchr(text, '-', length);
    if (dash == NULL) {
        bool good = vmail_number_parse(text, length, UINT32_MAX, first);
        *last = *first;
        return good;
    }
    size_t before = (size_t)(dash - text);
    return vmail_number_parse(text, before, UINT32_MAX, first) &&
           vmail_number_parse(dash + 1, length - before - 1, UINT32_MAX, last) && *first <= *last;
}

/** Reads the lines of EDIT into IDS, and the comments into COMMENTS unless it is NULL. */
static enum vmail_result parse(const struct vmail_paths *paths, const struct vmail_edit *edit,
                               struct retired_ids *ids, struct vmail_text_buffer *comments,
                               struct vmail_error *error)
{
    struct vmail_piece line;
    size_t offset = 0;
    for (unsigned long number = 1; vmail_edit_next_line(edit, &offset, &line); number++) {
        uint64_t first = 0, last = 0;
        bool good = true;
        while (line.length > 0 && strchr(" \t\r", line.text[line.length - 1]) != NULL)
            line.length--;
        if (line.length == 0)
            continue;
        if (line.text[0] == '#') {
            good = comments == NULL ||
                   (vmail_text_splice(comments, comments->length, 0, line.text, line.length) &&
                    vmail_text_splice(comments, comments->length, 0, "\n", 1));
        } else if (read_range(line.text, line.length, &first, &last)) {
            good = put_range(ids, (uint32_t)first, (uint32_t)last);
        } else {
            vmail_error_set(error, EINVAL,
                            "%s/" RETIRED_IDS_NAME
                            ":%lu: expected an id, or FIRST-LAST; fix the line, see vmail(5)",
                            paths->directory, number);
            return VMAIL_UNAVAILABLE;
        }
        if (!good)
            return VMAIL_NO_MEMORY;
    }
    join(ids);
    return VMAIL_OK;
}

enum vmail_result retired_ids_read(const struct vmail_paths *paths, struct retired_ids *ids,
                                   struct vmail_error *error)
{
    struct vmail_edit edit;
    *ids = (struct retired_ids){ 0 };
    enum vmail_result result = vmail_edit_open(paths, RETIRED_IDS_NAME, &edit, error);
    if (result == VMAIL_OK)
        result = parse(paths, &edit, ids, NULL, error);
    else if (result == VMAIL_NOT_FOUND && edit.place.directory >= 0)
        result = VMAIL_OK;
    vmail_edit_end(&edit);
    return result;
}

enum exit_code retired_ids_load(const struct context *context, struct retired_ids *ids)
{
    struct vmail_error error = { 0 };
    enum vmail_result result = retired_ids_read(context->paths, ids, &error);
    return message_result(context, result, &error);
}

/** The data to add. */
struct addition {
    struct change *change;
    const struct retired_ids *new;
};

static bool put_line(struct vmail_text_buffer *text, const struct vmail_id_range *range)
{
    char line[32];
    int length = range->first == range->last
                     ? snprintf(line, sizeof line, "%lu\n", (unsigned long)range->first)
                     : snprintf(line, sizeof line, "%lu-%lu\n", (unsigned long)range->first,
                                (unsigned long)range->last);
    return vmail_text_splice(text, text->length, 0, line, (size_t)length);
}

/** Writes the comments, and then all ranges. */
static enum vmail_result rewrite(struct vmail_edit *edit, void *context, struct vmail_error *error)
{
    const struct addition *addition = context;
    struct retired_ids ids = { 0 };
    struct vmail_text_buffer text = { 0 };
    const struct vmail_piece before = vmail_edit_after(edit);
    enum vmail_result result = parse(addition->change->context->paths, edit, &ids, &text, error);
    bool good = before.length > 0 || vmail_text_splice(&text, 0, 0, heading, sizeof heading - 1);
    for (size_t i = 0; good && result == VMAIL_OK && i < addition->new->count; i++)
        good = put_range(&ids, addition->new->range[i].first, addition->new->range[i].last);
    join(&ids);
    for (size_t i = 0; good && i < ids.count; i++)
        good = put_line(&text, &ids.range[i]);
    if (result == VMAIL_OK)
        result = good ? vmail_edit_splice(edit, 0, before.length, text.bytes, text.length)
                      : VMAIL_NO_MEMORY;
    vmail_text_end(&text);
    retired_ids_free(&ids);
    return result;
}

static void show_ids(const struct vmail_edit *edit, void *context)
{
    const struct addition *addition = context;
    const struct vmail_paths *paths = addition->change->context->paths;
    const struct vmail_id_range *range = addition->new->range;
    (void)edit;
    change_would(addition->change, "add %lu%s to %s/" RETIRED_IDS_NAME, (unsigned long)range->first,
                 addition->new->count > 1 || range->first != range->last ? " and others" : "",
                 paths->directory);
}

static enum exit_code write_ids(struct change *change, const struct retired_ids *new)
{
    const struct context *context = change->context;
    const struct vmail_new_file public = vmail_new_file_public();
    struct addition addition = { change, new };
    struct vmail_error error = { 0 };
    const struct vmail_transaction transaction = {
        .file = { { RETIRED_IDS_NAME, &public, NULL } },
        .function = rewrite,
        .show = show_ids,
        .context = &addition,
        .seconds = VMAIL_LOCK_SECONDS_ADMIN,
        .dry_run = context->dry_run,
    };
    if (new->count == 0)
        return EXIT_DONE;
    enum vmail_result result = vmail_transaction_run(context->paths, &transaction, &error);
    return message_result(context, result, &error);
}

static bool put_id(struct retired_ids *ids, uint32_t id)
{
    return vmail_id_is_system(id) || put_range(ids, id, id);
}

/** The ids in all lines of NAME, including lines hidden by an earlier one. */
static enum exit_code collect(const struct change *change, enum vmail_kind kind, const char *name,
                              struct retired_ids *ids)
{
    struct records records;
    bool good = true;
    records_begin(&records, change->context, kind, change->domain);
    while (good && records_next(&records)) {
        const struct vmail_record *record = &records.record;
        if (name == NULL || strcasecmp(vmail_record_name(record), name) == 0)
            good = put_id(ids, vmail_record_id(record)) &&
                   (kind != VMAIL_PASSWD || put_id(ids, record->passwd.gid));
    }
    enum exit_code code = records_end(&records);
    return good ? code : message_no_memory(change->context);
}

enum exit_code retired_ids_add(struct change *change, enum vmail_kind kind, const char *name)
{
    struct retired_ids ids = { 0 };
    enum exit_code code = collect(change, kind, name, &ids);
    join(&ids);
    if (code == EXIT_DONE)
        code = write_ids(change, &ids);
    retired_ids_free(&ids);
    return code;
}
