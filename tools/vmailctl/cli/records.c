/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "records.h"

#include "message.h"

void records_begin(struct records *records, const struct context *context, enum vmail_kind kind,
                   const char *domain)
{
    *records = (struct records){ .context = context };
    records->result =
        vmail_table_open(&records->table, context_file(context, kind, domain), &records->error);
    records->open = records->result == VMAIL_OK;
}

void records_begin_aside(struct records *records, const struct context *context, const char *domain)
{
    *records = (struct records){ .context = context };
    records->result = vmail_table_open_aside(
        &records->table, context_file(context, VMAIL_PASSWD, domain), &records->error);
    records->open = records->result == VMAIL_OK;
}

bool records_next(struct records *records)
{
    if (!records->open)
        return false;
    records->result = vmail_table_next(&records->table, &records->record);
    if (records->result != VMAIL_OK && records->result != VMAIL_NOT_FOUND)
        vmail_error_set(&records->error, 0, "%s.%s: reading failed before the end",
                        vmail_kind_name(records->table.kind), records->table.domain);
    return records->result == VMAIL_OK;
}

bool records_find(struct records *records, const char *name)
{
    if (records->open)
        records->result =
            vmail_table_find_name(&records->table, name, &records->record, &records->error);
    return records->open && records->result == VMAIL_OK;
}

enum vmail_result records_close(struct records *records)
{
    if (records->open)
        vmail_table_close(&records->table);
    records->open = false;
    return records->result;
}

enum exit_code records_end(struct records *records)
{
    const enum vmail_result result = records_close(records);
    return result == VMAIL_NOT_FOUND ? EXIT_DONE
                                     : message_result(records->context, result, &records->error);
}

enum vmail_result records_look(const struct context *context, enum vmail_kind kind,
                               const char *domain, const char *name)
{
    struct records records;
    records_begin(&records, context, kind, domain);
    records_find(&records, name);
    return records_close(&records);
}

enum exit_code records_end_count(struct records *records, unsigned long *count)
{
    *count = 0;
    while (records_next(records))
        ++*count;
    return records_end(records);
}

enum exit_code records_count(const struct context *context, enum vmail_kind kind,
                             const char *domain, unsigned long *count)
{
    struct records records;
    records_begin(&records, context, kind, domain);
    return records_end_count(&records, count);
}

enum exit_code records_name_free(const struct context *context, enum vmail_kind kind,
                                 const char *domain, const char *name)
{
    struct records records;
    records_begin(&records, context, kind, domain);
    const bool taken = records_find(&records, name);
    enum exit_code code = records_end(&records);
    if (!taken)
        return code;
    message_error(context, "the %s %s@%s already exists", kind == VMAIL_PASSWD ? "user" : "group",
                  name, domain);
    return EXIT_EXISTS;
}

enum exit_code records_aliases(const struct context *context, const char *domain,
                               struct vmail_alias_set *set)
{
    struct vmail_error error = { 0 };
    enum vmail_result result =
        vmail_alias_set_read(context->paths, context->config, domain, set, &error);
    return message_result(context, result, &error);
}
